"""Small forms about a suggested dependency."""

from __future__ import annotations

from django import forms

from luna.ui.fields import DayField, LineField


class DismissForm(forms.Form):
    """Why it is none."""

    why = LineField(max_length=300, error_messages={"required": "Say why it is none: whoever sees the links asks."})


class SnoozeForm(forms.Form):
    """Until when."""

    until = DayField(error_messages={"required": "Choose the day on which to ask again."})
