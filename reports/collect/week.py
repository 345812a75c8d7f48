"""What happened since last week, over all launches that someone may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery

from launches.domain.types import NoticeReason
from launches.models import Launch, Notice
from luna.events.models import Event
from luna.lib.prepared import Prepared
from people.domain.types import Role
from people.models import User

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from people.models import Workspace

MOST_LINES = 5
_OF_REPORTS = (NoticeReason.DELIVERY_HELD, NoticeReason.DELIVERY_FAILED)
_NEWS = (NoticeReason.MADE_OWNER, NoticeReason.MENTIONED)
_PARTS = {
    "milestone.completed": "completed",
    "decision.decided": "decided",
    "launch.health_changed": "newly_at_risk",
}
"""Which verbs are told, and in which part."""


@dataclass(frozen=True)
class Line:
    """One thing that happened: the launch, and what."""

    key: str
    launch: str
    text: str


@dataclass(frozen=True)
class Ask:
    """One thing that waits for the reader, and where it is done."""

    sentence: str
    path: str


@dataclass(frozen=True)
class Week:
    """The last seven days: what waits for the reader, and what changed. Hashable: it is kept drawn."""

    start: date
    end: date
    needs_you: tuple[Ask, ...] = ()
    newly_at_risk: tuple[Line, ...] = ()
    decided: tuple[Line, ...] = ()
    completed: tuple[Line, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Nothing to tell."""
        return not (self.needs_you or self.newly_at_risk or self.decided or self.completed)


def since_last_week(user: User, place: Workspace) -> Week:
    """The last seven days in two statements; a private launch is told only to those who may see it."""
    today = place.today
    start = today - timedelta(days=7)
    since = datetime.combine(start, time(), tzinfo=ZoneInfo(place.time_zone))
    asks, events = _notices_of(user.role), _events_of(user.role)
    return _told(
        start,
        today,
        tuple(asks.unread(user_id=user.pk, since=since)),
        events,
        tuple(events.unread(user_id=user.pk, since=since)),
    )


@lru_cache(maxsize=256)
def _told(
    start: date, end: date, asks: tuple[tuple[Any, ...], ...], asked: Prepared, events: tuple[tuple[Any, ...], ...]
) -> Week:
    """Sorted once as long as nothing new happens; the same object then finds its drawing by identity."""
    told: dict[str, list[Line]] = {"newly_at_risk": [], "decided": [], "completed": []}
    for verb, after, subject, key, launch in map(asked.read, events):
        part = _PARTS[verb]
        if part != "newly_at_risk" or after.get("health") == "at_risk":
            told[part].append(Line(key, launch, subject))
    return Week(start, end, tuple(Ask(*row) for row in asks), **{part: tuple(lines) for part, lines in told.items()})


@lru_cache(maxsize=len(Role))
def _events_of(role: str) -> Prepared:
    def events(user_id: int, since: datetime) -> QuerySet[Event, tuple[Any, ...]]:
        seen = Launch.objects.visible_to(User(pk=user_id, role=role)).filter(archived_at__isnull=True).order_by()
        of_launch = seen.filter(pk=OuterRef("launch_id"))
        return (
            Event.objects.filter(verb__in=_PARTS, recorded_at__gte=since, launch_id__in=Subquery(seen.values("pk")))
            .annotate(key=Subquery(of_launch.values("key")[:1]), launch=Subquery(of_launch.values("name")[:1]))
            .order_by("-recorded_at")
            .values_list("verb", "after", "subject_name", "key", "launch")[:60]
        )

    return Prepared(events, user_id=int, since=datetime)


@lru_cache(maxsize=len(Role))
def _notices_of(role: str) -> Prepared:
    """What waits for this person, newest first, of launches that they may still see; admins hear of connections, too.

    What asks for nothing is news for a week.
    """

    def open_notices(user_id: int, since: datetime) -> QuerySet[Notice, tuple[Any, ...]]:
        user = User(pk=user_id, role=role)
        readable = Q(launch__in=Launch.objects.visible_to(user))
        if user.is_admin:
            readable |= Q(launch__isnull=True)
        elif user.can_create_launches:
            # A report on all launches that did not arrive belongs to no launch.
            readable |= Q(launch__isnull=True, reason__in=_OF_REPORTS)
        current = ~Q(reason__in=_NEWS) | Q(created_at__gte=since)
        found = Notice.objects.filter(readable, current, user=user, read_at__isnull=True)
        return found.values_list("sentence", "path")[:MOST_LINES]

    return Prepared(open_notices, user_id=int, since=datetime)
