"""What counts: the rules of a source, the unit of a milestone's progress, and the share of a task."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django import forms

from integrations.domain.counting import PARTS, Pick, Rules
from milestones.domain.types import ProgressUnit
from milestones.models.milestone import UNIT_WORDS

if TYPE_CHECKING:
    from integrations.selectors_counting import Preview

WAYS = [("", "all"), ("only", "only those ticked"), ("not", "all but those ticked")]
MOST_OFFERED = 60


class RulesForm(forms.Form):
    """Which of a source's tasks count. What can be ticked is what its tasks have, the most frequent first."""

    kind_way = forms.ChoiceField(choices=WAYS, required=False, label="Types that count")
    kind = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, label="Types")
    label_way = forms.ChoiceField(choices=WAYS, required=False, label="Labels that count")
    label = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, label="Labels")
    status_way = forms.ChoiceField(choices=WAYS, required=False, label="Statuses that count")
    status = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple, label="Statuses")
    with_subtasks = forms.BooleanField(required=False, label="Sub-tasks count, too")

    def __init__(self, data: Any = None, *, rules: Rules, found: Preview) -> None:
        super().__init__(data, initial=_initial(rules))
        counts = {"kind": found.kinds, "label": found.labels, "status": found.statuses}
        for part in PARTS:
            self.fields[part].choices = _choices(counts[part], getattr(rules, part))  # type: ignore[attr-defined]
        self.fields["with_subtasks"].label = f"Sub-tasks count, too ({found.subtasks:,} of them)"

    def clean(self) -> dict[str, Any]:
        """Say where a way was chosen and nothing was ticked for it."""
        for part in PARTS:
            if self.cleaned_data.get(f"{part}_way") and not self.cleaned_data.get(part) and part not in self.errors:
                self.add_error(part, "Tick at least one, or let all count.")
        return self.cleaned_data

    @property
    def rules(self) -> Rules:
        """As they were chosen; for a valid form."""
        given = self.cleaned_data
        picks = {
            part: Pick(tuple(given[part]), given[f"{part}_way"] == "not") if given[f"{part}_way"] else Pick()
            for part in PARTS
        }
        return Rules(**picks, with_subtasks=given["with_subtasks"])

    @property
    def parts(self) -> list[tuple[Any, Any]]:
        """(way, what can be ticked), where there is anything to tick."""
        return [(self[f"{part}_way"], self[part]) for part in PARTS if self.fields[part].choices]  # type: ignore[attr-defined]


def _initial(rules: Rules) -> dict[str, Any]:
    initial: dict[str, Any] = {"with_subtasks": rules.with_subtasks}
    for part in PARTS:
        pick: Pick = getattr(rules, part)
        initial |= {part: list(pick.names), f"{part}_way": ("not" if pick.leaves_out else "only") if pick.names else ""}
    return initial


def _choices(found: Counter[str], pick: Pick) -> list[tuple[str, str]]:
    """With what was chosen before, though no task has it now."""
    words = [word for word, _ in found.most_common(MOST_OFFERED) if word]
    words += [name for name in pick.names if name not in words]
    return [(word, f"{word} ({found[word]:,})") for word in words]


class UnitForm(forms.Form):
    """By what a milestone's progress counts."""

    unit = forms.TypedChoiceField(
        choices=[(unit.value, word) for unit, word in UNIT_WORDS.items()],
        coerce=ProgressUnit,
        label="Progress counts the",
        error_messages={"required": "Choose one of the units."},
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ShareForm(forms.Form):
    """Which part of a task counts here; empty shares it equally."""

    task = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**63 - 1)
    percent = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=100,
        error_messages={
            "invalid": "Write a whole number from 0 to 100.",
            "min_value": "Write a whole number from 0 to 100.",
            "max_value": "Write a whole number from 0 to 100.",
        },
    )
