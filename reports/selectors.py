"""Reading about schedules, editions and deliveries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, Prefetch, Q, QuerySet

from integrations.models import Destination
from integrations.selectors import destinations
from launches.domain.types import Visibility
from launches.models import Launch
from luna.events.models import Event
from people.models import User
from reports.domain.types import DeliveryState, ReportKind
from reports.models import Delivery, Edition, Schedule

FIRST_DIGEST_DAYS = 7
_NEVER_ARRIVED = (DeliveryState.FAILED, DeliveryState.CANCELLED, DeliveryState.SKIPPED)


def last_told_at(
    kind: ReportKind, launch: Launch | None, destinations: list[Destination], *, now: datetime
) -> datetime:
    """Up to when the readers of all these destinations know what changed, by reports of this kind.

    The oldest of what each was told last, so that nobody misses anything; a destination's first report tells of a week.
    """
    told = (
        Delivery.objects.filter(
            edition__kind=kind,
            edition__launch=launch,
            destination__in=destinations,
            edition__skipped_at__isnull=True,
        )
        .exclude(state__in=_NEVER_ARRIVED)
        .values("destination_id")
        .annotate(until_at=Max("edition__until_at"))
    )
    moments = {row["destination_id"]: row["until_at"] for row in told}
    week_ago = now - timedelta(days=FIRST_DIGEST_DAYS)
    first = max(launch.created_at, week_ago) if launch else week_ago
    return min((moments.get(destination.pk, first) for destination in destinations), default=first)


def destinations_for(launch: Launch | None) -> QuerySet[Destination]:
    """Where reports on it may go: those on a private launch only to private places."""
    return destinations().filter(is_private=True) if launch and launch.is_private else destinations()


def schedules_of(launch: Launch | None) -> QuerySet[Schedule]:
    """The launch's schedules, or those of all launches, with their destinations."""
    return _schedules().filter(launch=launch)


def running_schedules(user: User) -> QuerySet[Schedule]:
    """What goes out next, over all launches that `user` may see, the soonest first."""
    mine = Q(launch__in=Launch.objects.visible_to(user).filter(archived_at__isnull=True))
    wanted = mine if user.is_guest else mine | Q(launch__isnull=True)
    rows = _schedules().filter(wanted, paused_at__isnull=True, due_at__isnull=False)
    return rows.select_related("launch").order_by("due_at", "pk")


def history_of(launch: Launch | None, user: User) -> QuerySet[Edition]:
    """The editions on the launch, or on all of them, that `user` may see, with their deliveries, the newest first."""
    return _editions().filter(launch=launch).exclude(pk__in=hidden_editions(user))


def history_for(user: User) -> QuerySet[Edition]:
    """The editions on all launches that `user` may see and on all together, the newest first."""
    rows = _editions().filter(_seen_by(user)).exclude(pk__in=hidden_editions(user))
    return rows.select_related("launch")


def tells_of_private_launches(edition: Edition) -> bool:
    """Whether another launch that it names, and that was open when it was made, has turned private."""
    return edition.told_launches.filter(visibility=Visibility.PRIVATE).exists()


def may_see_portfolio_editions(user: User) -> bool:
    """Everybody but guests, who may only know of what they take part in."""
    return not user.is_guest


def _seen_by(user: User) -> Q:
    mine = Q(launch__in=Launch.objects.visible_to(user))
    return mine | Q(launch__isnull=True) if may_see_portfolio_editions(user) else mine


def hidden_editions(user: User) -> QuerySet[Any]:
    """Editions that name a launch which turned private, and of which `user` may not know any more."""
    private = Launch.objects.filter(visibility=Visibility.PRIVATE)
    hidden = private.exclude(pk__in=Launch.objects.visible_to(user).values("pk"))
    through = Edition.told_launches.through
    editions: QuerySet[Any] = through._default_manager.filter(launch__in=hidden).values("edition_id")
    return editions


def troubled_deliveries(user: User) -> QuerySet[Delivery]:
    """Deliveries that need somebody, of launches that `user` may see, and of all together for who may send those."""
    wanted = Q(edition__launch__in=Launch.objects.visible_to(user))
    if user.can_create_launches:
        wanted |= Q(edition__launch__isnull=True)
    rows = Delivery.objects.filter(wanted).exclude(edition__in=hidden_editions(user))
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
