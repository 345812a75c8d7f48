"""Draws of work and waits, against what can be computed exactly."""

from __future__ import annotations

from datetime import date
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.domain.forecast_types import History, WorkDay
from milestones.domain.sampling import (
    BEYOND,
    HISTORY_DAYS,
    LEAST_WORTH_DAYS,
    MOST_WORTH_DAYS,
    PRIOR_RATIO,
    PRIOR_WAIT_DAYS,
    USUAL_WORTH_DAYS,
    Sample,
    days_of_estimate,
    days_of_tasks,
    days_of_wait,
    pool_of,
    sample_of,
    stream,
    team_of,
    worth_days,
)
from tests.milestones.forecasting import AXIS, DAYS, STEADY, day, days_until_yesterday

DRAWS = 10_000


def finished_by(pace: float, tasks: int, days: int) -> float:
    """The negative binomial: at least `tasks` successes in so many days."""
    return 1 - sum(comb(days, k) * pace**k * (1 - pace) ** (days - k) for k in range(min(tasks, days + 1)))


def finished_by_unsure(active: int, history: int, tasks: int, days: int) -> float:
    """The same, where the pace is known from `history` days alone: the mixture over what they might have been."""
    chance = active / history
    return sum(
        comb(history, k) * chance**k * (1 - chance) ** (history - k) * finished_by(k / history, tasks, days)
        for k in range(history + 1)
    )


@pytest.mark.parametrize("tasks", [1, 2, 5])
@pytest.mark.parametrize("active", [5, 7, 10])
def test_a_task_on_some_days_is_the_negative_binomial_with_its_unsure_pace(active: int, tasks: int) -> None:
    """A history below 16 days is resampled day by day. 0.02 is four standard errors of 10,000 draws."""
    completed = [1.0] * active + [0.0] * (12 - active)
    sample = sample_of(days_until_yesterday(completed), DAYS, AXIS.today)
    assert len(sample.net) == 12

    drawn = days_of_tasks(tasks, pool_of(sample), stream(1, "work"), DRAWS)

    for days in (1, 2, 3, 5, 8, 13, 21, 34, 60):
        assert (drawn <= days).mean() == pytest.approx(finished_by_unsure(active, 12, tasks, days), abs=0.02)


@pytest.mark.parametrize(
    ("remaining", "days"), [(1, 1), (5, 3), (6, 3), (10, 5), (7.5, 4), (1040, 520), (1041, BEYOND)]
)
def test_a_constant_pace_leaves_nothing_open(remaining: float, days: int) -> None:
    pool = pool_of(sample_of(days_until_yesterday([2.0] * 60), DAYS, AXIS.today))

    assert set(days_of_tasks(remaining, pool, stream(1, "work"), 200)) == {days}


def test_what_arrives_is_work_too_and_comes_with_its_day() -> None:
    growing = pool_of(sample_of(days_until_yesterday([2.0] * 60, [1.0] * 60), DAYS, AXIS.today))
    running = pool_of(sample_of(days_until_yesterday([1.0] * 60, [1.0] * 60), DAYS, AXIS.today))

    assert set(days_of_tasks(10, growing, stream(1, "work"), 200)) == {10}
    assert set(days_of_tasks(1, running, stream(1, "work"), 200)) == {BEYOND}


def test_blocks_keep_the_rhythm_of_a_week() -> None:
    """Five tasks each Friday: after the first five, the rest is done on one of the five days of the next block."""
    fridays = pool_of(sample_of(days_until_yesterday([0.0, 0, 0, 0, 5] * 12), DAYS, AXIS.today))

    drawn = days_of_tasks(7, fridays, stream(1, "work"), DRAWS)

    shares = np.bincount(drawn, minlength=11)[6:11] / DRAWS
    assert shares == pytest.approx([0.2] * 5, abs=0.02)


def test_the_first_day_on_which_all_is_done_counts_though_more_arrives_later() -> None:
    """Each block of five days ends where it began; in its midst two tasks are done, whichever day it begins on."""
    history = days_until_yesterday([1.0, 1, 0, 0, 0] * 12, [0.0, 0, 2, 0, 0] * 12)
    up_and_down = pool_of(sample_of(history, DAYS, AXIS.today))

    drawn = days_of_tasks(2, up_and_down, stream(1, "work"), DRAWS)

    assert (drawn <= 5).mean() == pytest.approx(3 / 5, abs=0.02)  # begun on a day from which both come before the two


QUICK, SLOW = Sample((2.0,) * 40, 40), Sample((0.5,) * 40, 40)
NOTHING = Sample((), 0)


def test_of_a_teams_milestones_each_draw_goes_by_one() -> None:
    """A team of which one half is quick and one slow: no draw is in between."""
    drawn = days_of_tasks(10, pool_of(NOTHING, team_of([QUICK, SLOW, NOTHING])), stream(1, "work"), DRAWS)

    assert set(drawn) == {5, 20}
    assert (drawn == 5).mean() == pytest.approx(0.5, abs=0.02)


def test_its_own_days_and_its_teams_are_weighed() -> None:
    """Ten own days weigh as much as a team of which two milestones are known: the mean pace is half way."""
    own = Sample((2.0,) * 10, 10)
    pool = pool_of(own, team_of([SLOW, SLOW]))
    assert (pool.own_blocks, pool.other_blocks, pool.heights.shape[0]) == (3, 3, 3)

    drawn = days_of_tasks(300, pool, stream(1, "work"), DRAWS)

    assert (300 / drawn).mean() == pytest.approx((2 + 0.5) / 2, abs=0.02)


def test_a_team_is_worth_more_where_its_milestones_are_alike() -> None:
    """A day's variance is 1 within each. Paces of 0.7, 1 and 1.3 vary by 0.09, less 1/40 by chance."""

    def milestone(pace: float) -> Sample:
        return Sample((pace - 1, pace + 1) * 20, 40)

    assert worth_days([milestone(0), milestone(1), milestone(2)]) == LEAST_WORTH_DAYS
    assert worth_days([milestone(0.5), milestone(1), milestone(1.5)]) == LEAST_WORTH_DAYS
    assert worth_days([milestone(0.7), milestone(1), milestone(1.3)]) == pytest.approx(1 / (0.09 - 1 / 40))
    assert worth_days([milestone(1), milestone(1), milestone(1)]) == MOST_WORTH_DAYS
    assert worth_days([milestone(0), milestone(2), NOTHING]) == USUAL_WORTH_DAYS


def test_the_sample_begins_after_the_first_completed_task_and_ends_yesterday() -> None:
    rows = (
        WorkDay(day(-9), 30, 0),  # planning
        WorkDay(day(-8), 0, 2),  # the first completed one: active, and left out
        WorkDay(day(-6), 1, 3),
        WorkDay(date(2026, 11, 21), 0, 1),  # a Saturday: counts for Friday
        WorkDay(day(-1), 0, 1),
        WorkDay(day(0), 5, 5),  # today isn't over
    )

    assert sample_of(History(rows), DAYS, AXIS.today) == Sample((0, 2, 0, 0, 0, 0, 2), 3)
    assert sample_of(History(rows, ended=day(-3)), DAYS, AXIS.today) == Sample((0, 2, 0, 0, 0), 2)


def test_only_the_newest_twelve_weeks_count() -> None:
    old_and_new = days_until_yesterday([7.0] * 30 + [1.0] * HISTORY_DAYS)

    assert sample_of(old_and_new, DAYS, AXIS.today) == sample_of(STEADY, DAYS, AXIS.today)


@given(st.lists(st.tuples(st.integers(-90, 0), st.integers(0, 4), st.integers(0, 4)), max_size=30))
def test_a_sample_never_invents_days_or_work(rows: list[tuple[int, int, int]]) -> None:
    history = History(tuple(WorkDay(day(at), a, c) for at, a, c in sorted(rows)))
    sample = sample_of(history, DAYS, AXIS.today)

    assert len(sample.net) <= HISTORY_DAYS
    assert sum(net for net in sample.net if net > 0) <= sum(row.completed for row in history.rows)
    assert sample.active_days <= len({row.day for row in history.rows if row.completed})


def test_an_estimate_without_a_history_goes_by_the_stated_prior() -> None:
    drawn = days_of_estimate(10, [], stream(1, "work"), DRAWS)

    assert [np.quantile(PRIOR_RATIO, q) for q in (0.5, 0.85)] == pytest.approx([1.3, 2.18], abs=0.02)
    assert np.quantile(drawn, 0.5) == pytest.approx(13.5, abs=0.5)
    assert np.quantile(drawn, 0.85) == pytest.approx(22, abs=1)


def test_estimates_of_the_team_soon_outweigh_the_prior() -> None:
    """Ten of the team against a prior that counts as five: two of three draws are the team's."""
    drawn = days_of_estimate(100, [2.5001] * 10, stream(1, "work"), DRAWS)

    assert (drawn == 251).mean() == pytest.approx(10 / 15, abs=0.02)


@pytest.mark.parametrize(("remaining", "least", "most"), [(0, 0, 0), (0.1, 1, 1), (10_000, BEYOND, BEYOND)])
def test_estimates_of_nothing_and_of_far_too_much(remaining: float, least: int, most: int) -> None:
    drawn = days_of_estimate(remaining, [1.0] * 30, stream(1, "work"), DRAWS)

    assert (drawn.min(), drawn.max()) == (least, most)


def test_a_wait_goes_on_from_where_it_is() -> None:
    """Of ones that took 2, 4 and 8 days, one that has waited 3 takes 1 or 5 more; the prior's share lies beside."""
    drawn = days_of_wait(3, [2.0, 4.0, 8.0] * 200, stream(1, "approval 0"), DRAWS)

    assert np.isin(drawn, [1, 5]).mean() > 0.98
    assert (drawn == 1).mean() == pytest.approx(0.5, abs=0.02)


def test_a_wait_longer_than_any_known_is_as_if_it_had_just_been_asked_for() -> None:
    assert max(PRIOR_WAIT_DAYS) < 90
    fresh = days_of_wait(0, [2.0], stream(1, "approval 0"), DRAWS)

    assert np.array_equal(days_of_wait(90, [2.0], stream(1, "approval 0"), DRAWS), fresh)
    assert np.quantile(days_of_wait(0, [], stream(1, "approval 0"), DRAWS), [0.5, 0.85]) == pytest.approx(
        [3.5, 9], abs=0.6
    )
