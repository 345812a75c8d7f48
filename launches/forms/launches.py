"""Forms of the launch as a whole."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from launches.actions.launches import LaunchFields, facts
from launches.domain import declared
from launches.domain.types import Status, Visibility
from launches.models import STATUS_WORDS, Launch, Stage
from launches.selectors import first_stage, stages
from luna.lib.text import clean_line
from luna.ui.fields import DayField, LineField, WordsField
from people.domain.types import Role
from people.models import User
from people.selectors import active_people

MOST_LABELS = 12
LABELS_OF_FACTS = {
    "name": "Name",
    "owner": "Owner",
    "outcome": "Outcome",
    "description": "Description",
    "tier": "Tier",
    "labels": "Labels",
    "stage": "Stage",
    "start_date": "Start",
    "target_date": "Target",
    "launched_date": "Launched",
    "visibility": "Visibility",
}


class LabelsField(LineField):
    """Words parted by commas."""

    def clean(self, value: Any) -> Any:
        """The words, each once in any case."""
        words = [clean_line(word) for word in super().clean(value).split(",")]
        once = {word.casefold(): word for word in words if word}
        if len(once) > MOST_LABELS:
            raise ValidationError(f"At most {MOST_LABELS} labels.")
        for word in once.values():
            if len(word) > 40:
                raise ValidationError(f"“{word[:40]}…” is too long for a label: at most 40 letters.")
        return list(once.values())


class LaunchForm(forms.Form):
    """What a launch is. `edited` is the launch that the form changes; none for a new one."""

    name = LineField(max_length=120, label="Name")
    outcome = LineField(
        max_length=500,
        required=False,
        label="Outcome",
        help_text="What changes, and for whom: “Shops pay out on the same day”.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    description = WordsField(
        rows=5, max_length=20_000, required=False, label="Description", help_text="Problem, solution, impact. Markdown."
    )
    owner: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        queryset=User.objects.none(), label="Owner", empty_label=None
    )
    tier = forms.TypedChoiceField(
        choices=[(1, "1 · company-wide"), (2, "2 · several teams"), (3, "3 · one team")],
        coerce=int,
        label="Tier",
        initial=2,
    )
    stage: forms.ModelChoiceField[Stage] = forms.ModelChoiceField(
        queryset=Stage.objects.none(), label="Stage", empty_label=None
    )
    start_date = DayField(required=False, label="Start")
    target_date = DayField(required=False, label="Target date")
    launched_date = DayField(required=False, label="Launched on")
    labels = LabelsField(required=False, label="Labels", help_text="Words parted by commas: payments, Q3, EMEA.")
    visibility = forms.ChoiceField(
        choices=[
            (Visibility.OPEN.value, "Open: everyone here reads it, but guests only when they take part"),
            (Visibility.PRIVATE.value, "Private: only who takes part and admins know that it exists"),
        ],
        label="Visibility",
        initial=Visibility.OPEN,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, edited: Launch | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = active_people().exclude(role=Role.GUEST)
        if edited is None:
            self.fields["stage"].initial = first_stage()
        else:
            owners = User.objects.filter(Q(pk__in=owners.values("pk")) | Q(pk=edited.owner_id))
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]  # fields are typed as Field
        self.fields["stage"].queryset = stages()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The dates in their order."""
        cleaned: dict[str, Any] = super().clean() or {}
        start = cleaned.get("start_date")
        if start:
            for name, what in (("target_date", "The target"), ("launched_date", "The launch")):
                if (day := cleaned.get(name)) and day < start:
                    self.add_error(name, f"{what} lies before the start. Change one of the two dates.")
        return cleaned

    def launch_fields(self) -> LaunchFields:
        """What the action takes, from a valid form."""
        given = {name: self.cleaned_data[name] for name in self.cleaned_data if name in LaunchFields.__annotations__}
        return LaunchFields(**given | {"visibility": Visibility(given["visibility"])})

    def mine(self) -> dict[str, Any]:
        """What was typed, in the words of `facts`, to be held beside what someone else saved."""
        given = self.cleaned_data
        words = {name: given[name] for name in ("name", "outcome", "description", "tier", "visibility")}
        words |= {"owner": given["owner"].name, "stage": given["stage"].name, "labels": ", ".join(given["labels"])}
        days = ("start_date", "target_date", "launched_date")
        return words | {name: given[name].isoformat() if given[name] else "" for name in days}


class NewLaunchForm(LaunchForm):
    """A new launch has a key too, which never changes again."""

    key = LineField(
        min_length=2,
        max_length=12,
        required=False,
        label="Key",
        help_text="Short, such as APOLLO; it stands in addresses and never changes. Empty: made from the name.",
    )
    field_order = ["name", "key", "outcome", "owner"]

    def clean_key(self) -> str:
        """In capitals, and of the letters that keys have."""
        key: str = self.cleaned_data["key"].upper()
        if key:
            for check in Launch._meta.get_field("key").validators:
                check(key)
        return key


class EditLaunchForm(LaunchForm):
    """The version tells a save that meets someone else's newer one."""

    version = forms.IntegerField(widget=forms.HiddenInput)


def initial_of(launch: Launch) -> dict[str, Any]:
    """The form's values for a launch as it is."""
    names = ("name", "outcome", "description", "tier", "stage", "visibility", "version")
    days = ("start_date", "target_date", "launched_date")
    return {name: getattr(launch, name) for name in (*names, *days)} | {
        "owner": launch.owner_id,
        "labels": ", ".join(launch.labels.values_list("name", flat=True)),
    }


def differences(current: Launch, form: LaunchForm) -> list[tuple[str, Any, Any]]:
    """(label, theirs, mine) of what differs between the saved launch and a valid form."""
    theirs, mine = facts(current), form.mine()
    return [
        (label, theirs[name], mine[name])
        for name, label in LABELS_OF_FACTS.items()
        if str(theirs[name]) != str(mine[name])
    ]


class StatusForm(forms.Form):
    """How it goes, in a word and a line."""

    status = forms.ChoiceField(
        choices=[(status.value, word) for status, word in STATUS_WORDS.items()],
        label="Status",
        widget=forms.RadioSelect,
    )
    reason = LineField(max_length=280, label="Why, in one line")
    until = DayField(
        required=False, label="Stands until", help_text="Where it is better than what Luna computes: at most 14 days."
    )

    def __init__(self, *args: Any, computed: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if declared.is_worse(computed, than=Status.ON_TRACK):
            self.initial.setdefault("until", declared.last_day(today))
        else:
            del self.fields["until"]

    def clean_status(self) -> Status:
        return Status(self.cleaned_data["status"])
