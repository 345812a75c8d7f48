"""Form fields that clean what people type at the door."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

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


FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


class DayField(forms.DateField):
    """A day of this century, picked with the browser's own calendar; a year like 202 or 20260 is a slip."""

    def __init__(self, **kwargs: Any) -> None:
        bounds = {"type": "date", "min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs=bounds))
        kwargs.setdefault("error_messages", {"invalid": "Write the day as year-month-day, such as 2026-03-31."})
        super().__init__(**kwargs)
        self.validators += [
            MinValueValidator(FIRST_DAY, "Choose a day from the year 2000 on."),
            MaxValueValidator(LAST_DAY, "Choose a day before the year 2101."),
        ]
