"""`python -m benchmarks.calibration`: the forecast, tried on synthetic companies; prints the tables of the document.

Each regime's milestones are forecast from what Luna would have seen on one morning of their launch, and held against
what happened (docs/algorithms/forecast-calibration.md).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from luna.lib.dates import WorkingCalendar
from milestones.domain.calibration import Coverage, ForecastAccuracy, Foretold, Probabilities, forecast_accuracy
from milestones.domain.forecast import DRAWS, forecast
from milestones.domain.forecast_types import EstimatedWork, ForecastInput, History, Likely, TaskWork, WorkDay
from milestones.domain.schedule import Link, Planned
from milestones.domain.types import State
from tests.milestones.synthetic import parameters
from tests.milestones.synthetic.company import launches
from tests.milestones.synthetic.records import Day, Launch, Milestone, Team

FAR = date(9000, 1, 1)
"""Stands for a day beyond the forecast's horizon."""
LAUNCH = 1
APART = 10
"""Between the ids of two launches, because a milestone's chance comes from its id."""

Work = Callable[[Milestone, Team], TaskWork | EstimatedWork]


@dataclass
class Trial:
    """What became of one regime's forecasts."""

    milestones: list[Foretold] = field(default_factory=list)
    launches: list[Foretold] = field(default_factory=list)
    silent: int = 0
    """Milestones for which there was too little data."""

    def accuracy(self, made: Sequence[Foretold]) -> ForecastAccuracy:
        return forecast_accuracy(made, today=date.max)


def by_tasks(milestone: Milestone, team: Team) -> TaskWork:
    """Linked tasks, with the team's finished milestones for when there are few days."""
    of_team = tuple(History(_rows(past.days), past.days[-1].day) for past in team.past)
    return TaskWork(milestone.open_tasks, History(_rows(milestone.days)), of_team)


def by_estimate(milestone: Milestone, team: Team) -> EstimatedWork:
    """No tasks: the estimate less a progress in tens of per cent, as people set it by hand."""
    done = 1 - milestone.open_tasks / milestone.scope if milestone.scope else 0
    left = milestone.estimate_days * (1 - round(done, 1))
    return EstimatedWork(left, tuple(past.actual_days / past.estimate_days for past in team.past))


def trial(regime: parameters.Regime, *, judged: int, work: Work = by_tasks, draws: int = DRAWS) -> Trial:
    """Forecast each launch of the regime on its morning."""
    found = Trial()
    for number, launch in enumerate(launches(regime, judged=judged)):
        _judge(launch, APART * number, work, draws, found)
    return found


def _judge(launch: Launch, first_id: int, work: Work, draws: int, found: Trial) -> None:
    inputs = [_input(m, first_id, work(m, launch.teams[m.team_id])) for m in launch.milestones]
    links = [Link(first_id + before, first_id + m.id, lag) for m in launch.milestones for before, lag in m.predecessors]
    said = forecast(
        inputs, links, today=launch.observed_on, calendar=WorkingCalendar(holidays=launch.holidays), draws=draws
    )
    for milestone in (milestone for milestone in launch.milestones if milestone.judged):
        one = said.milestones[first_id + milestone.id]
        if one.likely is None:
            found.silent += 1
        else:
            found.milestones.append(_foretold(one.likely, milestone.due_date, one.chance, milestone.truth.finished_on))
    whole = said.launches[LAUNCH].likely
    if whole is not None:
        found.launches.append(_foretold(whole, None, None, launch.finished_on))


def _foretold(likely: Likely, due_date: date | None, chance: float | None, finished_on: date) -> Foretold:
    return Foretold(likely.p50 or FAR, likely.p85 or FAR, due_date, chance, finished_on)


def _input(milestone: Milestone, first_id: int, work: TaskWork | EstimatedWork) -> ForecastInput:
    planned = Planned(
        first_id + milestone.id,
        f"Milestone {milestone.id}",
        state=_state(milestone),
        launch_id=LAUNCH,
        start_date=milestone.planned_start,
        due_date=milestone.due_date,
        completed_date=milestone.completed_on,
        estimate_days=milestone.estimate_days,
    )
    return ForecastInput(planned, work, has_begun=milestone.started_on is not None)


def _state(milestone: Milestone) -> State:
    if milestone.completed_on is not None:
        return State.COMPLETED
    return State.NOT_STARTED if milestone.started_on is None else State.IN_PROGRESS


def _rows(days: Sequence[Day]) -> tuple[WorkDay, ...]:
    return tuple(WorkDay(row.day, row.arrived, row.completed) for row in days)


def _coverage_line(name: str, made: Trial, foretold: Sequence[Foretold], *, with_chance: bool) -> str:
    accuracy = made.accuracy(foretold)
    cells = [name, str(len(foretold)), *(_covered(each) for each in (accuracy.likely, accuracy.sure))]
    if with_chance and isinstance(accuracy.on_time, Probabilities):
        cells += [f"{accuracy.on_time.brier:.3f}", f"{accuracy.on_time.skill or 0:.2f}", str(made.silent)]
    return f"| {' | '.join(cells)} |"


def _covered(coverage: object) -> str:
    if not isinstance(coverage, Coverage):
        return "not enough"
    low, high = (100 * bound / coverage.count for bound in coverage.band)
    return f"{100 * coverage.share:.1f} % ({low:.1f}–{high:.1f})"


def _bins(name: str, made: Trial) -> Iterator[str]:
    on_time = made.accuracy(made.milestones).on_time
    if isinstance(on_time, Probabilities):
        for each in on_time.bins:
            low, high = (100 * bound / each.count for bound in each.band)
            share = 100 * each.kept / each.count
            yield f"| {name} | {100 * each.said:.0f} % | {each.count} | {share:.0f} % | {low:.0f}–{high:.0f} |"


def main() -> None:
    """Print the tables."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--judged", type=int, default=parameters.MILESTONES, help="milestones per regime, at least")
    reader.add_argument("--draws", type=int, default=DRAWS)
    asked = reader.parse_args()
    tried = {r.name: trial(r, judged=asked.judged, draws=asked.draws) for r in parameters.REGIMES}
    guessed = trial(parameters.STEADY, judged=asked.judged, draws=asked.draws, work=by_estimate)
    print("\n| regime | milestones | by P50 | by P85 | Brier | skill | no forecast |\n|---|---|---|---|---|---|---|")
    for name, made in (tried | {"steady, by estimates": guessed}).items():
        print(_coverage_line(name, made, made.milestones, with_chance=True))
    print("\n| regime | launches | by P50 | by P85 |\n|---|---|---|---|")
    for name, made in tried.items():
        print(_coverage_line(name, made, made.launches, with_chance=False))
    print("\n| regime | said | milestones | in time | band |\n|---|---|---|---|---|")
    for name, made in tried.items():
        print("\n".join(_bins(name, made)))


if __name__ == "__main__":
    main()
