"""What people change about themselves."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from luna.events.log import changed_fields, record
from people.domain.types import Theme
from people.models import Team, User


def edit_profile(*, name: str, time_zone: str, theme: Theme, primary_team: Team | None, actor: User) -> None:
    """The actor's own name, zone, theme and primary team.

    Raises ValidationError for a team that the actor is not in: being in a team opens private launches.
    """
    with transaction.atomic():
        if primary_team is not None and not actor.teams.filter(pk=primary_team.pk).exists():
            raise ValidationError({"primary_team": "Choose one of your own teams."})
        old = _facts(User.objects.get(pk=actor.pk))
        actor.name, actor.time_zone, actor.theme, actor.primary_team = name, time_zone, theme, primary_team
        actor.save(update_fields=["name", "time_zone", "theme", "primary_team"])
        before, after = changed_fields(old, _facts(actor))
        if after:
            record("user.profile_edited", actor, actor=actor, before=before, after=after)


def choose_theme(*, theme: Theme, actor: User) -> None:
    """Light, dark, or as the system has it. No event: it changes nothing for anybody else."""
    with transaction.atomic():
        actor.theme = theme
        actor.save(update_fields=["theme"])


def _facts(user: User) -> dict[str, object]:
    return {
        "name": user.name,
        "time_zone": user.time_zone,
        "theme": str(user.theme),
        "primary_team": user.primary_team_id,
    }
