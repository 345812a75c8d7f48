"""The sample's forecasts of earlier days: its trackers are connected on the last day, and tell what was done when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction

from launches.models import Launch
from milestones.actions.movements import inputs_to_keep, keep_inputs
from milestones.domain.forecast import forecast
from milestones.domain.forecast_types import ApprovalWait, ForecastInput, History, TaskWork
from milestones.domain.schedule import Planned
from milestones.domain.types import State
from milestones.models import DateMovement, KeptInputs, Snapshot
from milestones.selectors_forecast import ForecastInputs, forecast_inputs
from milestones.selectors_health import Moment, this_moment

DAYS_AGO = (6, 4, 2)


def keep_earlier_forecasts() -> None:
    """Keep of each launch with work to do what its forecasts would have been made from, had it been connected then."""
    moment = this_moment()
    for launch in Launch.objects.filter(summary__p85__isnull=False).order_by("pk"):
        given = forecast_inputs(launch.pk, moment)
        today = KeptInputs.objects.filter(launch=launch, day=moment.today).first()
        if today is None:
            continue
        with transaction.atomic():
            # Made before there were tasks.
            KeptInputs.objects.filter(launch=launch).exclude(pk=today.pk).delete()
            DateMovement.objects.filter(launch=launch).delete()
            days = [moment.today - timedelta(days=ago) for ago in DAYS_AGO]
            KeptInputs.objects.bulk_create(_kept(launch.pk, given, moment, day) for day in days)
            keep_inputs(today)


def _kept(launch_id: int, given: ForecastInputs, moment: Moment, day: date) -> KeptInputs:
    """The day's row, unsaved; the day's snapshots get their forecast too."""
    then = replace(given, inputs=tuple(_as_of(one, day, moment.today) for one in given.inputs))
    calendar = moment.terms.calendar
    targets = {launch_id: given.target} if given.target else {}
    found = forecast(then.inputs, then.links, today=day, calendar=calendar, targets=targets)
    snapshots = list(Snapshot.objects.filter(milestone__in=given.own, day=day))
    for row in snapshots:
        said = found.milestones.get(row.milestone_id)
        if said and said.likely:
            row.p50, row.p85, row.chance = said.likely.p50, said.likely.p85, said.chance
    Snapshot.objects.bulk_update(snapshots, ["p50", "p85", "chance"])
    return inputs_to_keep(launch_id, then, found, day, calendar)


def _as_of(one: ForecastInput, day: date, today: date) -> ForecastInput:
    """As it stood on the morning of that day."""
    work = one.work
    if isinstance(work, TaskWork):
        since = [row for row in work.history.rows if row.day >= day]
        left = work.remaining + sum(row.completed - row.arrived for row in since)
        work = TaskWork(max(0.0, left), _until(work.history, day), tuple(_until(each, day) for each in work.team))
    return replace(
        one, planned=_planned_as_of(one.planned, day), work=work, approvals=_waiting(one.approvals, (today - day).days)
    )


def _planned_as_of(planned: Planned, day: date) -> Planned:
    if planned.completed_date is None or planned.completed_date < day:
        return planned
    return replace(planned, state=State.IN_PROGRESS, completed_date=None)


def _until(history: History, day: date) -> History:
    ended = history.ended if history.ended and history.ended < day else None
    return History(tuple(row for row in history.rows if row.day < day), ended)


def _waiting(approvals: Sequence[ApprovalWait], days: int) -> tuple[ApprovalWait, ...]:
    """Those that had been asked for by then."""
    return tuple(
        replace(wait, waited_days=wait.waited_days - days)
        for wait in approvals
        if wait.waited_days is not None and wait.waited_days >= days
    )
