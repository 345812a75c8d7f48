"""Reading what was kept of earlier days, why dates moved, and what happened in between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q

from launches.models import Launch
from luna.events.models import Event
from milestones.domain.mixture import Cause
from milestones.domain.movement_events import causes_of, verbs_of, words
from milestones.models import Approval, DateMovement, KeptInputs, Milestone, Since
from people.models import User

_OF_LAUNCHES = verbs_of(Cause.CALENDAR, Cause.PLAN, Cause.TARGET) - {"milestone.edited"}
MOST_EVENTS = 500
"""That are read of one subject between two days, the newest."""


def p85_of(kept: KeptInputs, milestone_id: int | None) -> date | None:
    """The milestone's P85 of that day, or with None the launch's; None where there was none."""
    if milestone_id is None:
        return kept.p85
    found = kept.milestones.get(str(milestone_id))
    return date.fromisoformat(found) if found else None


def is_given_up(row: DateMovement) -> bool:
    """Whether it is not worked out and, after several tries, no longer due."""
    return row.computed_at is None and row.due_at is None


def newest_movement(launch_id: int, milestone_id: int | None) -> DateMovement | None:
    """Since a week ago; where nothing moved since then, or nothing was kept then, since the last change.

    Of one that was given up, what somebody asked for about the same two days.
    """
    rows = DateMovement.objects.filter(launch=launch_id, milestone=milestone_id).exclude(since=Since.ASKED)
    found = {row.since: row for row in rows}
    row = found.get(Since.WEEK) or found.get(Since.CHANGE)
    if row is None or not is_given_up(row):
        return row
    return movement_between(launch_id, milestone_id, row.before_day, row.after_day)


@dataclass(frozen=True)
class KeptDay:
    """A day of which it is kept what the forecast was made from."""

    day: date
    p85: date | None
    """None where no date in sight was 85 % sure."""


def kept_days(launch_id: int, milestone_id: int | None) -> list[KeptDay]:
    """Newest first; the first is the one that is compared with the others."""
    rows = KeptInputs.objects.filter(launch=launch_id).order_by("-day").defer("inputs")
    return [KeptDay(row.day, p85_of(row, milestone_id)) for row in rows]


def movement_between(launch_id: int, milestone_id: int | None, before: date, after: date) -> DateMovement | None:
    """The stored one of these two days: a computed one, else one that is due, else one that was given up."""
    rows = DateMovement.objects.filter(
        launch=launch_id, milestone=milestone_id, before_day=before, after_day=after
    ).order_by(F("computed_at").desc(nulls_last=True), F("due_at").desc(nulls_last=True))
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
    """By cause, what the log tells of these days, newest first: of the milestone, or of the launch itself.

    Of a launch, what concerns its plan, target and calendar; its milestones' parts are told on their own pages.
    """
    start, end = (datetime.combine(day, time.min, tzinfo=ZoneInfo(zone)) for day in (first, last + timedelta(days=1)))
    rows = (
        Event.objects.filter(Q(launch_id=launch.pk) & _about(milestone) | Q(verb="workspace.changed"))
        .filter(recorded_at__gte=start, recorded_at__lt=end)
        .select_related("actor")
        .order_by("-recorded_at", "-pk")[:MOST_EVENTS]
    )
    found: defaultdict[Cause, list[Happened]] = defaultdict(list)
    for event in rows:
        said = words(event.verb, event.subject_name, event.before, event.after, is_named=milestone is None, today=today)
        line = Happened(event.recorded_at, said, event.actor.name if event.actor else "")
        for cause in causes_of(event.verb, event.before, event.after):
            found[cause].append(line)
    return found


def _about(milestone: Milestone | None) -> Q:
    """The launch's entries that tell of the milestone, or of the launch itself."""
    if milestone is None:
        return Q(verb__in=_OF_LAUNCHES)
    approvals = Approval.objects.filter(milestone=milestone).values("pk")
    return Q(verb__in=verbs_of(*Cause)) & (
        Q(subject_kind="milestone", subject_id=milestone.pk)
        | Q(subject_kind="approval", subject_id__in=approvals)
        | _its("dependency", "dependency", "predecessor_links", "successor", milestone)
        | _its("source", "tasksource", "sources", "milestone", milestone)
    )


def _its(noun: str, kind: str, relation: str, told: str, milestone: Milestone) -> Q:
    """What happened to the milestone's rows of that relation, of that `kind` in the log.

    Whose a row is that is gone, its own entries tell: by id, as `<told>_id`, or, those that are older than that, by the
    name alone, as `told`. While it is there its milestone is sure.
    """
    holders = Milestone.objects.filter(**{relation: OuterRef("subject_id")})
    entries = Event.objects.filter(subject_kind=kind, subject_id=OuterRef("subject_id"), verb__startswith=f"{noun}.")
    has_id, is_its, is_named = (
        Q(**{f"before__{name}": value}) | Q(**{f"after__{name}": value})
        for name, value in (
            (f"{told}_id__isnull", False),
            (f"{told}_id", milestone.pk),
            (told, milestone.name),
        )
    )
    by_name = ~Q(Exists(entries.filter(has_id))) & is_named
    return Q(verb__startswith=f"{noun}.") & (
        Q(Exists(holders.filter(pk=milestone.pk))) | ~Q(Exists(holders)) & (Q(Exists(entries.filter(is_its))) | by_name)
    )
