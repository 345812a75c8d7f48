"""The forecast on synthetic companies: in the steady regime, what was said is what happened.

A part of the companies by default; `LUNA_TEST_COMPANIES=all` takes all of them, as the document does.
"""

from __future__ import annotations

import os

import pytest

from benchmarks.calibration import Trial, Tried, trial
from milestones.domain.calibration import Coverage, Probabilities, binomial_band
from tests.milestones.synthetic import parameters
from tests.milestones.synthetic.parameters import REGIMES, Regime

ALL = os.environ.get("LUNA_TEST_COMPANIES") == "all"
HOW = Tried() if ALL else Tried(judged=200, draws=1_000)
FEW = Tried() if ALL else Tried(judged=20, draws=1_000)


@pytest.fixture(scope="module")
def steady() -> Trial:
    return trial(parameters.STEADY, HOW)


def is_between(coverage: object, low: float, high: float) -> bool:
    """All companies: the share itself. A part of them: no further out than chance explains."""
    assert isinstance(coverage, Coverage)
    if ALL:
        return low <= coverage.share <= high
    return binomial_band(coverage.count, low)[0] <= coverage.kept <= binomial_band(coverage.count, high)[1]


def test_steady_work_is_done_by_p85_in_80_to_90_of_100(steady: Trial) -> None:
    assert is_between(steady.accuracy(steady.milestones).sure, 0.80, 0.90)


def test_steady_work_is_done_by_p50_in_43_to_57_of_100(steady: Trial) -> None:
    assert is_between(steady.accuracy(steady.milestones).likely, 0.43, 0.57)


def test_steady_works_probabilities_tell_much_more_than_the_share_in_time(steady: Trial) -> None:
    on_time = steady.accuracy(steady.milestones).on_time
    assert isinstance(on_time, Probabilities)
    assert on_time.skill is not None
    assert on_time.skill > 0.4


@pytest.mark.parametrize("regime", REGIMES, ids=lambda regime: regime.name)
def test_nearly_every_milestone_gets_a_forecast(regime: Regime) -> None:
    made = trial(regime, FEW)
    assert made.silent <= 0.05 * len(made.milestones)
