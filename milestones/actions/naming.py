"""Naming someone who can't see the launch: they take part in it from then on."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied

from launches.access import can_edit
from launches.actions.participants import ensure_participant
from launches.models import Launch
from milestones.selectors_governance import teams_shut_out, users_shut_out
from people.models import Team, User


def let_in(*, launch: Launch, users: Iterable[User] = (), teams: Iterable[Team] = (), actor: User) -> None:
    """Within the caller's transaction: make those of them participants who can't see the launch.

    Raises PermissionDenied where there are some and the actor doesn't edit the launch.
    """
    users_outside, teams_outside = users_shut_out(launch, users), teams_shut_out(launch, teams)
    if not (users_outside or teams_outside):
        return
    if not can_edit(actor, launch):
        raise PermissionDenied
    for user in users_outside:
        ensure_participant(launch=launch, user=user, actor=actor)
    for team in teams_outside:
        ensure_participant(launch=launch, team=team, actor=actor)
