"""Who takes part in a launch."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from launches.domain.types import LaunchRole
from launches.models import Launch, Participant
from luna.events.log import record
from people.models import Team, User

NO_GUEST_EDITORS = "Guests can take part, but not edit. Ask an admin for another role for them first."


def ensure_participant(*, launch: Launch, user: User | None = None, team: Team | None = None, actor: User) -> None:
    """Let the user or the team take part; nothing changes where they do already."""
    with transaction.atomic():
        participant, is_new = Participant.objects.get_or_create(launch=launch, user=user, team=team)
        if is_new:
            _note_added(participant, actor)


def add_participant(*, launch: Launch, who: User | Team, role: LaunchRole, actor: User) -> Participant:
    """Let a user or a team take part. Raises ValidationError where they do already, and for guests as editors."""
    user, team = (who, None) if isinstance(who, User) else (None, who)
    _refuse_guest_editors(user, role)
    with transaction.atomic():
        participant, is_new = Participant.objects.get_or_create(
            launch=launch, user=user, team=team, defaults={"role": role}
        )
        if not is_new:
            raise ValidationError(f"{who} takes part already.")
        _note_added(participant, actor)
    return participant


def change_participant_role(*, participant: Participant, role: LaunchRole, actor: User) -> None:
    """Another role in the launch. Raises ValidationError for guests as editors."""
    _refuse_guest_editors(participant.user, role)
    with transaction.atomic():
        before = participant.role
        if before == role:
            return
        participant.role = role
        participant.save(update_fields=["role"])
        record(
            "participant.role_changed",
            participant,
            actor=actor,
            launch_id=participant.launch_id,
            before={"role": str(before)},
            after={"role": str(role)},
        )


def remove_participant(*, participant: Participant, actor: User) -> None:
    """They take part no more; what they own and wrote stays theirs."""
    with transaction.atomic():
        record(
            "participant.removed",
            participant,
            actor=actor,
            launch_id=participant.launch_id,
            before={"name": str(participant), "role": str(participant.role)},
        )
        participant.delete()


def _note_added(participant: Participant, actor: User) -> None:
    after = {"name": str(participant), "role": str(participant.role)}
    record("participant.added", participant, actor=actor, launch_id=participant.launch_id, after=after)


def _refuse_guest_editors(user: User | None, role: LaunchRole) -> None:
    if role == LaunchRole.EDITOR and user is not None and user.is_guest:
        raise ValidationError(NO_GUEST_EDITORS)
