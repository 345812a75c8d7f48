"""What happened since last week, over all launches that someone may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery

from launches.domain.types import NoticeReason
from launches.models import Launch, Notice
from luna.events.models import Event

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from people.models import User, Workspace

MOST_LINES = 5
_NEWS = (NoticeReason.MADE_OWNER, NoticeReason.MENTIONED)
_WANTED = ("milestone.completed", "decision.decided", "launch.health_changed")


@dataclass(frozen=True)
class Line:
    """One thing that happened: the launch, and what."""

    key: str
    launch: str
    text: str


@dataclass
class Week:
    """The last seven days: what waits for the reader, and what changed."""

    start: date
    end: date
    needs_you: list[Notice] = field(default_factory=list)
    newly_at_risk: list[Line] = field(default_factory=list)
    decided: list[Line] = field(default_factory=list)
    completed: list[Line] = field(default_factory=list)

    @property
    def is_quiet(self) -> bool:
        """Nothing to tell."""
        return not (self.needs_you or self.newly_at_risk or self.decided or self.completed)


def since_last_week(user: User, place: Workspace) -> Week:
    """The last seven days in two statements; a private launch is told only to those who may see it."""
    today = place.today
    start = today - timedelta(days=7)
    week = Week(start=start, end=today)
    since = datetime.combine(start, time(), tzinfo=ZoneInfo(place.time_zone))
    week.needs_you = list(_open_notices(user, since)[:MOST_LINES])
    seen = Launch.objects.visible_to(user).filter(archived_at__isnull=True)
    of_launch = seen.filter(pk=OuterRef("launch_id"))
    events = (
        Event.objects.filter(verb__in=_WANTED, recorded_at__gte=since, launch_id__in=Subquery(seen.values("pk")))
        .annotate(key=Subquery(of_launch.values("key")[:1]), launch=Subquery(of_launch.values("name")[:1]))
        .order_by("-recorded_at")
        .values_list("verb", "after", "subject_name", "key", "launch")[:60]
    )
    for verb, after, subject, key, launch in events:
        _sort_in(week, verb, after, Line(key, launch, subject))
    return week


def _open_notices(user: User, since: datetime) -> QuerySet[Notice]:
    """What waits for this person, newest first, of launches that they may still see; admins hear of connections too.

    What asks for nothing is news for a week.
    """
    readable = Q(launch__in=Launch.objects.visible_to(user))
    if user.is_admin:
        readable |= Q(launch__isnull=True)
    current = ~Q(reason__in=_NEWS) | Q(created_at__gte=since)
    return Notice.objects.filter(readable, current, user=user, read_at__isnull=True)


def _sort_in(week: Week, verb: str, after: dict[str, Any], line: Line) -> None:
    if verb == "milestone.completed":
        week.completed.append(line)
    elif verb == "decision.decided":
        week.decided.append(line)
    elif verb == "launch.health_changed" and after.get("health") == "at_risk":
        week.newly_at_risk.append(line)
