"""Estimates and forecasts held against what happened: the numbers of docs/algorithms/calibration.md."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.domain.calibration import (
    Accuracy,
    Coverage,
    Finished,
    Foretold,
    Judgement,
    NotEnough,
    Probabilities,
    Suggestion,
    accuracy_by_group,
    binomial_band,
    estimate_accuracy,
    forecast_accuracy,
    suggestion,
)

TODAY = date(2026, 11, 23)
RATIOS = (0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.5, 1.6, 2.0, 5.0)
"""Actual ÷ estimate of ten milestones."""


def took(*ratios: float, team: str = "Platform", kind: str = "build") -> list[Finished]:
    return [Finished(team, kind, 10, 10 * ratio) for ratio in ratios]


def accuracy_of(*ratios: float) -> Accuracy:
    accuracy = estimate_accuracy(took(*ratios))
    assert isinstance(accuracy, Accuracy)
    return accuracy


def forecast(
    *, likely: int = -20, sure: int = -10, due: int = -5, on_time: float | None = 0.9, done: int | None
) -> Foretold:
    """Made forty days ago; days from today, `done` None is still open."""
    made, day, sure_day, due_day = (TODAY + timedelta(days=n) for n in (-40, likely, sure, due))
    return Foretold(made, day, sure_day, due_day, on_time, None if done is None else TODAY + timedelta(days=done))


def test_ten_milestones_as_in_the_document() -> None:
    accuracy = accuracy_of(*RATIOS)
    assert accuracy.bias == pytest.approx(1.3)
    assert (accuracy.low, accuracy.high) == pytest.approx((0.9, 2.0))
    assert accuracy.usual == pytest.approx((0.935, 1.86))
    assert not accuracy.is_biased, "1.3 of ten may be chance"


def test_one_forgotten_milestone_moves_the_mean_and_not_the_bias() -> None:
    assert accuracy_of(*RATIOS[:-1], 50.0).bias == accuracy_of(*RATIOS).bias


@pytest.mark.parametrize("seed", range(10))
def test_a_team_that_needs_four_tenths_more_is_found_out(seed: int) -> None:
    chance = random.Random(seed)
    finished = [
        Finished("Platform", "build", days, 1.4 * days * math.exp(chance.gauss(0, 0.08)))
        for days in (chance.randint(1, 40) for _ in range(40))
    ]
    accuracy = estimate_accuracy(finished)
    assert isinstance(accuracy, Accuracy)
    assert accuracy.bias == pytest.approx(1.4, abs=0.05)
    assert accuracy.is_biased


def test_exactly_four_tenths_more() -> None:
    assert accuracy_of(*[1.4] * 40).bias == pytest.approx(1.4)


def test_below_ten_nothing_is_said() -> None:
    assert estimate_accuracy(took(*RATIOS[:9])) == NotEnough(9)
    assert NotEnough(9).words == "Not enough history: 9 of 10"


def test_without_an_estimate_or_an_actual_a_milestone_says_nothing() -> None:
    silent = [Finished("Platform", "build", 0, 5), Finished("Platform", "build", 5, 0)]
    assert estimate_accuracy([*took(*RATIOS), *silent]) == accuracy_of(*RATIOS)
    assert estimate_accuracy([*took(*RATIOS[:9]), *silent]) == NotEnough(9)


@given(st.lists(st.floats(0.01, 100), min_size=10, max_size=60), st.floats(0.1, 10))
def test_halving_and_doubling_weigh_the_same(ratios: list[float], factor: float) -> None:
    accuracy, scaled = accuracy_of(*ratios), accuracy_of(*(ratio * factor for ratio in ratios))
    assert accuracy.low <= accuracy.bias <= accuracy.high
    assert accuracy.usual[0] <= accuracy.bias <= accuracy.usual[1]
    assert scaled.bias == pytest.approx(accuracy.bias * factor)


def test_the_band_of_the_bias_holds_the_truth_as_often_as_it_says() -> None:
    chance = random.Random(1)
    held = 0
    for _ in range(400):
        accuracy = accuracy_of(*(math.exp(chance.gauss(0.3, 0.5)) for _ in range(15)))
        held += accuracy.low <= math.exp(0.3) <= accuracy.high
    assert held / 400 >= 0.93


class TestSuggestion:
    GROUPS = accuracy_by_group(
        [
            *took(*[1.4] * 12),
            *took(*[2.0] * 9, kind="research"),
            *took(*RATIOS, team="Legal"),
            *took(1.0, 1.0, team="Web"),
        ]
    )

    def test_by_the_teams_work_of_this_kind(self) -> None:
        offered = suggestion(10, "Platform", "build", self.GROUPS)
        assert isinstance(offered, Suggestion)
        assert (offered.likely_days, offered.sure_days, offered.count) == pytest.approx((14, 14, 12))

    def test_by_all_of_the_teams_work_where_that_is_too_little(self) -> None:
        offered = suggestion(10, "Platform", "research", self.GROUPS)
        assert isinstance(offered, Suggestion)
        assert (offered.likely_days, offered.sure_days, offered.count) == pytest.approx((14, 20, 21))

    def test_not_by_too_little(self) -> None:
        assert suggestion(10, "Web", "build", self.GROUPS) == NotEnough(2)
        assert suggestion(10, "Sales", "build", self.GROUPS) == NotEnough(0)

    def test_not_where_chance_may_explain_it(self) -> None:
        assert suggestion(10, "Legal", "build", self.GROUPS) is None

    def test_not_without_an_estimate(self) -> None:
        assert suggestion(0, "Platform", "build", self.GROUPS) is None

    def test_the_teams_number_stays(self) -> None:
        offered = suggestion(10, "Platform", "build", self.GROUPS)
        assert isinstance(offered, Suggestion)
        assert offered.estimate_days == 10


@pytest.mark.parametrize(
    ("count", "probability", "band"),
    [
        (10, 0.5, (2, 8)),
        (20, 0.85, (14, 20)),
        (40, 0.85, (29, 38)),
        (100, 0.5, (40, 60)),
        (7, 1.0, (7, 7)),
        (7, 0.0, (0, 0)),
    ],
)
def test_bands_as_in_the_tables(count: int, probability: float, band: tuple[int, int]) -> None:
    assert binomial_band(count, probability) == band


@given(st.integers(1, 300), st.floats(0, 1))
def test_a_band_holds_95_per_cent_and_no_tail_more_than_half_of_the_rest(count: int, probability: float) -> None:
    low, high = binomial_band(count, probability)
    exact = [
        math.comb(count, kept) * probability**kept * (1 - probability) ** (count - kept) for kept in range(count + 1)
    ]
    assert sum(exact[low : high + 1]) >= 0.95 - 1e-9
    assert sum(exact[:low]) <= 0.025 + 1e-9
    assert sum(exact[high + 1 :]) <= 0.025 + 1e-9


class TestForecasts:
    def test_forty_as_in_the_document(self) -> None:
        kept = (
            [forecast(done=-30)] * 18 + [forecast(done=-15)] * 16 + [forecast(done=-3)] * 4 + [forecast(done=None)] * 2
        )
        accuracy = forecast_accuracy(kept, today=TODAY)
        assert accuracy.likely == Coverage(0.5, 40, 18, (14, 26))
        assert accuracy.sure == Coverage(0.85, 40, 34, (29, 38))
        assert isinstance(accuracy.sure, Coverage)
        assert accuracy.sure.share == 0.85
        assert isinstance(accuracy.on_time, Probabilities)
        assert accuracy.on_time.brier == pytest.approx((34 * 0.01 + 6 * 0.81) / 40)
        assert accuracy.on_time.skill == pytest.approx(1 - 0.13 / (0.85 * 0.15))

    @pytest.mark.parametrize(
        ("kept", "judgement"),
        [(28, Judgement.TOO_SURE), (29, Judgement.AS_SAID), (38, Judgement.AS_SAID), (39, Judgement.TOO_CAREFUL)],
    )
    def test_outside_the_band_they_are_too_sure_or_too_careful(self, kept: int, judgement: Judgement) -> None:
        made = [forecast(done=-15)] * kept + [forecast(done=-2)] * (40 - kept)
        sure = forecast_accuracy(made, today=TODAY).sure
        assert isinstance(sure, Coverage)
        assert sure.judgement == judgement

    def test_a_day_is_judged_once_it_has_passed_and_not_before(self) -> None:
        made = [forecast(sure=-1, done=-15)] * 9
        assert forecast_accuracy([*made, forecast(sure=0, done=-15)], today=TODAY).sure == NotEnough(9)
        assert forecast_accuracy([*made, forecast(sure=-1, done=None)], today=TODAY).sure == Coverage(
            0.85, 10, 9, (6, 10)
        )

    def test_what_is_done_on_the_day_is_kept(self) -> None:
        assert forecast_accuracy([forecast(sure=-10, done=-10)] * 10, today=TODAY).sure == Coverage(
            0.85, 10, 10, (6, 10)
        )
        assert forecast_accuracy([forecast(sure=-10, done=-9)] * 10, today=TODAY).sure == Coverage(0.85, 10, 0, (6, 10))

    def test_due_dates_without_a_probability_say_nothing(self) -> None:
        made = [forecast(done=-9)] * 9 + [forecast(on_time=None, done=-9), forecast(due=0, done=-9)]
        assert forecast_accuracy(made, today=TODAY).on_time == NotEnough(9)

    def test_due_dates_that_had_passed_on_the_day_of_the_forecast_say_nothing(self) -> None:
        made = [forecast(done=-9)] * 9
        passed, on_the_day = (forecast(due=due, on_time=0.0, done=None) for due in (-41, -40))
        assert forecast_accuracy([*made, passed], today=TODAY).on_time == NotEnough(9)
        found = forecast_accuracy([*made, on_the_day], today=TODAY).on_time
        assert isinstance(found, Probabilities)
        assert found.count == 10

    def test_certainty_that_comes_true_is_perfect_and_a_coin_is_worth_nothing(self) -> None:
        def probabilities(yes: float, no: float) -> Probabilities:
            made = [forecast(on_time=yes, done=-9)] * 10 + [forecast(on_time=no, done=None)] * 10
            found = forecast_accuracy(made, today=TODAY).on_time
            assert isinstance(found, Probabilities)
            return found

        assert (probabilities(1.0, 0.0).brier, probabilities(1.0, 0.0).skill) == (0, 1)
        assert (probabilities(0.5, 0.5).brier, probabilities(0.5, 0.5).skill) == (0.25, 0)
        assert probabilities(0.0, 1.0).skill == -3

    def test_bins_hold_what_was_said_and_what_happened(self) -> None:
        made = (
            [forecast(on_time=0.1, done=None)] * 9
            + [forecast(on_time=0.1, done=-9)]
            + [forecast(on_time=1.0, done=-9)] * 5
        )
        found = forecast_accuracy(made, today=TODAY).on_time
        assert isinstance(found, Probabilities)
        assert [bin_.said for bin_ in found.bins] == pytest.approx([0.1, 1.0])
        assert [(bin_.count, bin_.kept, bin_.band) for bin_ in found.bins] == [(10, 1, (0, 3)), (5, 5, (5, 5))]

    def test_well_made_forecasts_lie_within_the_band(self) -> None:
        """Finish days drawn from the very distribution from which P50 and P85 were read."""
        chance = random.Random(7)
        within = 0
        for _ in range(60):
            made = []
            for _ in range(80):
                median, spread = chance.uniform(5, 60), chance.uniform(0.1, 0.8)
                day = [median, median * math.exp(1.0364 * spread), median * math.exp(chance.gauss(0, spread))]
                likely, sure, done = (TODAY + timedelta(days=math.floor(n) - 700) for n in day)
                made.append(Foretold(TODAY - timedelta(days=700), likely, sure, None, None, done))
            accuracy = forecast_accuracy(made, today=TODAY)
            assert isinstance(accuracy.sure, Coverage)
            within += accuracy.sure.judgement == Judgement.AS_SAID
        assert within >= 54, "about 57 of 60"
