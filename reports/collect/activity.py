"""The event log of one launch, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from luna.events.models import Event

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from launches.models import Launch


def activity_of(launch: Launch) -> QuerySet[Event]:
    """Newest first."""
    return Event.objects.filter(launch_id=launch.pk).select_related("actor").order_by("-recorded_at", "-pk")
