"""`python -m benchmarks.calibration`: the forecast, tried on synthetic companies; prints the tables of the document.

Each regime's milestones are forecast from what Luna would have seen on one morning of their launch, and held against
what happened (docs/algorithms/forecast-calibration.md).
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from statistics import fmean

from luna.lib.dates import WorkingCalendar
from milestones.domain.calibration import Coverage, ForecastAccuracy, Foretold, Probabilities, forecast_accuracy
from milestones.domain.forecast import forecast
from milestones.domain.forecast_types import (
    EstimatedWork,
    Forecast,
    ForecastInput,
    History,
    Likely,
    MilestoneForecast,
    TaskWork,
    WorkDay,
)
from milestones.domain.schedule import Link, Planned
from milestones.domain.types import State
from tests.milestones.synthetic import parameters
from tests.milestones.synthetic.company import launches
from tests.milestones.synthetic.records import Day, Launch, Milestone, Team

FAR = date(9000, 1, 1)
"""Stands for a day beyond the forecast's horizon."""
DRAWS = 2_000
"""Fewer than in earnest: the chances of a thousand milestones are their own, so their errors cancel out."""
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
    said: list[tuple[float, float]] = field(default_factory=list)
    """What the draws themselves give to each P50 and P85: days are whole, so it is more than 50 and 85 %."""

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


@dataclass(frozen=True)
class Tried:
    """How the companies are tried: how many, which, and how exactly."""

    judged: int = parameters.MILESTONES
    seed: int = parameters.SEED
    draws: int = DRAWS
    asks_back: bool = False
    """Whether to forecast twice more, for what the draws give to each P50 and P85."""


def trial(regime: parameters.Regime, how: Tried, work: Work = by_tasks) -> Trial:
    """Forecast each launch of the regime on its morning."""
    found = Trial()
    for number, launch in enumerate(launches(regime, judged=how.judged, seed=how.seed)):
        _judge(launch, APART * number, work, how, found)
    return found


def _judge(launch: Launch, first_id: int, work: Work, how: Tried, found: Trial) -> None:
    inputs = [_input(m, first_id, work(m, launch.teams[m.team_id])) for m in launch.milestones]
    said = _said(launch, first_id, inputs, how.draws)
    judged = {first_id + m.id: m for m in launch.milestones if m.judged}
    for pk, milestone in judged.items():
        one = said.milestones[pk]
        if one.likely is None:
            found.silent += 1
        else:
            ended = milestone.truth.finished_on
            found.milestones.append(_foretold(launch, one.likely, milestone.due_date, one.chance, ended))
    whole = said.launches[LAUNCH].likely
    if whole is not None:
        found.launches.append(_foretold(launch, whole, None, None, launch.finished_on))
    if how.asks_back:
        ones = [said.milestones[pk] for pk in judged]
        likely, sure = (
            _said(launch, first_id, _due_on(inputs, days), how.draws)
            for days in ({o.milestone_id: _p50(o) for o in ones}, {o.milestone_id: _p85(o) for o in ones})
        )
        chances = [(likely.milestones[pk].chance, sure.milestones[pk].chance) for pk in judged]
        found.said += [(p50, p85) for p50, p85 in chances if p50 is not None and p85 is not None]


def _said(launch: Launch, first_id: int, inputs: Sequence[ForecastInput], draws: int) -> Forecast:
    links = [Link(first_id + before, first_id + m.id, lag) for m in launch.milestones for before, lag in m.predecessors]
    calendar = WorkingCalendar(holidays=launch.holidays)
    return forecast(inputs, links, today=launch.observed_on, calendar=calendar, draws=draws)


def _due_on(inputs: Sequence[ForecastInput], days: Mapping[int, date | None]) -> list[ForecastInput]:
    return [replace(one, planned=replace(one.planned, due_date=days.get(one.planned.milestone_id))) for one in inputs]


def _p50(one: MilestoneForecast) -> date | None:
    return one.likely.p50 if one.likely else None


def _p85(one: MilestoneForecast) -> date | None:
    return one.likely.p85 if one.likely else None


def _foretold(
    launch: Launch, likely: Likely, due_date: date | None, chance: float | None, finished_on: date
) -> Foretold:
    return Foretold(launch.observed_on, likely.p50 or FAR, likely.p85 or FAR, due_date, chance, finished_on)


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


def _milestones_line(name: str, made: Trial) -> str:
    accuracy = made.accuracy(made.milestones)
    cells = [name, str(len(made.milestones)), _covered(accuracy.likely), _covered(accuracy.sure)]
    cells.append(" / ".join(f"{100 * fmean(column):.1f}" for column in zip(*made.said, strict=True)))
    if isinstance(accuracy.on_time, Probabilities):
        cells += [f"{accuracy.on_time.brier:.3f}", f"{accuracy.on_time.skill or 0:.2f}", str(made.silent)]
    return f"| {' | '.join(cells)} |"


def _launches_line(name: str, made: Trial) -> str:
    accuracy = made.accuracy(made.launches)
    return f"| {name} | {len(made.launches)} | {_covered(accuracy.likely)} | {_covered(accuracy.sure)} |"


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
    reader.add_argument("--seed", type=int, default=parameters.SEED, help="another one makes other companies")
    reader.add_argument("--draws", type=int, default=DRAWS)
    asked = reader.parse_args()
    how = Tried(asked.judged, asked.seed, asked.draws, asks_back=True)
    tried = {regime.name: trial(regime, how) for regime in parameters.REGIMES}
    guessed = trial(parameters.STEADY, how, by_estimate)
    print("\n| regime | milestones | by P50 | by P85 | by the draws | Brier | skill | no forecast |")
    print("|---|---|---|---|---|---|---|---|")
    for name, made in (tried | {"steady, by estimates": guessed}).items():
        print(_milestones_line(name, made))
    print("\n| regime | launches | by P50 | by P85 |\n|---|---|---|---|")
    for name, made in tried.items():
        print(_launches_line(name, made))
    print("\n| regime | said | milestones | in time | band |\n|---|---|---|---|---|")
    for name, made in tried.items():
        print("\n".join(_bins(name, made)))


if __name__ == "__main__":
    main()
