"""What a sync that touched a few milestones makes Luna compute anew: what is downstream of them, and nothing else.

In a process of its own, because the forecast brings numpy: `benchmarks.run` starts it.
"""

from __future__ import annotations

import random
import sys
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

import django

LAUNCHES, MILESTONES, ACROSS, TOUCHED = 200, 20, 100, 5
_SEED = 20_261_123
_DAYS = 14
"""Of work, on every other one of which a task was completed: enough for a forecast of its own."""
_LEFT, _MORE = 2, 60
"""Open tasks of each milestone, and how many come to those that the sync touches: nothing else is as late then."""


@dataclass(frozen=True)
class Downstream:
    """What was computed anew, beside what waits, near or far, for what the sync touched."""

    launches: set[int]
    forecasts: set[int]
    expected_launches: set[int]
    expected_forecasts: set[int]

    @property
    def is_exact(self) -> bool:
        """Whether all of it was computed, and nothing else."""
        return self.launches == self.expected_launches and self.forecasts == self.expected_forecasts


def measure(launches: int, milestones: int, *, across: int, touched: int) -> Downstream:
    """A company with `across` dependencies between its launches, computed; then a sync of so many milestones."""
    from benchmarks.company import make_company  # noqa: PLC0415  (Django is set up by then)
    from launches.actions.summaries import wish_recompute_everywhere  # noqa: PLC0415
    from launches.models import LaunchSummary  # noqa: PLC0415
    from luna import clock  # noqa: PLC0415
    from milestones.models import Dependency, Forecast, Milestone  # noqa: PLC0415

    make_company(launches, milestones)
    dice = random.Random(_SEED)
    _work_on_all()
    _join(across, dice)
    wish_recompute_everywhere()
    _drain()
    began = clock.now()
    chosen = dice.sample(list(Milestone.objects.order_by("pk").values_list("pk", flat=True)), touched)
    for pk in chosen:
        _more_work_for(pk)
    _drain()
    after = defaultdict(list)
    for before, then in Dependency.objects.values_list("predecessor_id", "successor_id"):
        after[before].append(then)
    reached, ahead = set(chosen), list(chosen)
    while ahead:
        found = [pk for pk in after[ahead.pop()] if pk not in reached]
        reached.update(found)
        ahead += found
    return Downstream(
        launches=set(LaunchSummary.objects.filter(computed_at__gt=began).values_list("pk", flat=True)),
        forecasts=set(Forecast.objects.filter(computed_at__gt=began).values_list("pk", flat=True)),
        expected_launches=set(Milestone.objects.filter(pk__in=reached).values_list("launch_id", flat=True)),
        expected_forecasts=reached,
    )


def _drain() -> None:
    from launches.actions.summaries import RECOMPUTE  # noqa: PLC0415
    from luna.lib.work import drain  # noqa: PLC0415

    while drain(RECOMPUTE):
        pass


def _past() -> list[date]:
    from people.selectors import workspace  # noqa: PLC0415

    place = workspace()
    return [place.calendar.add(place.today, -back) for back in range(_DAYS, 0, -1)]


def _work_on_all() -> None:
    """Every milestone has the same history; nothing is of a team, whose milestones would share theirs."""
    from luna import clock  # noqa: PLC0415
    from milestones.models import Milestone, WorkDay  # noqa: PLC0415

    done, past = _DAYS // 2, _past()
    Milestone.objects.update(
        tasks_total=done + _LEFT,
        tasks_done=done,
        tasks_synced_at=clock.now(),
        last_task_completed_on=past[-1],
        priority="must",
    )
    rows = [
        WorkDay(milestone_id=pk, day=day, completed=1, scope=done + _LEFT)
        for pk in Milestone.objects.values_list("pk", flat=True)
        for day in past[1::2]
    ]
    WorkDay.objects.bulk_create(rows, batch_size=1_000)


def _join(across: int, dice: random.Random) -> None:
    """Dependencies between launches, from earlier to later ones: no circle."""
    from luna import clock  # noqa: PLC0415
    from milestones.models import Dependency, Milestone  # noqa: PLC0415

    all_of_them = list(Milestone.objects.order_by("pk").values_list("pk", "launch_id"))
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < across:
        (before, launch), (then, other) = sorted(dice.sample(all_of_them, 2))
        if launch != other:
            pairs.add((before, then))
    now = clock.now()
    Dependency.objects.bulk_create(
        Dependency(predecessor_id=before, successor_id=then, created_at=now) for before, then in sorted(pairs)
    )


def _more_work_for(pk: int) -> None:
    """What a sync writes of a milestone to which tasks came."""
    from luna import clock  # noqa: PLC0415
    from milestones.actions.progress import record_progress  # noqa: PLC0415
    from milestones.domain.progress import DayCount, TaskCounts  # noqa: PLC0415

    done, past = _DAYS // 2, _past()
    counts = TaskCounts(done + _LEFT + _MORE, done, 0, past[-1], clock.now() + timedelta(seconds=1))
    days = [DayCount(day, 0, 1, done + _LEFT) for day in past[1::2]]
    record_progress(milestone_id=pk, counts=counts, work_days=days, sources_linked=1)


def main() -> int:
    """Print the counts; 1 when something else was computed, or less."""
    django.setup()
    found = measure(LAUNCHES, MILESTONES, across=ACROSS, touched=TOUCHED)
    holds = found.is_exact
    words = (
        f"a sync that touched {TOUCHED} of {LAUNCHES * MILESTONES:,} milestones: {len(found.launches)} launches"
        f" computed anew, {len(found.expected_launches)} are downstream; {len(found.forecasts)} forecasts written,"
        f" {len(found.expected_forecasts)} are downstream"
    )
    print(f"{'ok  ' if holds else 'OVER'}  {words}", flush=True)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
