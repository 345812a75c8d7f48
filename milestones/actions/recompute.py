"""A launch's computed columns: health with its reasons, progress, counts, the next date, and once a day a snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import transaction

from launches.domain.types import StageCategory, Status
from launches.models import LaunchSummary
from luna import clock
from luna.events.models import Event, Through
from luna.lib.work import Claim
from milestones.domain.health import LaunchFacts, Verdict, judged, launch_health, milestone_health
from milestones.domain.rollup import Part, launch_progress
from milestones.domain.signals import Signal, Terms
from milestones.domain.signals import to_json as stored
from milestones.domain.thresholds import FRESH_HOURS
from milestones.domain.types import Priority, State
from milestones.models import Milestone, Snapshot
from milestones.selectors import LaunchInputs, launch_inputs
from people.selectors import workspace

if TYPE_CHECKING:
    from people.models import Workspace


@dataclass(frozen=True)
class _Moment:
    """When it is computed: read once, so that every figure belongs to the same instant."""

    now: datetime
    today: date
    zone: str


def recompute(*, claim: Claim[LaunchSummary]) -> None:
    """Compute a launch's columns anew, write what changed, and let the row go until something can change by itself."""
    place = workspace()
    moment = _Moment(clock.now(), place.today, place.time_zone)
    inputs = launch_inputs(claim.row.pk, now=moment.now)
    terms = Terms(moment.today, place.calendar)
    verdicts = [milestone_health(facts, terms) for facts in inputs.facts]
    overall = launch_health(_launch_facts(inputs, verdicts), terms)
    with transaction.atomic():
        _write_milestones(inputs, verdicts, claim.row, moment)
        if _is_new_day(claim.row, place, moment):
            _take_snapshots(inputs.milestones, moment.today)
        fields = _columns(inputs, overall)
        if claim.row.computed_at and claim.row.health != fields["health"]:
            _health_event("launch.health_changed", inputs.launch, claim.row.health, overall, moment).save()
        claim.finish(again_at=_next_look(inputs.milestones, moment), computed_at=moment.now, **fields)


def rest_until_tomorrow(*, claim: Claim[LaunchSummary]) -> None:
    """After too many failures: leave the columns as they are and look again on the next day."""
    place = workspace()
    claim.finish(again_at=_next_midnight(_Moment(clock.now(), place.today, place.time_zone)))


def _launch_facts(inputs: LaunchInputs, verdicts: list[Verdict]) -> LaunchFacts:
    return LaunchFacts(
        is_paused=inputs.launch.status == Status.PAUSED,
        is_over=inputs.launch.stage.category in {StageCategory.COMPLETED, StageCategory.CLOSED},
        milestones=tuple(judged(facts, verdict) for facts, verdict in zip(inputs.facts, verdicts, strict=True)),
    )


def _write_milestones(inputs: LaunchInputs, verdicts: list[Verdict], summary: LaunchSummary, moment: _Moment) -> None:
    """Health and signals of the milestones whose health or signals changed, and an event where the level did."""
    changed, events = [], []
    for milestone, verdict in zip(inputs.milestones, verdicts, strict=True):
        signals = [stored(signal) for signal in verdict.signals]
        if milestone.health == verdict.level and milestone.signals == signals:
            continue
        is_first = summary.computed_at is None or milestone.created_at > summary.computed_at
        if milestone.health != verdict.level and not is_first:
            events.append(_health_event("milestone.health_changed", milestone, milestone.health, verdict, moment))
        milestone.health, milestone.signals = verdict.level.value, signals
        changed.append(milestone)
    Milestone.objects.bulk_update(changed, ["health", "signals"], batch_size=200)
    Event.objects.bulk_create(events)


def _health_event(verb: str, subject: Any, before: str, verdict: Verdict, moment: _Moment) -> Event:
    """As luna.events.log.record writes it, but unsaved, so that many are written in one statement."""
    return Event(
        verb=verb,
        subject_kind=subject._meta.model_name,
        subject_id=subject.pk,
        subject_name=str(subject)[:300],
        launch_id=getattr(subject, "launch_id", subject.pk),
        through=Through.COMPUTED,
        occurred_at=moment.now,
        recorded_at=moment.now,
        before={"health": before},
        after={"health": verdict.level.value},
        why=_why(verdict.signals[0]) if verdict.signals else "",
    )


def _why(signal: Signal) -> str:
    """The log keeps names for ever, and the launch of what is waited for may turn private: it is not named there."""
    return "What it waits for is late." if signal.rule == "predecessor_late" else signal.sentence


def _columns(inputs: LaunchInputs, overall: Verdict) -> dict[str, Any]:
    parts = [
        Part(State(m.state), Priority(m.priority), m.progress, float(m.estimate_days) if m.estimate_days else None)
        for m in inputs.milestones
    ]
    done = launch_progress(parts)
    following = _next_milestone(inputs.milestones)
    synced = [m.tasks_synced_at for m in inputs.milestones if m.tasks_synced_at]
    return {
        "health": overall.level.value,
        "signals": [stored(signal) for signal in overall.signals],
        "progress": done.progress,
        "milestones_total": done.total,
        "milestones_completed": done.completed,
        "next_milestone_id": following.pk if following else None,
        "next_milestone_name": following.name if following else "",
        "next_milestone_date": following.due_date if following else None,
        "open_risks": inputs.open_risks,
        "open_decisions": inputs.open_decisions,
        "open_approvals": inputs.open_approvals,
        "last_update_headline": inputs.last_update_headline,
        "last_update_at": inputs.last_update_at,
        "synced_at": max(synced, default=None),
    }


def _next_milestone(milestones: list[Milestone]) -> Milestone | None:
    """The open one that is due first; without dates the first of the list."""
    open_ones = [m for m in milestones if m.is_open and m.priority != Priority.WONT]
    return min(open_ones, key=lambda m: (m.due_date is None, m.due_date or date.max, m.position, m.pk), default=None)


def _is_new_day(summary: LaunchSummary, place: Workspace, moment: _Moment) -> bool:
    """Whether this is the first computation of the workspace's day."""
    if summary.computed_at is None:
        return True
    return summary.computed_at.astimezone(ZoneInfo(place.time_zone)).date() < moment.today


def _take_snapshots(milestones: list[Milestone], today: date) -> None:
    """How each milestone stands now, unless the day has its snapshot already."""
    rows = [
        Snapshot(
            milestone=m,
            day=today,
            state=m.state,
            progress=m.progress,
            tasks_total=m.tasks_total,
            tasks_done=m.tasks_done,
            due_date=m.due_date,
            health=m.health,
        )
        for m in milestones
    ]
    Snapshot.objects.bulk_create(rows, ignore_conflicts=True)


def _next_midnight(moment: _Moment) -> datetime:
    zone = ZoneInfo(moment.zone)
    return datetime.combine(moment.today + timedelta(days=1), time(0, 0), tzinfo=zone).astimezone(UTC)


def _next_look(milestones: list[Milestone], moment: _Moment) -> datetime:
    """The next local midnight, or before it the instant when some milestone's progress passes its freshness limit."""
    limit = timedelta(hours=FRESH_HOURS, seconds=1)
    stale_at = [m.tasks_synced_at + limit for m in milestones if m.is_open and m.sources_linked and m.tasks_synced_at]
    return min([_next_midnight(moment), *(at for at in stale_at if at > moment.now)])
