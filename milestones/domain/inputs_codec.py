"""What a forecast was made from, as bytes to keep, and back (docs/algorithms/movement.md).

Compressed JSON with a version. Names are left out: no forecast looks at them, and what is kept can't tell a name that
its reader may not know. What several milestones share, a team's histories above all, is written once.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from luna.lib.dates import WorkingCalendar
from milestones.domain.forecast_types import ApprovalWait, EstimatedWork, ForecastInput, History, TaskWork, WorkDay
from milestones.domain.movement import Inputs
from milestones.domain.schedule import Link, Planned
from milestones.domain.types import State

VERSION = 1
_Numbers = tuple[float, ...]


class UnknownVersionError(Exception):
    """The bytes were written by a later Luna."""


def pack(inputs: Inputs) -> bytes:
    """All of `inputs` but the milestones' names."""
    histories = _Shared(_history_to_json)
    numbers = _Shared(_numbers_to_json)
    milestones = [_milestone_to_json(one, histories, numbers) for one in inputs.milestones.values()]
    kept = {
        "version": VERSION,
        "today": inputs.today.toordinal(),
        "weekdays": sorted(inputs.calendar.weekdays),
        "holidays": [day.toordinal() for day in sorted(inputs.calendar.holidays)],
        "targets": [[pk, day.toordinal()] for pk, day in sorted(inputs.targets.items())],
        "links": sorted([one.predecessor_id, one.successor_id, one.lag_days] for one in inputs.links),
        "milestones": milestones,
        "histories": histories.written,
        "numbers": numbers.written,
    }
    return zlib.compress(json.dumps(kept, separators=(",", ":")).encode(), level=9)


def unpack(kept: bytes) -> Inputs:
    """What was packed. Raises UnknownVersionError."""
    given: dict[str, Any] = json.loads(zlib.decompress(kept))
    if given["version"] != VERSION:
        raise UnknownVersionError(given["version"])
    histories = [_history(*one) for one in given["histories"]]
    numbers = [tuple(float(number) for number in one) for one in given["numbers"]]
    milestones = [_milestone(one, histories, numbers) for one in given["milestones"]]
    return Inputs(
        milestones={one.planned.milestone_id: one for one in milestones},
        links=frozenset(Link(*one) for one in given["links"]),
        today=date.fromordinal(given["today"]),
        calendar=WorkingCalendar(
            frozenset(given["weekdays"]), frozenset(date.fromordinal(day) for day in given["holidays"])
        ),
        targets={pk: date.fromordinal(day) for pk, day in given["targets"]},
    )


class _Shared:
    """Values that are written once, however often they are referred to."""

    def __init__(self, to_json: Callable[[Any], Any]) -> None:
        self.written: list[Any] = []
        self._to_json = to_json
        self._places: dict[Any, int] = {}

    def place_of(self, value: Any) -> int:
        """Its number among the written ones."""
        if value not in self._places:
            self._places[value] = len(self.written)
            self.written.append(self._to_json(value))
        return self._places[value]


def _history_to_json(history: History) -> list[Any]:
    """[ended, days since the row before, arrived, completed, the same of the next row …]."""
    flat: list[float | None] = [_ordinal(history.ended)]
    last = 0
    for row in history.rows:
        day = row.day.toordinal()
        flat += [day - last, _short(row.arrived), _short(row.completed)]
        last = day
    return flat


def _history(ended: int | None, *flat: float) -> History:
    rows = []
    last = 0
    for step, arrived, completed in zip(flat[::3], flat[1::3], flat[2::3], strict=True):
        last += int(step)
        rows.append(WorkDay(date.fromordinal(last), float(arrived), float(completed)))
    return History(tuple(rows), _day(ended))


def _numbers_to_json(numbers: _Numbers) -> list[float]:
    return [_short(number) for number in numbers]


def _milestone_to_json(one: ForecastInput, histories: _Shared, numbers: _Shared) -> list[Any]:
    m = one.planned
    return [
        m.milestone_id,
        m.state.value,
        m.launch_id,
        _ordinal(m.start_date),
        _ordinal(m.due_date),
        _ordinal(m.completed_date),
        m.estimate_days,
        one.has_begun,
        _work_to_json(one.work, histories, numbers),
        [[wait.waited_days, numbers.place_of(wait.history)] for wait in one.approvals],
    ]


def _milestone(kept: Sequence[Any], histories: Sequence[History], numbers: Sequence[_Numbers]) -> ForecastInput:
    pk, state, launch_id, start, due, completed, estimate, has_begun, work, waits = kept
    planned = Planned(pk, "", State(state), launch_id, _day(start), _day(due), _day(completed), estimate)
    return ForecastInput(
        planned=planned,
        work=_work(work, histories, numbers),
        approvals=tuple(ApprovalWait(waited, numbers[place]) for waited, place in waits),
        has_begun=has_begun,
    )


def _work_to_json(work: TaskWork | EstimatedWork | None, histories: _Shared, numbers: _Shared) -> list[Any]:
    if isinstance(work, TaskWork):
        team = [histories.place_of(history) for history in work.team]
        return ["tasks", _short(work.remaining), histories.place_of(work.history), team]
    if isinstance(work, EstimatedWork):
        return ["estimate", work.remaining_days, numbers.place_of(work.ratios)]
    return []


def _work(
    kept: Sequence[Any], histories: Sequence[History], numbers: Sequence[_Numbers]
) -> TaskWork | EstimatedWork | None:
    if not kept:
        return None
    if kept[0] == "tasks":
        _, remaining, own, team = kept
        return TaskWork(float(remaining), histories[own], tuple(histories[place] for place in team))
    _, remaining_days, ratios = kept
    return EstimatedWork(remaining_days, numbers[ratios])


def _short(number: float) -> float:
    """Whole numbers without a point."""
    return int(number) if number == int(number) else number


def _ordinal(day: date | None) -> int | None:
    return day.toordinal() if day else None


def _day(ordinal: int | None) -> date | None:
    return date.fromordinal(ordinal) if ordinal is not None else None
