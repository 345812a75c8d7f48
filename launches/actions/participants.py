"""Who takes part in a launch."""

from __future__ import annotations

from django.db import transaction

from launches.models import Launch, Participant
from luna.events.log import record
from people.models import Team, User


def ensure_participant(*, launch: Launch, user: User | None = None, team: Team | None = None, actor: User) -> None:
    """Let the user or the team take part; nothing changes where they do already."""
    with transaction.atomic():
        participant, is_new = Participant.objects.get_or_create(launch=launch, user=user, team=team)
        if is_new:
            after = {"name": str(participant), "role": participant.role}
            record("participant.added", participant, actor=actor, launch_id=launch.pk, after=after)
