"""The curve of a forecast: the days by which 5 %, 10 % … 95 % of the draws are finished, and that they are kept."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import numpy as np
import pytest
from hypothesis import given, settings

from milestones.domain.forecast import forecast
from milestones.domain.forecast_types import (
    CURVE_PER_CENT,
    EstimatedWork,
    ForecastInput,
    LaunchForecast,
    MilestoneForecast,
    likely_on,
)
from milestones.domain.sampling import HORIZON_DAYS
from milestones.domain.schedule import Link, Planned
from milestones.domain.types import State
from milestones.models import Forecast
from people.models import User
from tests.factories import make_launch, make_milestone
from tests.milestones.computing import compute
from tests.milestones.forecasting import AXIS, CALENDAR, TODAY, certain, day, uncertain, uncertain_plans
from tests.milestones.test_forecast import simulate
from tests.moving_clock import MovingClock

APOLLO = 1


@given(uncertain_plans())
@settings(max_examples=25, deadline=None)
def test_it_never_falls_and_holds_the_days_that_are_said(
    world: tuple[list[ForecastInput], list[Link], Link],
) -> None:
    inputs, links, _ = world
    found = forecast(inputs, links, today=TODAY, calendar=CALENDAR, draws=200)
    answers: list[MilestoneForecast | LaunchForecast] = [*found.milestones.values(), *found.launches.values()]
    for answer in answers:
        if answer.likely is None:
            assert answer.curve == ()
            continue
        days = [one or date.max for one in answer.curve]
        assert len(days) == 19
        assert days == sorted(days)
        said = answer.likely
        assert (said.p50, said.p85, said.p95) == (answer.curve[9], answer.curve[16], answer.curve[18])
        assert likely_on(answer.curve) == said


def test_each_day_is_the_first_by_which_so_many_draws_are_finished() -> None:
    one = uncertain(1, 12)
    finishes = simulate([one], []).finishes[1]
    curve = forecast([one], [], today=TODAY, calendar=CALENDAR).milestones[1].curve

    for per_cent, on in zip(CURVE_PER_CENT, curve, strict=True):
        assert on is not None
        offset = AXIS.at_or_before(on)
        needed = math.ceil(per_cent / 100 * len(finishes))
        assert np.count_nonzero(finishes <= offset) >= needed > np.count_nonzero(finishes < offset)


def test_what_is_completed_is_flat_and_what_is_out_of_sight_has_no_days() -> None:
    over = certain(1, 5, state=State.COMPLETED, completed_date=day(-3), launch_id=APOLLO)
    endless = ForecastInput(Planned(2, "Endless"), EstimatedWork(10_000))
    found = forecast([over, endless], [], today=TODAY, calendar=CALENDAR)

    assert found.milestones[1].curve == found.launches[APOLLO].curve == (day(-3),) * 19
    assert found.milestones[2].curve == (None,) * 19
    assert found.horizon == day(HORIZON_DAYS - 1)


@pytest.mark.django_db
def test_it_is_kept_with_the_milestone_and_the_launch(ana: User, clock: MovingClock) -> None:
    clock.set(datetime(2026, 11, 24, 9, tzinfo=UTC))
    launch = make_launch(ana)
    guessed = make_milestone(launch, "Guessed", estimate_days=10)

    summary = compute(launch)
    kept = Forecast.objects.get(milestone=guessed)

    assert kept.p50 is not None
    assert kept.p85 is not None
    assert len(kept.curve) == 19
    assert (kept.curve[9], kept.curve[16]) == (kept.p50.isoformat(), kept.p85.isoformat())
    assert kept.curve[0] != kept.curve[18]
    assert summary.curve == kept.curve

    guessed.delete()
    blank = make_milestone(launch, "Blank")
    assert compute(launch).curve == Forecast.objects.get(milestone=blank).curve == []
