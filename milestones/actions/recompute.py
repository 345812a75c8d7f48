"""A launch's computed columns: health with its reasons, progress, counts, the next date, and once a day a snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from launches.actions.statuses import Gap, review_status
from launches.models import LaunchSummary
from luna.events.models import Event, Through
from luna.lib.work import Claim
from milestones.actions.forecasts import refresh_forecasts, save_forecasts
from milestones.actions.snapshots import take_snapshots
from milestones.domain.facts import to_json as kept_facts
from milestones.domain.health import ENGINE, Verdict, launch_to_json
from milestones.domain.insights import reasons_named
from milestones.domain.rollup import Part, launch_progress
from milestones.domain.signals import to_json
from milestones.domain.thresholds import to_json as kept_thresholds
from milestones.domain.types import Priority, State
from milestones.models import HealthVerdict, Milestone
from milestones.selectors_health import (
    Judgement,
    LaunchInputs,
    Moment,
    judge,
    launch_inputs,
    this_moment,
)


def recompute(*, claim: Claim[LaunchSummary]) -> None:
    """Compute a launch's columns anew, write what changed, and let the row go until something can change by itself."""
    moment = this_moment()
    refreshed = refresh_forecasts(claim.row, moment)
    with transaction.atomic():
        save_forecasts(claim.row.pk, refreshed)
    inputs = launch_inputs(claim.row.pk, moment)
    shown = judge(inputs, moment.terms)
    with transaction.atomic():
        fields = _columns(inputs, shown.overall)
        _write_verdicts(inputs, shown, claim.row, fields, moment)
        if _is_new_day(claim.row, moment):
            take_snapshots(inputs.milestones, refreshed.by_milestone, moment.today)
        if claim.row.computed_at and claim.row.health != fields["health"]:
            _health_event("launch.health_changed", inputs.launch, claim.row.health, shown.overall, moment).save()
        known = Gap(claim.row.gap, claim.row.gap_since)
        gap = review_status(launch=inputs.launch, computed=shown.overall.level.value, known=known, today=moment.today)
        fields |= {"gap": gap.levels, "gap_since": gap.since, **refreshed.columns}
        claim.finish(again_at=_next_look(inputs.milestones, moment), computed_at=moment.now, **fields)


def rest_until_tomorrow(*, claim: Claim[LaunchSummary]) -> None:
    """After too many failures: leave the columns as they are and look again on the next day."""
    claim.finish(again_at=_next_midnight(this_moment()))


def _write_verdicts(
    inputs: LaunchInputs, shown: Judgement, summary: LaunchSummary, fields: Mapping[str, Any], moment: Moment
) -> None:
    """What changed of the milestones' health and signals, an event where a level did, and the verdicts to keep."""
    changed, events, verdicts = [], [], []
    for n, milestone in enumerate(inputs.milestones):
        verdict, signals = shown.verdicts[n], [to_json(signal) for signal in shown.verdicts[n].signals]
        is_same = milestone.health == verdict.level and milestone.signals == signals
        if is_same and vars(milestone)["has_verdict"]:
            continue
        verdicts.append(_verdict(inputs, verdict, kept_facts(shown.facts[n]), moment, milestone))
        rules = [signal.rule for signal in verdict.signals]
        milestone.reasons_named = reasons_named(milestone.reasons_named, rules, moment.today)
        is_first = summary.computed_at is None or milestone.created_at > summary.computed_at
        if milestone.health != verdict.level and not is_first:
            events.append(_health_event("milestone.health_changed", milestone, milestone.health, verdict, moment))
        milestone.health, milestone.signals = verdict.level.value, signals
        changed.append(milestone)
    if not inputs.has_verdict or (summary.health, summary.signals) != (fields["health"], fields["signals"]):
        verdicts.append(_verdict(inputs, shown.overall, launch_to_json(shown.launch_facts), moment))
    Milestone.objects.bulk_update(changed, ["health", "signals", "reasons_named"], batch_size=200)
    HealthVerdict.objects.bulk_create(verdicts)
    Event.objects.bulk_create(events)


def _verdict(
    inputs: LaunchInputs,
    verdict: Verdict,
    facts: Mapping[str, Any],
    moment: Moment,
    milestone: Milestone | None = None,
) -> HealthVerdict:
    calendar = moment.terms.calendar
    return HealthVerdict(
        launch=inputs.launch,
        milestone=milestone,
        level=verdict.level.value,
        signals=[to_json(signal) for signal in verdict.signals],
        inputs=dict(facts),
        thresholds=kept_thresholds(moment.terms.thresholds),
        today=moment.today,
        weekdays=sorted(calendar.weekdays),
        holidays=sorted(day.isoformat() for day in calendar.holidays),
        engine=ENGINE,
        computed_at=moment.now,
    )


def _health_event(verb: str, subject: Any, before: str, verdict: Verdict, moment: Moment) -> Event:
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
        why=verdict.signals[0].sentence if verdict.signals else "",
    )


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
        "signals": [to_json(signal) for signal in overall.signals],
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


def _is_new_day(summary: LaunchSummary, moment: Moment) -> bool:
    """Whether this is the first computation of the workspace's day."""
    return summary.computed_at is None or moment.day_of(summary.computed_at) < moment.today


def _next_midnight(moment: Moment) -> datetime:
    zone = ZoneInfo(moment.zone)
    return datetime.combine(moment.today + timedelta(days=1), time(0, 0), tzinfo=zone).astimezone(UTC)


def _next_look(milestones: list[Milestone], moment: Moment) -> datetime:
    """The next local midnight, or before it the instant when some milestone's progress passes its freshness limit."""
    limit = timedelta(hours=moment.terms.thresholds.fresh_hours, seconds=1)
    stale_at = [m.tasks_synced_at + limit for m in milestones if m.is_open and m.sources_linked and m.tasks_synced_at]
    return min([_next_midnight(moment), *(at for at in stale_at if at > moment.now)])
