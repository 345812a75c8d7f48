"""Histories and milestones for the forecast's tests, as plain as can be."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import combinations

from hypothesis import strategies as st

from luna.lib.dates import WorkingCalendar
from milestones.domain.days import NumberedDays
from milestones.domain.forecast_types import ForecastInput, History, TaskWork, WorkDay
from milestones.domain.schedule import Link, Planned
from milestones.domain.simulation import Axis

TODAY = date(2026, 11, 23)  # a Monday
CALENDAR = WorkingCalendar(holidays=frozenset({date(2026, 12, 8)}))
DAYS = NumberedDays(CALENDAR)
AXIS = Axis(DAYS, DAYS.at_or_after(TODAY))


def day(working_days: int) -> date:
    """So many working days from today; 0 is today."""
    return AXIS.day(working_days)


def days_until_yesterday(completed: Sequence[float], arrived: Sequence[float] = ()) -> History:
    """One row per working day, the last of them yesterday's; before them one task was completed, so that all count."""
    came = [*arrived, *[0.0] * (len(completed) - len(arrived))]
    rows = [
        WorkDay(day(number - len(completed)), a, c) for number, (a, c) in enumerate(zip(came, completed, strict=True))
    ]
    return History((WorkDay(day(-len(completed) - 1), 0, 1), *rows))


STEADY = days_until_yesterday([1.0] * 60)
"""One task a day for twelve weeks: work of n tasks takes n days, in every draw."""


def certain(pk: int, working_days: int, **planned: object) -> ForecastInput:
    """A milestone whose work takes exactly so many working days."""
    return ForecastInput(Planned(pk, f"M{pk}", **planned), TaskWork(working_days, STEADY))  # type: ignore[arg-type]


def uncertain(pk: int, tasks: float, *, often: int = 2, **planned: object) -> ForecastInput:
    """A milestone of which one task is completed on every `often`th day or so."""
    completed = [float(number % often == 0 and number % 7 != 3) for number in range(60)]
    return ForecastInput(Planned(pk, f"M{pk}", **planned), TaskWork(tasks, days_until_yesterday(completed)))  # type: ignore[arg-type]


@st.composite
def uncertain_plans(draw: st.DrawFn) -> tuple[list[ForecastInput], list[Link], Link]:
    """Up to six milestones with some dependencies, and one more dependency that may be added."""
    count = draw(st.integers(2, 6))
    inputs = [uncertain(pk, draw(st.integers(1, 15)), often=draw(st.integers(1, 4))) for pk in range(count)]
    pairs = list(combinations(range(count), 2))
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True))
    links = [Link(*pair, lag_days=draw(st.integers(0, 3))) for pair in chosen]
    return inputs, links, Link(*draw(st.sampled_from(pairs)), lag_days=draw(st.integers(0, 5)))
