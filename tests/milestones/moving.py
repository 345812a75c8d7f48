"""Two days' inputs of a forecast, between which something happened."""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from luna.lib.dates import WorkingCalendar
from milestones.domain.forecast import forecast
from milestones.domain.forecast_types import (
    Forecast,
    ForecastInput,
    History,
    TaskWork,
    WorkDay,
)
from milestones.domain.movement import Inputs, Movement, Part, movement
from milestones.domain.schedule import Link, Planned
from milestones.domain.types import State

MONDAY = date(2026, 11, 23)
CALENDAR = WorkingCalendar()
DRAWS = 1_000
COPY, DESIGN, LAUNCH = 1, 2, 3
"""Design waits for nothing and Copy neither; Launch waits for both."""
LINKS = frozenset({Link(COPY, LAUNCH), Link(DESIGN, LAUNCH)})


def at_work(pk: int, remaining: float, *, seed: int | None, due: date | None = date(2027, 2, 26)) -> ForecastInput:
    """In progress for 40 working days: one task a day, or by chance none, one or two."""
    chance = random.Random(seed)
    done = [1.0 if seed is None else float(chance.choice((0, 1, 1, 2))) for _ in range(40)]
    rows = tuple(WorkDay(CALENDAR.add(MONDAY, number - 40), 0.0, n) for number, n in enumerate(done))
    planned = Planned(pk, f"M{pk}", State.IN_PROGRESS, due_date=due)
    return ForecastInput(planned, TaskWork(remaining, History(rows)), has_begun=True)


def not_begun(pk: int, remaining: float) -> ForecastInput:
    """Its team completed a task a day until a Friday ago."""
    rows = tuple(WorkDay(CALENDAR.add(MONDAY, -n), 0.0, 1.0) for n in range(40, 5, -1))
    work = TaskWork(remaining, History(()), (History(rows, ended=rows[-1].day),))
    return ForecastInput(Planned(pk, f"M{pk}", due_date=date(2027, 2, 26)), work)


def of(*given: ForecastInput, links: Collection[Link] = (), today: date = MONDAY) -> Inputs:
    return Inputs({one.planned.milestone_id: one for one in given}, frozenset(links), today, CALENDAR)


ALONE = of(at_work(COPY, 20, seed=1))
EVEN = of(at_work(COPY, 20, seed=None))


def joined() -> Inputs:
    """Copy decides when Launch can begin; Launch itself has not begun."""
    return of(at_work(COPY, 25, seed=1), at_work(DESIGN, 12, seed=2), not_begun(LAUNCH, 10), links=LINKS)


def drawn(inputs: Inputs) -> Forecast:
    return forecast(
        list(inputs.milestones.values()),
        inputs.links,
        today=inputs.today,
        calendar=inputs.calendar,
        targets=inputs.targets,
        draws=DRAWS,
    )


def why(pk: int, before: Inputs, after: Inputs) -> Movement:
    moved = movement(pk, before, after, drawn)
    assert moved is not None
    assert sum(share.days for share in moved.shares) == moved.days
    return moved


def days(moved: Movement) -> dict[Part, float]:
    return {share.part: share.days for share in moved.shares if share.days}


def put(inputs: Inputs, given: ForecastInput) -> Inputs:
    return replace(inputs, milestones={**inputs.milestones, given.planned.milestone_id: given})


def more(given: ForecastInput, tasks: float, on: date) -> ForecastInput:
    """So many more tasks, written down on that day."""
    assert isinstance(given.work, TaskWork)
    rows = {row.day: row for row in given.work.history.rows}
    row = rows.get(on, WorkDay(on, 0.0, 0.0))
    rows[on] = row._replace(arrived=row.arrived + tasks)
    return replace(
        given, work=replace(given.work, remaining=given.work.remaining + tasks, history=History(_sorted(rows)))
    )


def _sorted(rows: dict[date, WorkDay]) -> tuple[WorkDay, ...]:
    return tuple(rows[day] for day in sorted(rows))


def a_week_later(inputs: Inputs, done: dict[int, list[float]]) -> Inputs:
    """Five working days on, with so many tasks completed on each."""
    milestones = dict(inputs.milestones)
    for pk, counts in done.items():
        work = milestones[pk].work
        assert isinstance(work, TaskWork)
        new = tuple(WorkDay(CALENDAR.add(MONDAY, n), 0.0, count) for n, count in enumerate(counts))
        left = max(0.0, work.remaining - sum(counts))
        milestones[pk] = replace(
            milestones[pk], work=replace(work, remaining=left, history=History(work.history.rows + new))
        )
    return replace(inputs, milestones=milestones, today=MONDAY + timedelta(days=7))


def copy_with(inputs: Inputs, **changes: object) -> Inputs:
    return put(inputs, replace(inputs.milestones[COPY], **changes))  # type: ignore[arg-type]


def copy_planned(inputs: Inputs, **changes: object) -> Inputs:
    return copy_with(inputs, planned=replace(inputs.milestones[COPY].planned, **changes))  # type: ignore[arg-type]


def uncompleted(inputs: Inputs) -> Inputs:
    """Six tasks that counted as done three weeks ago are open after all."""
    work = inputs.milestones[COPY].work
    assert isinstance(work, TaskWork)
    rows, missing = list(work.history.rows), 6.0
    for number in range(25, 0, -1):
        taken = min(missing, rows[number].completed)
        rows[number] = rows[number]._replace(completed=rows[number].completed - taken)
        missing -= taken
    return copy_with(inputs, work=replace(work, remaining=work.remaining + 6, history=History(tuple(rows))))
