"""The form of health's thresholds: one number each, within its limits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms import BoundField

from milestones.domain.thresholds import FIXED, LIMITS, Thresholds, from_json, problems, to_json

OFFERED = [name for name in LIMITS if name not in FIXED]


class ThresholdsForm(forms.Form):
    """Every threshold that may be chosen; `chosen` are the thresholds of a valid form."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in OFFERED:
            limit = LIMITS[name]
            self.fields[name] = forms.IntegerField(
                label=limit.label,
                help_text=f"{limit.unit}, {limit.least} to {limit.most}",
                widget=forms.NumberInput(attrs={"min": limit.least, "max": limit.most}),
            )

    def clean(self) -> None:
        super().clean()
        numbers = {name: self.cleaned_data[name] for name in OFFERED if name in self.cleaned_data}
        for name, problem in problems(numbers).items():
            self.add_error(name, problem)

    @property
    def chosen(self) -> Thresholds:
        """What was chosen; what is not offered has its default."""
        return from_json({name: self.cleaned_data[name] for name in OFFERED})

    def groups(self) -> list[tuple[str, list[BoundField]]]:
        """The fields under the name of their rule."""
        found: dict[str, list[BoundField]] = {}
        for name in OFFERED:
            found.setdefault(LIMITS[name].group, []).append(self[name])
        return list(found.items())


def initial_of(thresholds: Thresholds, version: int) -> dict[str, int]:
    """What the form shows first."""
    return to_json(thresholds) | {"version": version}
