"""Forms of the settings pages and of one's own profile."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from luna.ui.fields import LineField, WordsField
from people.domain.roles import may_grant
from people.domain.types import Role, TeamKind, Theme
from people.forms.zones import ZoneField
from people.models import Team, User
from people.selectors import active_people, all_teams

WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
ROLE_MEANINGS = {
    Role.ADMIN: "Admin: everything, and people, integrations and settings",
    Role.MAKER: "Maker: creates and runs launches",
    Role.MEMBER: "Member: reads open launches, comments, adds updates, risks and decisions",
    Role.GUEST: "Guest: only launches that they take part in",
}
MOST_HOLIDAYS = 400


class RoleForm(forms.Form):
    """A workspace role that the person at the form may give."""

    role = forms.ChoiceField(choices=(), label="Role", widget=forms.RadioSelect)

    def __init__(self, *args: Any, granter: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  for the type checker: declared above
        field.choices = [
            (role.value, words) for role, words in ROLE_MEANINGS.items() if may_grant(Role(granter.role), role)
        ]


class InviteForm(RoleForm):
    """Whom to let in, as what."""

    email = forms.EmailField(max_length=254, label="E-mail")
    name = LineField(max_length=120, required=False, label="Name", help_text="They can change it.")
    team = forms.ModelChoiceField(queryset=Team.objects.none(), required=False, label="Team", empty_label="No team yet")
    field_order = ["email", "name", "role", "team"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = all_teams()  # type: ignore[attr-defined]  # fields are typed as Field


class TeamForm(forms.Form):
    """A team and who is in it. `edited` is the team that the form changes; none for a new one."""

    name = LineField(max_length=80, label="Name")
    kind = forms.ChoiceField(
        choices=[
            (TeamKind.DELIVERY.value, "Delivery: builds what is launched"),
            (TeamKind.ENABLING.value, "Enabling: legal, finance, procurement, IT, marketing …"),
        ],
        label="Kind",
        widget=forms.RadioSelect,
        initial=TeamKind.DELIVERY,
    )
    members = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(), required=False, label="Members", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, edited: Team | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Who can't sign in just now stays a member, unless somebody takes them out.
        known = active_people() | User.objects.filter(teams=edited) if edited else active_people()
        self.fields["members"].queryset = known.distinct()  # type: ignore[attr-defined]  # fields are typed as Field


class WorkspaceForm(forms.Form):
    """Name, zone, working week, holidays."""

    name = LineField(max_length=80, label="Name")
    time_zone = ZoneField(help_text="“Today”, “overdue” and the daily figures follow this zone.")
    working_weekdays = forms.TypedMultipleChoiceField(
        choices=list(enumerate(WEEKDAYS)), coerce=int, label="Working week", widget=forms.CheckboxSelectMultiple
    )
    holidays = WordsField(
        rows=6,
        required=False,
        max_length=40_000,
        label="Holidays",
        help_text="One per line: the day and, if you like, its name. 2026-12-25 Christmas",
    )

    def clean_holidays(self) -> dict[date, str]:
        """Day → name. A day that can't be read is named with its line."""
        holidays: dict[date, str] = {}
        for number, line in enumerate(self.cleaned_data["holidays"].splitlines(), start=1):
            if not line.strip():
                continue
            day, _, name = line.strip().partition(" ")
            try:
                holidays[date.fromisoformat(day)] = name.strip()[:80]
            except ValueError:
                raise ValidationError(f"Line {number}: “{day[:40]}” is not a day such as 2026-12-25.") from None
        if len(holidays) > MOST_HOLIDAYS:
            raise ValidationError(f"At most {MOST_HOLIDAYS} days; leave out those of past years.")
        return holidays


class ProfileForm(forms.Form):
    """What someone says about themselves."""

    name = LineField(max_length=120, label="Name")
    time_zone = ZoneField(help_text="Instants are shown to you in this zone; days are the workspace’s.")
    theme = forms.ChoiceField(
        choices=[
            (Theme.SYSTEM.value, "As the system has it"),
            (Theme.LIGHT.value, "Light"),
            (Theme.DARK.value, "Dark"),
        ],
        label="Theme",
        widget=forms.RadioSelect,
    )
    primary_team: forms.ModelChoiceField[Team] = forms.ModelChoiceField(
        queryset=None,
        required=False,
        label="Primary team",
        empty_label="None",
        help_text="One of the teams you are in.",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["primary_team"].queryset = user.teams.all()  # type: ignore[attr-defined]  # fields are typed as Field


class ThemeForm(forms.Form):
    """The switch in the menu."""

    theme = forms.ChoiceField(choices=[(theme.value, theme.value) for theme in Theme])
