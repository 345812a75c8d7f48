"""Reading what was kept of earlier days, why dates moved, and what happened in between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from launches.models import Launch
from luna.events.models import Event
from milestones.domain.mixture import Cause
from milestones.domain.movement_events import causes_of, verbs_of, words
from milestones.models import Approval, DateMovement, Dependency, KeptInputs, Milestone, Since
from people.models import User

_OF_LAUNCHES = verbs_of(Cause.CALENDAR, Cause.PLAN, Cause.TARGET) - {"milestone.edited"}
MOST_EVENTS = 500
"""That are read of a launch between two days, the newest."""


def p85_of(kept: KeptInputs, milestone_id: int | None) -> date | None:
    """The milestone's P85 of that day, or with None the launch's; None where there was none."""
    if milestone_id is None:
        return kept.p85
    found = kept.milestones.get(str(milestone_id))
    return date.fromisoformat(found) if found else None


def newest_movement(launch_id: int, milestone_id: int | None) -> DateMovement | None:
    """Since a week ago; where nothing moved since then, or nothing was kept then, since the last change."""
    rows = DateMovement.objects.filter(launch=launch_id, milestone=milestone_id).exclude(since=Since.ASKED)
    found = {row.since: row for row in rows}
    return found.get(Since.WEEK) or found.get(Since.CHANGE)


@dataclass(frozen=True)
class KeptDay:
    """An earlier day with which today can be compared."""

    day: date
    p85: date


def kept_days(launch_id: int, milestone_id: int | None) -> list[KeptDay]:
    """The days of which it has a P85, newest first; the first is the one that is compared with the others."""
    rows = KeptInputs.objects.filter(launch=launch_id).order_by("-day").defer("inputs")
    return [KeptDay(row.day, p85) for row in rows if (p85 := p85_of(row, milestone_id))]


def movement_between(launch_id: int, milestone_id: int | None, before: date, after: date) -> DateMovement | None:
    """The stored one of these two days, a computed one first."""
    rows = DateMovement.objects.filter(
        launch=launch_id, milestone=milestone_id, before_day=before, after_day=after
    ).order_by(F("computed_at").desc(nulls_last=True))
    return rows.first()


@dataclass(frozen=True)
class Named:
    """A milestone that the reader may see."""

    name: str
    launch_key: str


def milestones_named(milestone_ids: Collection[int], reader: User) -> dict[int, Named]:
    """By id, those of launches that `reader` may see; asks nothing about none."""
    if not milestone_ids:
        return {}
    seen = Milestone.objects.existing().filter(pk__in=milestone_ids, launch__in=Launch.objects.visible_to(reader))
    rows = seen.values_list("pk", "name", "launch__key")
    return {pk: Named(name, key) for pk, name, key in rows}


@dataclass(frozen=True)
class Happened:
    """An entry of the log."""

    at: datetime
    words: str
    who: str
    """Empty where Luna or a tracker did it."""


def happened(
    launch: Launch, milestone: Milestone | None, first: date, last: date, *, zone: str, today: date
) -> dict[Cause, list[Happened]]:
    """By cause, what the log tells of these days, newest first: of the milestone, or of the launch itself."""
    start, end = (datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)) for day in (first, last + timedelta(days=1)))
    rows = (
        Event.objects.filter(Q(launch_id=launch.pk) | Q(verb="workspace.changed"), verb__in=verbs_of(*Cause))
        .filter(recorded_at__gte=start, recorded_at__lt=end)
        .select_related("actor")
        .order_by("-recorded_at", "-pk")[:MOST_EVENTS]
    )
    found: defaultdict[Cause, list[Happened]] = defaultdict(list)
    for event in _about(rows, milestone):
        said = words(event.verb, event.subject_name, event.before, event.after, is_named=milestone is None, today=today)
        line = Happened(event.recorded_at, said, event.actor.name if event.actor else "")
        for cause in causes_of(event.verb, event.after):
            found[cause].append(line)
    return found


def _about(events: Iterable[Event], milestone: Milestone | None) -> list[Event]:
    """Of a launch, what concerns its plan, target and calendar; its milestones' parts are told on their own pages."""
    if milestone is None:
        return [event for event in events if event.verb in _OF_LAUNCHES]
    approvals = set(Approval.objects.filter(milestone=milestone).values_list("pk", flat=True))
    dependencies = set(Dependency.objects.filter(successor=milestone).values_list("pk", flat=True))
    own = {"milestone": {milestone.pk}, "approval": approvals, "dependency": dependencies}
    return [
        event
        for event in events
        if event.subject_kind == "workspace"
        or event.subject_id in own.get(event.subject_kind, ())
        or milestone.name in _told_names(event)
    ]


def _told_names(event: Event) -> set[str]:
    """Of what is gone by now, or is known by its milestone's name alone: removed dependencies, and sources."""
    sides = (event.before, event.after)
    return {str(side[name]) for side in sides for name in ("milestone", "successor") if side.get(name)}
