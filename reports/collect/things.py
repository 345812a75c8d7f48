"""What hangs on launches, as facts: one statement for each kind of thing, however many launches there are."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from luna.events.models import Event
from milestones.domain.rollup import Part, Rollup, counts, launch_progress
from milestones.domain.types import DecisionState, Priority, ProgressUnit, RiskState, State
from milestones.models import Approver, Decision, Forecast, Milestone, Risk, Vote
from milestones.selectors import waiting_approvals
from people.models import User
from reports.collect.rewind import rewind
from reports.content.facts import AskFacts, EventFacts, MilestoneFacts, RiskFacts

if TYPE_CHECKING:
    from django.db.models import Model

    from launches.models import Launch
    from people.models import Workspace

TOLD_KINDS = ("launch", "milestone", "risk", "decision", "approval", "update")
"""What readers of a report want to know of. Talk and Luna's own housekeeping are not among it, nor dependencies: they
may name a milestone of a private launch, and where one matters it stands among the reasons."""
_PEOPLE_FIELDS = ("owner", "owner_id", "unblocker", "unblocker_id", "decider", "decider_id")
_TOO_SMALL = ("milestone.progressed", "milestone.moved")
"""What nobody wants to read of many launches, and most of the log."""


@dataclass(frozen=True)
class Period:
    """What a report tells of: changes in (`since`, `until`], and how things stand at its end."""

    since: datetime
    until: datetime
    zone: ZoneInfo
    is_past: bool
    """Whether `until` is on a day that is over: rows are put back by the log."""

    @classmethod
    def of(cls, since: datetime, until: datetime, place: Workspace) -> Period:
        """In the workspace's zone."""
        zone = ZoneInfo(place.time_zone)
        return cls(since, until, zone, until.astimezone(zone).date() < place.today)


@dataclass(frozen=True)
class Log:
    """The events of a period, and those that came after it, the newest first."""

    told: Sequence[Event]
    later: Sequence[Event]

    def put_back(self, rows: Iterable[Model]) -> None:
        """To the end of the period."""
        if self.later:
            rewind(rows, self.later)


Launches = Mapping[int, "Launch"]
Forecasts = Mapping[int, tuple[date | None, date | None]]
"""The likely day and that of 85 %, by milestone; the latter None where it is out of sight."""
"""By their numbers."""


def log_of(launches: Launches, period: Period, *, every_edit: bool) -> Log:
    """The log of these launches since the period began."""
    rows = Event.objects.filter(launch_id__in=list(launches), recorded_at__gt=period.since, subject_kind__in=TOLD_KINDS)
    if not period.is_past:
        rows = rows.filter(recorded_at__lte=period.until)
        rows = rows if every_edit else rows.exclude(verb__in=_TOO_SMALL)
    found = list(rows.select_related("actor").order_by("pk"))
    told = [event for event in found if event.recorded_at <= period.until]
    return Log(told, [event for event in reversed(found) if event.recorded_at > period.until])


def events_of(log: Log, launches: Launches) -> tuple[EventFacts, ...]:
    """What is told of the log."""
    return tuple(
        EventFacts(
            id=row.pk,
            verb=row.verb,
            subject=(row.subject_kind, row.subject_id),
            name=row.subject_name,
            before=row.before,
            after=row.after,
            why=row.why,
            who=row.actor.name if row.actor else "",
            launch=launches[row.launch_id or 0].key,
        )
        for row in log.told
    )


def names_of(events: tuple[EventFacts, ...]) -> dict[int, str]:
    """People whom events name by number."""
    values = [side.get(field) for event in events for side in (event.before, event.after) for field in _PEOPLE_FIELDS]
    numbers = {value for value in values if isinstance(value, int)}
    return dict(User.objects.filter(pk__in=numbers).values_list("pk", "name")) if numbers else {}


def milestones_of(launches: Launches, period: Period, log: Log) -> list[Milestone]:
    """The milestones as they stood at the end of the period, in the plan's order."""
    there = Q(deleted_at__isnull=True)
    if period.is_past:
        there = Q(created_at__lte=period.until) & (there | Q(deleted_at__gt=period.until))
    rows = Milestone.objects.filter(there, launch__in=list(launches)).select_related("owner")
    found = list(rows.order_by("launch_id", "position", "pk"))
    log.put_back(found)
    return found


def milestone_facts(
    rows: Iterable[Milestone], launches: Launches, period: Period, forecasts: Forecasts | None = None
) -> tuple[MilestoneFacts, ...]:
    """The same as facts, with these forecasts; the reasons of a day that is over are not kept."""
    return tuple(
        MilestoneFacts(
            id=row.pk,
            name=row.name,
            path=reverse("milestones:detail", args=[launches[row.launch_id].key, row.pk]),
            owner=row.owner.name if row.owner else "",
            is_open=row.is_open,
            progress=row.progress,
            due_date=row.due_date,
            completed_date=row.completed_date,
            health=row.health,
            signals=() if period.is_past else sentences(row.signals),
            start_date=row.start_date,
            baseline_due_date=row.baseline_due_date,
            counts=counts(_part(row)),
            launch=launches[row.launch_id].key,
            counted_by=_counted_by(row),
            stale_since=row.stale_since.astimezone(period.zone) if row.stale_since else None,
            **_forecast(row, forecasts),
        )
        for row in rows
    )


def forecasts_of(launches: Launches, period: Period) -> Forecasts:
    """When their milestones are likely and 85 % sure; nothing of a day that is over: only today's are known here."""
    if period.is_past:
        return {}
    rows = Forecast.objects.filter(milestone__launch__in=list(launches), p50__isnull=False)
    return {pk: (p50, p85) for pk, p50, p85 in rows.values_list("pk", "p50", "p85")}


def _forecast(row: Milestone, forecasts: Forecasts | None) -> dict[str, Any]:
    """Of one that is open; nothing where none is known."""
    likely, sure = (forecasts or {}).get(row.pk, (None, None)) if row.is_open else (None, None)
    return {"likely": likely, "sure": sure}


def _counted_by(row: Milestone) -> str:
    """By what its progress counts, where that is not the number of its tasks."""
    goes_by_tasks = row.sources_linked and row.is_open
    return row.counted.by if goes_by_tasks and row.counted.unit != ProgressUnit.TASKS else ""


def rollup_of(rows: Iterable[Milestone]) -> Rollup:
    """The progress of a launch out of its milestones."""
    return launch_progress([_part(row) for row in rows])


def progress_before(rows: Sequence[Milestone], period: Period, log: Log) -> float | None:
    """The launch's progress when the period began, by the log; None where it had no milestone then."""
    then = [copy.copy(row) for row in rows if row.created_at <= period.since]
    rewind(then, list(reversed(log.told)))
    return rollup_of(then).progress if then else None


def risks_of(launches: Launches, period: Period, log: Log) -> tuple[RiskFacts, ...]:
    """Risks that are not closed."""
    rows = list(
        Risk.objects.filter(deleted_at__isnull=True, created_at__lte=period.until, launch__in=list(launches))
        .select_related("owner")
        .order_by("pk")
    )
    log.put_back(rows)
    return tuple(
        RiskFacts(
            title=row.title,
            path=reverse("milestones:risk", args=[launches[row.launch_id].key, row.pk]),
            owner=row.owner.name if row.owner else "",
            state=row.state,
            probability=row.probability,
            impact=row.impact,
            mitigation=row.mitigation,
            review_date=row.review_date,
            launch=launches[row.launch_id].key,
        )
        for row in rows
        if row.state != RiskState.CLOSED
    )


def asks_of(launches: Launches, period: Period, log: Log) -> tuple[AskFacts, ...]:
    """What waits for a decision or a vote."""
    return (*_open_decisions(launches, period, log), *_open_approvals(launches, period))


def _open_decisions(launches: Launches, period: Period, log: Log) -> list[AskFacts]:
    rows = Decision.objects.filter(deleted_at__isnull=True, created_at__lte=period.until, launch__in=list(launches))
    rows = rows if period.is_past else rows.filter(state=DecisionState.OPEN)
    found = list(rows.select_related("decider"))
    log.put_back(found)
    return [
        AskFacts(
            kind="decision",
            title=row.title,
            path=reverse("milestones:decisions", args=[launches[row.launch_id].key]),
            people=(row.decider.name,) if row.decider else (),
            due_date=row.due_date,
            asked_on=row.created_at.astimezone(period.zone).date(),
            launch=launches[row.launch_id].key,
        )
        for row in found
        if row.state == DecisionState.OPEN
    ]


def _open_approvals(launches: Launches, period: Period) -> list[AskFacts]:
    """Approvals that are not met, with those who have no vote in this round."""
    voted = Vote.objects.filter(approver=OuterRef("pk"), round=OuterRef("approval__round"), replaced_at__isnull=True)
    waiting = waiting_approvals().filter(launch__in=list(launches), asked_at__lte=period.until)
    seats = (
        Approver.objects.filter(approval__in=waiting)
        .annotate(has_voted=Exists(voted))
        .select_related("approval__milestone", "user", "team")
        .order_by(F("approval__due_date").asc(nulls_last=True), "approval_id", "pk")
    )
    asks: dict[int, AskFacts] = {}
    for seat in seats:
        approval = seat.approval
        known = asks.get(approval.pk)
        still = () if seat.has_voted else (str(seat),)
        key = launches[approval.launch_id].key
        asks[approval.pk] = AskFacts(
            kind="approval",
            title=approval.title,
            path=reverse("milestones:approvals", args=[key]),
            people=(*(known.people if known else ()), *still),
            due_date=approval.due_date,
            asked_on=approval.asked_at.astimezone(period.zone).date(),
            about=approval.milestone.name if approval.milestone else "",
            launch=key,
        )
    return list(asks.values())


def sentences(signals: list[dict[str, Any]]) -> tuple[str, ...]:
    """The sentences of stored signals."""
    return tuple(str(signal.get("sentence", "")) for signal in signals if signal.get("sentence"))


def _part(row: Milestone) -> Part:
    days = float(row.estimate_days) if row.estimate_days else None
    return Part(State(row.state), Priority(row.priority), row.progress, days)
