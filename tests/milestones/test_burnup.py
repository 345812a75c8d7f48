"""What a burn-up is drawn from: what the tool tells of the days before Luna looked, and what Luna saw since."""

from __future__ import annotations

from datetime import date, timedelta

from luna.ui.charts.burnup import Count
from milestones.domain.burnup import counts_of
from milestones.domain.progress import DayCount

TODAY = date(2026, 11, 23)


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


WORK = [DayCount(day(-9), 5, 0, 5), DayCount(day(-4), 2, 3, 7), DayCount(day(-2), 0, 2, 7)]


def test_before_it_was_looked_at_the_tools_days_tell() -> None:
    now = Count(TODAY, 5, 7)
    assert counts_of(WORK, [], now) == (Count(day(-9), 0, 5), Count(day(-4), 3, 7), Count(day(-2), 5, 7), now)


def test_from_the_first_look_on_what_luna_counted_tells() -> None:
    seen = [Count(day(-6), 0, 0), Count(day(-3), 3, 9), Count(day(-2), 3, 9), Count(day(-1), 5, 9)]
    now = Count(TODAY, 5, 7)
    assert counts_of(WORK, seen, now) == (
        Count(day(-9), 0, 5),
        Count(day(-4), 3, 7),
        Count(day(-3), 3, 9),
        Count(day(-1), 5, 9),
        now,
    )


def test_mornings_on_which_no_task_was_linked_are_left_out() -> None:
    assert counts_of([], [Count(day(-3), 0, 0)], Count(TODAY, 0, 4)) == (Count(TODAY, 0, 4),)


def test_what_is_seen_of_its_last_day_gives_way_to_how_it_stands() -> None:
    assert counts_of([], [Count(TODAY, 1, 4)], Count(TODAY, 2, 4)) == (Count(TODAY, 2, 4),)
