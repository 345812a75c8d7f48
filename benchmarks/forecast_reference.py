"""The forecast in plain Python, one draw after the other: what the vectorised one is measured against."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from random import Random

from luna.lib.dates import WorkingCalendar
from milestones.domain.days import NumberedDays
from milestones.domain.forecast_types import ForecastInput, TaskWork
from milestones.domain.sampling import HORIZON_DAYS, sample_of, worth_days
from milestones.domain.schedule import Link

BLOCK = 5
Net = tuple[float, ...]


def reference_days(
    world: tuple[Sequence[ForecastInput], Sequence[Link]], draws: int, *, today: date, calendar: WorkingCalendar
) -> list[list[int]]:
    """Per milestone its finish in each draw, sorted, in working days from today; ids are places in the list."""
    inputs, links = world
    days = NumberedDays(calendar)
    number = days.at_or_after(today)
    known = []
    for one in inputs:
        assert isinstance(one.work, TaskWork)
        team = [sample_of(history, days, number) for history in one.work.team]
        own = sample_of(one.work.history, days, number)
        known.append((one.work.remaining, own.net, [sample.net for sample in team], worth_days(team)))
    before: list[list[tuple[int, int]]] = [[] for _ in inputs]
    for link in links:
        before[link.successor_id].append((link.predecessor_id, link.lag_days))
    random = Random(1)
    finishes: list[list[int]] = [[] for _ in inputs]
    for _ in range(draws):
        run: list[int] = []
        for pk, work in enumerate(known):
            start = max((run[p] + lag + 1 for p, lag in before[pk]), default=0)
            run.append(min(start + _days_of_tasks(random, *work) - 1, HORIZON_DAYS))
            finishes[pk].append(run[pk])
    return [sorted(each) for each in finishes]


def share_by(finishes: Sequence[int], day: int) -> float:
    """The share of draws that are finished by the day."""
    return bisect_left(finishes, day + 1) / len(finishes)


def _days_of_tasks(random: Random, remaining: float, own: Net, team: Sequence[Net], worth: float) -> int:
    other = random.choice(team)
    share = len(own) / (len(own) + worth)
    history = []
    for _ in range(-(-int(len(own) + worth) // BLOCK)):
        net = own if random.random() < share else other
        begin = int(random.random() * len(net))
        history.append([net[(begin + step) % len(net)] for step in range(BLOCK)])
    left, day = remaining, 0
    while day < HORIZON_DAYS:
        for net_of_day in history[int(random.random() * len(history))]:
            day += 1
            left -= net_of_day
            if left <= 0:
                return day
    return HORIZON_DAYS + 1
