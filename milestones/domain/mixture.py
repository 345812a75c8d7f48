"""A forecast's input that is partly of one day and partly of a later one, by cause (docs/algorithms/movement.md).

Between the two days, work was expected to go on. What went as expected comes with the time; only what differs from it
is put down to scope or pace. Taken together, all causes lead from the earlier input to the later one exactly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from statistics import median
from typing import NamedTuple

from luna.lib.dates import WorkingCalendar
from milestones.domain.forecast_types import (
    LEAST_ACTIVE_DAYS,
    ApprovalWait,
    EstimatedWork,
    ForecastInput,
    History,
    TaskWork,
    WorkDay,
)
from milestones.domain.schedule import Planned, has_begun


class Cause(StrEnum):
    """Why a date moves, in the order in which the causes are taken."""

    TIME = "time"
    """Days went by and brought what was expected: the range narrows."""
    CORRECTIONS = "corrections"
    """What was known of days gone by is known better: completed then, or after all not."""
    CALENDAR = "calendar"
    """Holidays and the working week."""
    PLAN = "plan"
    """Dependencies and milestones that were added or removed, and lags that changed."""
    UPSTREAM = "upstream"
    """A milestone that this one waits for; of a launch, one that it consists of or waits for."""
    START = "start"
    """The day before which it should not begin."""
    SCOPE = "scope"
    """More or less work than expected."""
    PACE = "pace"
    """More or less done than expected, by itself or, where its own days are few, by its team."""
    WAITS = "waits"
    """Approvals still to give, and how long such take."""
    TARGET = "target"
    """The due date, of a launch its target date: it moves the chance and never the forecast."""


OWN = frozenset({Cause.CORRECTIONS, Cause.START, Cause.SCOPE, Cause.PACE, Cause.WAITS, Cause.TARGET})
"""What lies in a milestone's own input; the others lie around it."""
TEAM_WEIGHS_DAYS = 10
"""In what is expected of a day, a team's other milestones weigh as much as so many of the milestone's own days."""
USUAL_RATIO = 1.3
"""Actual ÷ estimate expected of a team without history."""


@dataclass(frozen=True, slots=True)
class Gap:
    """From the morning of one forecast to the morning of the next."""

    first: date
    days: tuple[date, ...]
    """The working days that went by."""
    calendar: WorkingCalendar
    """The earlier one."""


@dataclass(frozen=True, slots=True)
class Went:
    """What became of a milestone's linked tasks between two mornings, in tasks or shares of tasks."""

    working_days: int
    arrived: float
    arrivals_expected: float
    completed: float
    completions_expected: float
    moved_in: float
    """Tasks written down earlier that came into its sources; below 0, that left them."""
    reopened: float
    """Tasks that had counted as completed before and don't any more; below 0, the other way round."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What was expected of one working day."""

    works: bool = False
    """Whether any work was expected."""
    arrived: float = 0.0
    completed: float = 0.0
    """Tasks, or shares of tasks; 0 without linked tasks."""


def gap_between(first: date, last: date, calendar: WorkingCalendar) -> Gap:
    """The working days from `first` to the day before `last`."""
    every = (first + timedelta(days=n) for n in range((last - first).days))
    return Gap(first, tuple(day for day in every if calendar.is_working_day(day)), calendar)


def mixed(
    before: ForecastInput, after: ForecastInput, chosen: Collection[Cause], gap: Gap, expected: Expected
) -> ForecastInput:
    """`before`, with what belongs to the `chosen` causes as in `after`."""
    own = OWN.intersection(chosen)
    if own == OWN and Cause.TIME in chosen:
        return after
    if not own and Cause.TIME not in chosen:
        return before
    work = _work(before, after, chosen, gap, expected)
    return ForecastInput(
        planned=_planned(before.planned, after.planned, chosen),
        work=work,
        approvals=after.approvals if Cause.WAITS in chosen else _aged(before.approvals, chosen, gap),
        has_begun=(after if Cause.PACE in chosen else before).has_begun,
    )


def went(before: ForecastInput, after: ForecastInput, gap: Gap, expected: Expected) -> Went | None:
    """The figures behind scope, pace and corrections; None where no tasks are linked on both days."""
    if not isinstance(before.work, TaskWork) or not isinstance(after.work, TaskWork):
        return None
    return _Tasks(before.work, after.work, expected, gap).went


def is_at_work(given: ForecastInput) -> bool:
    """Whether it had begun, so that work was expected whatever it waits for."""
    return given.has_begun or has_begun(given.planned)


def _planned(before: Planned, after: Planned, chosen: Collection[Cause]) -> Planned:
    pace = after if Cause.PACE in chosen else before
    target = after if Cause.TARGET in chosen else before
    return replace(
        target,
        state=pace.state,
        completed_date=pace.completed_date,
        start_date=(after if Cause.START in chosen else before).start_date,
        estimate_days=(after if Cause.SCOPE in chosen else before).estimate_days,
    )


def _aged(approvals: tuple[ApprovalWait, ...], chosen: Collection[Cause], gap: Gap) -> tuple[ApprovalWait, ...]:
    """Those that were asked for have waited on, when time went by."""
    if Cause.TIME not in chosen:
        return approvals
    days = len(gap.days)
    return tuple(
        wait if wait.waited_days is None else replace(wait, waited_days=wait.waited_days + days) for wait in approvals
    )


def _work(
    before: ForecastInput, after: ForecastInput, chosen: Collection[Cause], gap: Gap, expected: Expected
) -> TaskWork | EstimatedWork | None:
    """Where the kind of work changed (tasks were linked to what was only estimated), all of it is scope."""
    if isinstance(before.work, TaskWork) and isinstance(after.work, TaskWork):
        return _Tasks(before.work, after.work, expected, gap).mixed(chosen)
    if isinstance(before.work, EstimatedWork) and isinstance(after.work, EstimatedWork):
        old = _Estimate(before.work, before.planned.estimate_days)
        new = _Estimate(after.work, after.planned.estimate_days)
        return _estimated(old, new, chosen, len(gap.days) if expected.works else 0)
    return after.work if Cause.SCOPE in chosen else before.work


class _Tasks:
    """Linked tasks on both days."""

    def __init__(self, before: TaskWork, after: TaskWork, expected: Expected, gap: Gap) -> None:
        self._before, self._after, self._expected, self._gap = before, after, expected, gap
        self._new = [row for row in after.history.rows if row.day >= gap.first]
        seen = [row for row in before.history.rows if row.day >= gap.first]
        arrived = sum(row.arrived for row in self._new) - sum(row.arrived for row in seen)
        completed = sum(row.completed for row in self._new) - sum(row.completed for row in seen)
        days = len(gap.days)
        self._surprises = any(row.arrived != expected.arrived for row in self._new)
        arrives = days * expected.arrived
        completes = min(days * expected.completed, before.remaining + arrives)
        reopened = _completed_before(before.history, gap.first) - _completed_before(after.history, gap.first)
        # A task's arrival is the day on which it was written, so one that comes later arrives in the past.
        moved_in = after.remaining - before.remaining - (arrived - completed) - reopened
        self.went = Went(days, arrived, arrives, completed, completes, moved_in, reopened)
        self._moves = {
            Cause.TIME: arrives - completes,
            Cause.CORRECTIONS: reopened,
            Cause.SCOPE: arrived - arrives + moved_in,
            Cause.PACE: completes - completed,
        }

    def mixed(self, chosen: Collection[Cause]) -> TaskWork:
        remaining = self._before.remaining + sum(move for cause, move in self._moves.items() if cause in chosen)
        pace = self._after if Cause.PACE in chosen else self._before
        rows = (*self._past(chosen), *self._recent(chosen))
        if Cause.TIME not in chosen or Cause.PACE in chosen:
            return TaskWork(max(0.0, remaining), History(rows, pace.history.ended), pace.team)
        ended = pace.history.ended if self._is_told(chosen) else self._as_known(pace.history).ended
        return TaskWork(max(0.0, remaining), History(rows, ended), tuple(map(self._as_known, pace.team)))

    def _is_told(self, chosen: Collection[Cause]) -> bool:
        """Whether the days that went by teach something: time alone doesn't."""
        return Cause.PACE in chosen or (Cause.SCOPE in chosen and self._surprises)

    def _as_known(self, history: History) -> History:
        """What was known on the first morning: else the days since would count as days on which nothing happened."""
        return history if history.ended else replace(history, ended=self._gap.first - timedelta(days=1))

    def _past(self, chosen: Collection[Cause]) -> Iterable[WorkDay]:
        """Arrivals as scope has them, completions as corrections have them."""
        old, new = (
            {row.day: row for row in work.history.rows if row.day < self._gap.first}
            for work in (self._before, self._after)
        )
        arrivals = new if Cause.SCOPE in chosen else old
        completions = new if Cause.CORRECTIONS in chosen else old
        for day in sorted(arrivals.keys() | completions.keys()):
            arrived = arrivals[day].arrived if day in arrivals else 0.0
            completed = completions[day].completed if day in completions else 0.0
            yield WorkDay(day, arrived, completed)

    def _recent(self, chosen: Collection[Cause]) -> Iterable[WorkDay]:
        """The days that went by: arrivals as scope has them, completions as pace has them, else as expected."""
        if Cause.TIME not in chosen:
            return [row for row in self._before.history.rows if row.day >= self._gap.first]
        if not self._is_told(chosen):
            return []
        hoped = dict.fromkeys(self._gap.days, self._expected)
        arrived = {row.day: row.arrived for row in self._new}
        completed = {row.day: row.completed for row in self._new}
        if Cause.SCOPE not in chosen:
            arrived = {day: each.arrived for day, each in hoped.items()}
        if Cause.PACE not in chosen:
            completed = {day: each.completed for day, each in hoped.items()}
        days = sorted(arrived.keys() | completed.keys())
        return [WorkDay(day, arrived.get(day, 0.0), completed.get(day, 0.0)) for day in days]


def expected_of(given: ForecastInput, gap: Gap, *, could_work: bool) -> Expected:
    """The mean of a day: of its own and its team's days, weighed; of its team's where its own active ones are few.

    `could_work` says whether it had begun, or nothing kept it from beginning.
    """
    if not could_work or not isinstance(given.work, TaskWork):
        return Expected(works=could_work)
    own_rows = tuple(row for row in given.work.history.rows if row.day < gap.first)
    has_enough = sum(row.completed > 0 for row in own_rows) >= LEAST_ACTIVE_DAYS
    own = _since_the_first(History(own_rows, given.work.history.ended), gap) if has_enough else _Sum()
    team = [_since_the_first(history, gap) for history in given.work.team]
    of_team = _Sum(*(sum(column) for column in zip(*team, strict=True))) if team else _Sum()
    weight = min(of_team.days, TEAM_WEIGHS_DAYS) / of_team.days if of_team.days else 0.0
    days = own.days + weight * of_team.days
    if not days:
        return Expected(works=True)
    arrived, completed = own.arrived + weight * of_team.arrived, own.completed + weight * of_team.completed
    return Expected(works=True, arrived=arrived / days, completed=completed / days)


class _Sum(NamedTuple):
    days: float = 0.0
    arrived: float = 0.0
    completed: float = 0.0


def _since_the_first(history: History, gap: Gap) -> _Sum:
    """Of the working days since the first completed task; what arrived on its day was planned before."""
    begun = next((n for n, row in enumerate(history.rows) if row.completed > 0), None)
    if begun is None:
        return _Sum()
    rows = history.rows[begun:]
    last = history.ended or gap.first - timedelta(days=1)
    days = 1 + max(0, gap.calendar.between(rows[0].day, last))
    return _Sum(days, sum(row.arrived for row in rows[1:]), sum(row.completed for row in rows))


def _completed_before(history: History, day: date) -> float:
    return sum(row.completed for row in history.rows if row.day < day)


class _Estimate:
    """Work that is only estimated: how large it is in person-days, and how much of it is done, 0 to 1."""

    def __init__(self, work: EstimatedWork, estimate_days: float | None) -> None:
        self.ratios = work.ratios
        self.size = max(estimate_days or 0.0, work.remaining_days)
        self.done = 1 - work.remaining_days / self.size if self.size > 0 else 0.0


def _estimated(old: _Estimate, new: _Estimate, chosen: Collection[Cause], days: int) -> EstimatedWork:
    """The estimate is scope; how much of it is done is pace, beyond what the days were expected to bring."""
    ratio = median(old.ratios) if old.ratios else USUAL_RATIO
    hoped = min(1 - old.done, days / (ratio * old.size)) if old.size > 0 and ratio > 0 else 0.0
    done = old.done
    done += hoped if Cause.TIME in chosen else 0.0
    done += new.done - old.done - hoped if Cause.PACE in chosen else 0.0
    remaining = (new if Cause.SCOPE in chosen else old).size * (1 - done)
    return EstimatedWork(max(0.0, remaining), (new if Cause.PACE in chosen else old).ratios)
