"""Fingerprints of what a forecast is made from: where one is unchanged, so is the forecast."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from luna.lib.dates import WorkingCalendar
from milestones.domain.forecast_types import EstimatedWork, ForecastInput, History, TaskWork
from milestones.domain.graph import in_order
from milestones.domain.schedule import Link, effective_waits
from milestones.domain.types import State

MODEL = 2
"""Raised with every change of the model that changes a number, or what is kept of them."""


def input_hashes(
    inputs: Sequence[ForecastInput], links: Collection[Link], *, today: date, calendar: WorkingCalendar, draws: int
) -> dict[int, str]:
    """Per milestone that is not cancelled: its own inputs, the hashes of what it waits for, the calendar and today.

    Names are not among them, and what is completed depends on its date alone: a new day changes nothing of it.
    Raises CircleError and KeyError as `milestones.domain.schedule.plan`.
    """
    by_id = {given.planned.milestone_id: given for given in inputs}
    planned = {pk: given.planned for pk, given in by_id.items()}
    order = in_order({pk: m.name for pk, m in planned.items()}, [(e.predecessor_id, e.successor_id) for e in links])
    return hashes_along(by_id, effective_waits(planned, order, links), today=today, calendar=calendar, draws=draws)


def hashes_along(
    by_id: Mapping[int, ForecastInput],
    waits: Mapping[int, Mapping[int, int]],
    *,
    today: date,
    calendar: WorkingCalendar,
    draws: int,
) -> dict[int, str]:
    """As `input_hashes`, where the order and what is waited for are known already."""
    common = _hash(MODEL, draws, today, sorted(calendar.weekdays), sorted(calendar.holidays))
    histories: dict[int, str] = {}
    found: dict[int, str] = {}
    for pk, before in waits.items():
        given = by_id[pk]
        if given.planned.state is State.COMPLETED:
            found[pk] = _hash(MODEL, pk, given.planned.completed_date, given.planned.due_date)
        else:
            waited_for = sorted((found[p], lag) for p, lag in before.items())
            found[pk] = _hash(common, pk, _own(given, histories), waited_for)
    return found


def _own(given: ForecastInput, histories: dict[int, str]) -> list[object]:
    m = given.planned
    work: list[object] = []
    if isinstance(given.work, TaskWork):
        all_of_it = (given.work.history, *given.work.team)
        work = [given.work.remaining, *(_history(history, histories) for history in all_of_it)]
    elif isinstance(given.work, EstimatedWork):
        work = [given.work.remaining_days, given.work.ratios]
    waits = [(wait.waited_days, wait.history) for wait in given.approvals]
    return [
        m.state.value,
        given.has_begun,
        m.start_date,
        m.due_date,
        type(given.work).__name__,
        work,
        waits,
    ]


def _history(history: History, known: dict[int, str]) -> str:
    """Hashed once, however many milestones of a team share it; `known` goes by identity while the inputs are held."""
    if id(history) not in known:
        rows = [(row.day.toordinal(), row.arrived, row.completed) for row in history.rows]
        known[id(history)] = _hash(rows, history.ended)
    return known[id(history)]


def _hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
