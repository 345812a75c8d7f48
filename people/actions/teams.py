"""Making, changing and dissolving teams."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import RestrictedError

from luna.events.log import changed_fields, record
from people.domain.types import TeamKind
from people.models import Team, User


def create_team(*, name: str, kind: TeamKind, members: Iterable[User] = (), actor: User) -> Team:
    """A team; raises ValidationError where the name is taken."""
    with transaction.atomic():
        _refuse_taken(name)
        team = Team.objects.create(name=name, kind=kind)
        _set_members(team, members)
        record("team.created", team, actor=actor, after=_facts(team))
    return team


def edit_team(*, team: Team, name: str, kind: TeamKind, members: Iterable[User], actor: User) -> None:
    """Another name, kind or membership; raises ValidationError where the name is taken."""
    with transaction.atomic():
        _refuse_taken(name, but=team)
        old = _facts(Team.objects.get(pk=team.pk))
        team.name, team.kind = name, kind
        team.save(update_fields=["name", "kind"])
        _set_members(team, members)
        before, after = changed_fields(old, _facts(team))
        if after:
            record("team.edited", team, actor=actor, before=before, after=after)


def delete_team(*, team: Team, actor: User) -> None:
    """Dissolve a team: its people stay, and it leaves the launches and milestones that named it.

    Raises ValidationError where the team is asked for an approval or has voted: votes are kept for ever.
    """
    try:
        with transaction.atomic():
            record("team.deleted", team, actor=actor, before=_facts(team))
            team.delete()
    except RestrictedError as error:
        raise ValidationError(f"{team.name} is named in approvals, whose votes are kept. Rename it instead.") from error


def _set_members(team: Team, members: Iterable[User]) -> None:
    """A primary team is one of a person's teams: who leaves the team has none until they choose another."""
    chosen = list(members)
    team.members.set(chosen)
    team.primary_of.exclude(pk__in=[user.pk for user in chosen]).update(primary_team=None)


def _facts(team: Team) -> dict[str, object]:
    return {
        "name": team.name,
        "kind": str(team.kind),
        "members": sorted(team.members.values_list("name", flat=True)),
    }


def _refuse_taken(name: str, *, but: Team | None = None) -> None:
    others = Team.objects.exclude(pk=but.pk) if but else Team.objects.all()
    if others.filter(name__iexact=name).exists():
        raise ValidationError({"name": f"There is a team “{name}” already."})
