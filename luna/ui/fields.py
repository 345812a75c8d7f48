"""Form fields that clean what people type at the door."""

from __future__ import annotations

from typing import Any

from django import forms

from luna.lib.text import clean_line, clean_text


class LineField(forms.CharField):
    """One line, cleaned."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class WordsField(forms.CharField):
    """Several lines, cleaned; `rows` is the height of the box before anything is typed."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class DayField(forms.DateField):
    """A day, picked with the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        kwargs.setdefault("error_messages", {"invalid": "Write the day as year-month-day, such as 2026-03-31."})
        super().__init__(**kwargs)
