"""The synthetic companies behave as their parameters say, and show nothing of what happens later."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import correlation, fmean, median, pvariance

import pytest

from tests.milestones.synthetic import parameters
from tests.milestones.synthetic.company import WORKING_DAYS, Company, launches
from tests.milestones.synthetic.parameters import REGIMES, Regime
from tests.milestones.synthetic.records import Launch, Milestone

FEW = 60
FOLDER = Path(__file__).parent / "synthetic"


@cache
def few(regime: Regime) -> list[Launch]:
    return launches(regime, judged=FEW)


def judged(regime: Regime) -> Iterator[tuple[Launch, Milestone]]:
    return ((launch, milestone) for launch in few(regime) for milestone in launch.milestones if milestone.judged)


def work_rows(regime: Regime) -> Iterator[list[int]]:
    """Completions per day of the teams' finished milestones, without planning days and the last week."""
    seen = {id(launch.teams): launch.teams for launch in few(regime)}
    for teams in seen.values():
        for past in (past for team in teams for past in team.past):
            yield [day.completed for day in past.days[-past.actual_days : -5]]


def test_the_generator_knows_nothing_of_luna() -> None:
    allowed = {"__future__", "bisect", "collections", "dataclasses", "datetime", "math", "random", "tests"}
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert str(node.module).split(".")[0] in allowed, path.name
                assert not str(node.module).startswith("tests") or "synthetic" in str(node.module), path.name
            elif isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed, path.name


@pytest.mark.parametrize("regime", REGIMES, ids=lambda regime: regime.name)
def test_the_same_seed_makes_the_same_companies(regime: Regime) -> None:
    assert launches(regime, judged=5) == launches(regime, judged=5)
    assert launches(regime, judged=5) != launches(regime, judged=5, seed=1)


@pytest.mark.parametrize("regime", REGIMES, ids=lambda regime: regime.name)
def test_what_is_seen_ends_on_the_evening_before(regime: Regime) -> None:
    for launch in few(regime):
        for milestone in launch.milestones:
            days = [row.day for row in milestone.days]
            assert days == sorted(set(days))
            assert all(day < launch.observed_on and day in WORKING_DAYS for day in days)
            over = milestone.truth.finished_on < launch.observed_on
            assert milestone.completed_on == (milestone.truth.finished_on if over else None)
            assert over == (bool(days) and milestone.open_tasks == 0 and milestone.started_on is not None)
            begun = milestone.truth.started_on < launch.observed_on
            assert milestone.started_on == (milestone.truth.started_on if begun else None)


def test_what_is_judged_is_half_way_or_not_begun() -> None:
    for regime in REGIMES:
        found = list(judged(regime))
        assert len(found) >= FEW
        for launch, milestone in found:
            assert milestone.truth.finished_on >= launch.observed_on
            if regime.successor:
                assert milestone.started_on is None
                assert milestone.open_tasks == milestone.scope
            else:
                assert 0.25 <= 1 - milestone.open_tasks / milestone.scope <= 0.75


def test_a_successor_begins_after_those_that_it_waits_for() -> None:
    waited = []
    for launch, milestone in judged(parameters.LATE_START):
        of = {each.id: each for each in launch.milestones}
        could = max(
            WORKING_DAYS.index(of[number].truth.finished_on) + 1 + lag for number, lag in milestone.predecessors
        )
        waited.append(WORKING_DAYS.index(milestone.truth.started_on) - could)
    assert min(waited) == 0
    assert 1.0 < fmean(waited) < 4.5, "half of them hesitate five days"


def test_bursts_last_and_steady_work_varies_little_more_than_by_chance() -> None:
    def varies(regime: Regime) -> tuple[float, float]:
        rows = [row for row in work_rows(regime) if len(row) > 20 and fmean(row) > 0.5]
        memory = (correlation(*zip(*pairwise(row), strict=True)) for row in rows)
        return median(pvariance(row) / fmean(row) for row in rows), fmean(memory)

    steady, bursty = varies(parameters.STEADY), varies(parameters.BURSTY)
    assert 0.9 < steady[0] < 1.8
    assert bursty[0] > 1.5 * steady[0]
    assert bursty[1] > steady[1] + 0.1


@pytest.mark.parametrize(("regime", "per_completed"), [(parameters.STEADY, 0.08), (parameters.GROWING_SCOPE, 0.35)])
def test_scope_grows_with_the_work(regime: Regime, per_completed: float) -> None:
    arrived = completed = 0
    for launch in few(regime):
        for past in (past for team in launch.teams for past in team.past):
            arrived += sum(day.arrived for day in past.days[-past.actual_days :])
            completed += sum(day.completed for day in past.days)
    assert arrived / completed == pytest.approx(per_completed, rel=0.1)


def test_only_correlated_teams_slow_down_together() -> None:
    def shaken(regime: Regime) -> float:
        chance = random.Random(7)
        return fmean(pace < 1 for _ in range(20) for pace in Company(regime, chance).shocks)

    assert shaken(parameters.STEADY) == 0
    assert 0.15 < shaken(parameters.CORRELATED_TEAMS) < 0.25


def test_teams_estimate_too_little_by_about_a_third() -> None:
    ratios = [m.truth.actual_days / m.estimate_days for _, m in judged(parameters.STEADY)]
    assert 1.1 < median(ratios) < 1.6
