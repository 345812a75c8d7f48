"""Writing the log, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models

from luna import clock
from luna.events.models import Event, Through

if TYPE_CHECKING:
    from people.models import User


def record(
    verb: str,
    subject: models.Model,
    *,
    actor: User | None,
    launch_id: int | None = None,
    through: Through = Through.WEB,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    why: str = "",
    occurred_at: datetime | None = None,
) -> Event:
    """Append one event about `subject`. `before` and `after` hold the changed fields only.

    `occurred_at` is when it was so (now, unless told); `recorded_at` is always now.
    """
    now = clock.now()
    return Event.objects.create(
        verb=verb,
        subject_kind=subject._meta.model_name or "",
        subject_id=subject.pk,
        subject_name=str(subject)[:300],
        launch_id=launch_id,
        actor=actor,
        through=through,
        occurred_at=occurred_at or now,
        recorded_at=now,
        before=dict(before or {}),
        after=dict(after or {}),
        why=why[:1000],
    )


def changed_fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(before, after) of the fields whose values differ between two mappings with the same keys."""
    names = [name for name in new if old[name] != new[name]]
    return {name: old[name] for name in names}, {name: new[name] for name in names}
