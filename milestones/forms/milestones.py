"""The forms of milestones: the whole one, the one in a table row, and the small ones for one thing each."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from launches.models import Launch, Stage
from launches.selectors import stages
from luna.ui.fields import LineField
from milestones.actions.dependencies import MOST_LAG_DAYS
from milestones.actions.milestones import EDITABLE
from milestones.domain.types import Priority, State
from milestones.forms.governance import Day, Lines, NamingForm
from milestones.models import PRIORITY_WORDS, STATE_WORDS, Milestone
from people.models import Team, User

STATES = [(state.value, word) for state, word in STATE_WORDS.items()]
PRIORITIES = [(priority.value, word) for priority, word in PRIORITY_WORDS.items()]
WHY_HINT = "Needed when a due date moves; it is shown with the move."


class AddForm(forms.Form):
    """Milestones, one per line. The action's domain reads the lines; here they are only taken."""

    lines = forms.CharField(
        max_length=40_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 1}),
        label="Milestones, one per line",
        error_messages={"required": "Write at least one name."},
    )


class PlanForm(NamingForm):
    """What the forms of a milestone's plan share."""

    def __init__(self, *args: Any, milestone: Milestone, **kwargs: Any) -> None:
        super().__init__(*args, launch=milestone.launch, **kwargs)
        self.milestone = milestone
        offered = self.people_offered(milestone.owner, milestone.unblocker)
        for name in ("owner", "unblocker"):
            if name in self.fields:
                self.fields[name].queryset = offered  # type: ignore[attr-defined]

    def clean(self) -> None:
        super().clean()
        given = self.cleaned_data
        users = [given[name] for name in ("owner", "unblocker") if name in self.changed_data and given.get(name)]
        teams = [given["team"]] if "team" in self.changed_data and given.get("team") else []
        self.ask_to_let_in(users, teams)

    def written(self) -> dict[str, Any]:
        """The fields as `edit_milestone` takes them."""
        return {name: value for name, value in self.cleaned_data.items() if name in EDITABLE}

    def take(self, refused: ValidationError) -> None:
        """Show what an action refused at its field, or above the form."""
        if not hasattr(refused, "error_dict"):
            self.add_error(None, refused)
            return
        for name, messages in refused.message_dict.items():
            self.add_error(name if name in self.fields else None, messages)


class MilestoneForm(PlanForm):
    """Everything that people decide about a milestone."""

    name = LineField(max_length=160)
    definition_of_done = Lines(
        label="Done when",
        help_text="What is true when this is finished, with a figure that can be checked.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    owner: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="Nobody yet", help_text="Does it."
    )
    unblocker: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="Nobody yet", help_text="Moves what is in the way: someone else."
    )
    team: forms.ModelChoiceField[Team] = forms.ModelChoiceField(
        queryset=Team.objects.all(), required=False, empty_label="No team"
    )
    stage: forms.ModelChoiceField[Stage] = forms.ModelChoiceField(queryset=None, required=False, empty_label="No stage")
    priority = forms.TypedChoiceField(choices=PRIORITIES, coerce=Priority)
    start_date = Day(label="Start")
    due_date = Day(label="Due")
    why = LineField(max_length=500, required=False, label="Why the due date moves", help_text=WHY_HINT)
    estimate_days = forms.DecimalField(
        required=False, min_value=0, max_digits=7, decimal_places=1, label="Estimate", help_text="In person-days."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].queryset = stages()  # type: ignore[attr-defined]


class RowForm(PlanForm):
    """What can be changed in the table."""

    name = LineField(max_length=160)
    owner: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="Nobody yet"
    )
    due_date = Day(label="Due")
    state = forms.TypedChoiceField(choices=STATES, coerce=State)
    priority = forms.TypedChoiceField(choices=PRIORITIES, coerce=Priority)
    why = LineField(max_length=500, required=False, label="Why the due date moves")


class StateForm(forms.Form):
    """Another state."""

    state = forms.TypedChoiceField(
        choices=STATES, coerce=State, error_messages={"required": "Choose one of the states."}
    )
    version = forms.IntegerField(required=False)
    why = LineField(max_length=500, required=False)


class ProgressForm(forms.Form):
    """Per cent by hand; empty takes the figure away."""

    percent = forms.IntegerField(
        required=False, min_value=0, max_value=100, error_messages={"invalid": "Write a whole number from 0 to 100."}
    )
    version = forms.IntegerField(required=False)


class OrderForm(forms.Form):
    """Put `id` before `before`, or at the end."""

    id = forms.IntegerField()
    before = forms.IntegerField(required=False)


class ShiftForm(forms.Form):
    """One place up or down."""

    direction = forms.ChoiceField(choices=[("up", "up"), ("down", "down")])


class BaselineForm(forms.Form):
    """Why the plan is frozen (again)."""

    why = LineField(max_length=500, required=False)


class LagForm(forms.Form):
    """How long after the predecessor."""

    lag_days = forms.IntegerField(
        min_value=0,
        max_value=MOST_LAG_DAYS,
        required=False,
        label="Working days between",
        widget=forms.NumberInput(attrs={"size": 4}),
    )

    def clean_lag_days(self) -> int:
        """Nothing typed is none."""
        return self.cleaned_data.get("lag_days") or 0


class DependencyForm(LagForm):
    """What a milestone waits for."""

    predecessor: forms.ModelChoiceField[Milestone] = forms.ModelChoiceField(
        queryset=None,
        label="It waits for",
        empty_label="Choose a milestone",
        error_messages={
            "required": "Choose the milestone that it waits for.",
            "invalid_choice": "That milestone can’t be chosen; it may be gone, or linked already.",
        },
    )
    field_order = ("predecessor", "lag_days")

    def __init__(self, *args: Any, choices: QuerySet[Milestone], own_launch: Launch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["predecessor"]
        field.queryset = choices
        field.label_from_instance = lambda row: (
            row.name if row.launch_id == own_launch.pk else f"{row.launch.key}: {row.name}"
        )
