"""Reading about schedules, editions and deliveries."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max, Prefetch, QuerySet

from integrations.models import Destination
from integrations.selectors import destinations
from launches.models import Launch
from luna.events.models import Event
from people.models import User
from reports.domain.types import DeliveryState
from reports.models import Delivery, Edition, Schedule

FIRST_DIGEST_DAYS = 7
_NEVER_ARRIVED = (DeliveryState.FAILED, DeliveryState.CANCELLED, DeliveryState.SKIPPED)


def last_told_at(launch: Launch, destinations: list[Destination], *, now: datetime) -> datetime:
    """Up to when the readers of all these destinations know what changed.

    The oldest of what each was told last, so that nobody misses anything; a destination's first digest tells of a week.
    """
    told = (
        Delivery.objects.filter(edition__launch=launch, destination__in=destinations, edition__skipped_at__isnull=True)
        .exclude(state__in=_NEVER_ARRIVED)
        .values("destination_id")
        .annotate(until_at=Max("edition__until_at"))
    )
    moments = {row["destination_id"]: row["until_at"] for row in told}
    first = max(launch.created_at, now - timedelta(days=FIRST_DIGEST_DAYS))
    return min((moments.get(destination.pk, first) for destination in destinations), default=first)


def destinations_for(launch: Launch) -> QuerySet[Destination]:
    """Where the launch's reports may go: those of a private launch only to private places."""
    return destinations().filter(is_private=True) if launch.is_private else destinations()


def schedules_of(launch: Launch) -> QuerySet[Schedule]:
    """The launch's schedules with their destinations."""
    return _schedules().filter(launch=launch)


def running_schedules(user: User) -> QuerySet[Schedule]:
    """What goes out next, over all launches that `user` may see, the soonest first."""
    visible = Launch.objects.visible_to(user).filter(archived_at__isnull=True)
    rows = _schedules().filter(launch__in=visible, paused_at__isnull=True, due_at__isnull=False)
    return rows.select_related("launch").order_by("due_at", "pk")


def history_of(launch: Launch) -> QuerySet[Edition]:
    """The launch's editions with their deliveries, the newest first."""
    return _editions().filter(launch=launch)


def history_for(user: User) -> QuerySet[Edition]:
    """The editions of all launches that `user` may see, the newest first."""
    return _editions().filter(launch__in=Launch.objects.visible_to(user)).select_related("launch")


def troubled_deliveries(user: User) -> QuerySet[Delivery]:
    """Deliveries that need somebody, of launches that `user` may see."""
    rows = Delivery.objects.filter(edition__launch__in=Launch.objects.visible_to(user))
    needed = rows.filter(state__in=[DeliveryState.HELD, DeliveryState.FAILED])
    return needed.select_related("edition__launch", "destination__connection").order_by("-created_at", "-pk")


def deliveries_of(edition: Edition) -> QuerySet[Delivery]:
    """The edition's deliveries with what was tried."""
    return edition.deliveries.select_related("destination__connection").prefetch_related("tries").order_by("pk")


def last_schedule_change(schedule: Schedule) -> Event | None:
    """The newest event about the schedule."""
    about = Event.objects.filter(subject_kind="schedule", subject_id=schedule.pk)
    return about.select_related("actor").order_by("-pk").first()


def _schedules() -> QuerySet[Schedule]:
    destinations = Prefetch("destinations", Destination.objects.select_related("connection"))
    return Schedule.objects.select_related("created_by", "commentary_by").prefetch_related(destinations)


def _editions() -> QuerySet[Edition]:
    deliveries = Prefetch("deliveries", Delivery.objects.select_related("destination__connection").order_by("pk"))
    return Edition.objects.select_related("created_by").defer("content").prefetch_related(deliveries)
