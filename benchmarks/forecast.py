"""What a joint forecast of a large company costs: beside plain Python, beside its random numbers, and in memory.

In a process of its own, because numpy is in no other: `benchmarks.run` starts it.
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date
from itertools import combinations
from random import Random
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.forecast_reference import reference_days
from luna.lib.dates import WorkingCalendar
from milestones.domain import sampling, simulation
from milestones.domain.forecast import forecast
from milestones.domain.forecast_types import DRAWS, ForecastInput, History, TaskWork, WorkDay
from milestones.domain.schedule import Link, Planned, plan

TODAY = date(2026, 11, 23)
CALENDAR = WorkingCalendar(holidays=frozenset({date(2026, 12, 8), date(2026, 12, 25), date(2027, 1, 1)}))
LAUNCHES, MILESTONES = 200, 20
TEAMS, PAST = 40, 4
REFERENCE_DRAWS = 100
AT_LEAST_FASTER, AT_MOST_NUMBERS = 20, 5
PLAN_MS, JOINT_SECONDS, MEGABYTES = 100, 5, 150
ROUNDS = 2

World = tuple[list[ForecastInput], list[Link]]


def company(launches: int, milestones: int, *, across: int) -> World:
    """Launches whose milestones wait for one or two earlier ones each, and `across` dependencies between launches."""
    random = Random(12)
    past = [tuple(_history(random, random.uniform(0.3, 1.5)) for _ in range(PAST)) for _ in range(TEAMS)]
    inputs, links = [], []
    for launch in range(launches):
        first = launch * milestones
        for pk in range(first, first + milestones):
            work = TaskWork(random.randint(3, 20), _history(random, random.uniform(0.3, 1.5)), past[pk % TEAMS])
            inputs.append(ForecastInput(Planned(pk, f"M{pk}", launch_id=launch, due_date=date(2027, 3, 1)), work))
            befores = random.sample(range(first, pk), min(pk - first, random.randint(1, 2)))
            links += [Link(before, pk, random.randint(0, 2)) for before in befores]
    for _ in range(across):
        before, after = sorted(random.sample(range(launches * milestones), 2))
        links.append(Link(before, after))
    return inputs, links


_PAST_DAYS = [CALENDAR.add(TODAY, -back) for back in range(61, 0, -1)]


def _history(random: Random, pace: float) -> History:
    """Twelve weeks and a day; on a tenth of them something arrives."""
    return History(
        tuple(
            WorkDay(day, float(random.random() < 0.1), float(sum(random.random() < pace / 4 for _ in range(4))))
            for day in _PAST_DAYS
        )
    )


def _run(world: World) -> object:
    return forecast(*world, today=TODAY, calendar=CALENDAR)


def _best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Processor seconds, the least of some rounds: others use the machine too."""
    taken = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


class _Noted:
    """Random numbers as asked for, each request noted so that it can be made again."""

    def __init__(self, random: np.random.Generator, notes: list[tuple[Any, Any]]) -> None:
        self._random, self._notes = random, notes

    def random(self, size: Any, dtype: Any = np.float64) -> Any:
        self._notes.append((size, dtype))
        return self._random.random(size, dtype=dtype)


def requests_of(world: World) -> list[list[tuple[Any, Any]]]:
    """Every request for random numbers that the forecast makes, by stream."""
    streams: list[list[tuple[Any, Any]]] = []

    def noted(pk: int, of: str) -> _Noted:
        streams.append([])
        return _Noted(sampling.stream(pk, of), streams[-1])

    with patch.object(simulation, "stream", noted):
        _run(world)
    return streams


def _draw_alone(streams: list[list[tuple[Any, Any]]]) -> None:
    """The same numbers from as many streams, seeded as they are."""
    for number, notes in enumerate(streams):
        random = sampling.stream(number, "bench")
        for size, dtype in notes:
            random.random(size, dtype=dtype)


def ratios() -> tuple[tuple[bool, str], ...]:
    """The whole company beside both limits; the reference runs a launch with few draws, and is multiplied."""
    world = company(LAUNCHES, MILESTONES, across=100)
    one = company(1, MILESTONES, across=0)
    streams = requests_of(world)
    numbers = sum(int(np.prod(size)) for notes in streams for size, _ in notes)
    ours = _best(lambda: _run(world))
    alone = _best(lambda: _draw_alone(streams))
    plain = _best(lambda: reference_days(one, REFERENCE_DRAWS, today=TODAY, calendar=CALENDAR), 1)
    plain *= LAUNCHES * DRAWS / REFERENCE_DRAWS
    faster, times = plain / ours, ours / alone
    size = f"{LAUNCHES} launches × {MILESTONES} milestones × {DRAWS:,} draws"
    beside_python = f"{faster:.0f}× as fast as plain Python (limit {AT_LEAST_FASTER}×)"
    beside_numbers = f"{times:.1f}× the time of its {numbers / 1e6:.0f} million random numbers"
    return (
        (faster >= AT_LEAST_FASTER, f"forecast of {size}: {ours:.1f} s, {beside_python}"),
        (times <= AT_MOST_NUMBERS, f"… {beside_numbers} (limit {AT_MOST_NUMBERS}×)"),
    )


def memory() -> tuple[bool, str]:
    """The most that the forecast of the whole company holds, when everything hangs together."""
    world = company(LAUNCHES, MILESTONES, across=LAUNCHES)
    tracemalloc.start()
    _run(world)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6 <= MEGABYTES, f"… in {peak / 1e6:.0f} MB while it runs (limit {MEGABYTES} MB)"


def joint() -> tuple[bool, str]:
    """500 milestones with 1,500 dependencies in one graph."""
    inputs, _ = company(25, 20, across=0)
    pairs = Random(3).sample(list(combinations(range(500), 2)), 1_500)
    world = inputs, [Link(before, after) for before, after in pairs]
    seconds = _best(lambda: _run(world))
    return (
        seconds <= JOINT_SECONDS,
        f"forecast of 500 milestones with 1,500 dependencies: {seconds:.1f} s (limit {JOINT_SECONDS} s)",
    )


def planning() -> tuple[bool, str]:
    """2,000 milestones with 6,000 dependencies."""
    random = Random(3)
    pairs = (sorted(random.sample(range(2_000), 2)) for _ in range(6_000))
    links = [Link(before, after) for before, after in pairs]
    milestones = [Planned(pk, f"M{pk}", launch_id=pk // 20, estimate_days=random.randint(0, 20)) for pk in range(2_000)]
    milliseconds = _best(lambda: plan(milestones, links, today=TODAY, calendar=CALENDAR), 10) * 1_000
    words = f"plan of 2,000 milestones with 6,000 dependencies: {milliseconds:.0f} ms (limit {PLAN_MS} ms)"
    return milliseconds <= PLAN_MS, words


def figures() -> Iterator[tuple[bool, str]]:
    """(holds, words), each as soon as it is known."""
    yield planning()
    yield joint()
    yield from ratios()
    yield memory()


def main() -> int:
    """Print each figure; 1 when one is over."""
    fine = True
    for holds, words in figures():
        print(f"{'ok  ' if holds else 'OVER'}  {words}", flush=True)
        fine = fine and holds
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
