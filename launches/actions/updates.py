"""The launch's weekly word."""

from __future__ import annotations

from django.db import transaction

from launches.access import can_edit
from launches.actions.statuses import declare_status
from launches.actions.summaries import wish_recompute
from launches.domain.types import Status
from launches.models import Launch, Update
from luna import clock
from luna.events.log import record
from people.models import User


def write_update(
    *,
    launch: Launch,
    headline: str,
    status: Status | None = None,
    highlights: str = "",
    learnings: str = "",
    next_steps: str = "",
    actor: User,
) -> Update:
    """Say how the launch goes. Where the actor edits it, the update's status becomes the declared one, with the
    headline as its reason; anybody else's update carries the status as it is.
    """
    with transaction.atomic():
        declares = status is not None and can_edit(actor, launch)
        said = status if status is not None and declares else Status(launch.status)
        update = Update.objects.create(
            launch=launch,
            author=actor,
            status=said,
            headline=headline,
            highlights=highlights,
            learnings=learnings,
            next_steps=next_steps,
            created_at=clock.now(),
        )
        after = {"status": str(said), "headline": headline}
        record("update.written", update, actor=actor, launch_id=launch.pk, after=after)
        if declares:
            declare_status(launch=launch, status=said, reason=headline, actor=actor)
        wish_recompute([launch.pk])
    return update


def delete_update(*, update: Update, actor: User) -> None:
    """Take it back; for a day it can be restored. The status that it declared stays."""
    with transaction.atomic():
        update.deleted_at = clock.now()
        update.save(update_fields=["deleted_at"])
        record("update.deleted", update, actor=actor, launch_id=update.launch_id)
        wish_recompute([update.launch_id])


def restore_update(*, update: Update, actor: User) -> None:
    """Bring a deleted update back."""
    with transaction.atomic():
        update.deleted_at = None
        update.save(update_fields=["deleted_at"])
        record("update.restored", update, actor=actor, launch_id=update.launch_id)
        wish_recompute([update.launch_id])
