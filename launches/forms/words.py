"""Forms of what is said, and of who takes part."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from launches.domain.types import LaunchRole, Status
from launches.models import STATUS_WORDS, Launch
from luna.ui.fields import LineField, WordsField
from people.models import Team, User
from people.selectors import active_people, all_teams

ROLE_MEANINGS = {
    LaunchRole.PARTICIPANT: "Participant: sees it, also while it is private",
    LaunchRole.EDITOR: "Editor: changes it too",
}


class UpdateForm(forms.Form):
    """The weekly word. Only who edits the launch declares its status with it."""

    status = forms.ChoiceField(
        choices=[(status.value, word) for status, word in STATUS_WORDS.items()],
        label="Status",
        widget=forms.RadioSelect,
    )
    headline = LineField(
        max_length=280,
        label="Headline",
        help_text="What an executive should remember, in one or two sentences.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    highlights = WordsField(max_length=4000, required=False, label="Highlights")
    learnings = WordsField(max_length=4000, required=False, label="Learnings", rows=2)
    next_steps = WordsField(max_length=4000, required=False, label="Next steps")

    def __init__(self, *args: Any, declares: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not declares:
            del self.fields["status"]

    def clean_status(self) -> Status:
        return Status(self.cleaned_data["status"])


class CommentForm(forms.Form):
    """One comment."""

    text = WordsField(max_length=4000, rows=2, label="Comment", error_messages={"required": "Write something first."})


class ParticipantForm(forms.Form):
    """A person or a team, and a role."""

    user: forms.ModelChoiceField[User] = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, label="Person", empty_label="Choose a person"
    )
    team: forms.ModelChoiceField[Team] = forms.ModelChoiceField(
        queryset=Team.objects.none(), required=False, label="or team", empty_label="Choose a team"
    )
    role = forms.ChoiceField(
        choices=[(role.value, words) for role, words in ROLE_MEANINGS.items()],
        label="Role",
        initial=LaunchRole.PARTICIPANT,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, launch: Launch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = active_people().exclude(pk=launch.owner_id).exclude(participations__launch=launch)
        self.fields["user"].queryset = people  # type: ignore[attr-defined]  # fields are typed as Field
        self.fields["team"].queryset = all_teams().exclude(participations__launch=launch)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(cleaned.get("user")) == bool(cleaned.get("team")):
            raise ValidationError("Choose a person or a team, one of the two.")
        return cleaned

    def clean_role(self) -> LaunchRole:
        return LaunchRole(self.cleaned_data["role"])


class ParticipantRoleForm(forms.Form):
    """Another role in the launch."""

    role = forms.ChoiceField(choices=[(role.value, role.value.capitalize()) for role in LaunchRole])

    def clean_role(self) -> LaunchRole:
        return LaunchRole(self.cleaned_data["role"])
