"""The fan: days in their order, and labels that don't cover each other."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from luna.ui.fan import FanDay, lay_out

TODAY = date(2026, 11, 23)
days = st.integers(0, 500).map(lambda n: TODAY + timedelta(days=n))


def test_a_wide_fan_says_all_days_in_words_in_their_order() -> None:
    fan = lay_out(
        date(2026, 12, 14),
        date(2026, 12, 21),
        date(2026, 12, 29),
        today=TODAY,
        others=[FanDay("Due", date(2026, 12, 4), "wanted"), FanDay("Baseline", date(2026, 11, 27), "baseline")],
    )
    assert fan.label == (
        "Today Mon 23 Nov, Baseline Fri 27 Nov, Due Fri 4 Dec, Likely Mon 14 Dec, 85 % sure Mon 21 Dec, "
        "95 % sure Tue 29 Dec"
    )
    assert [one.marked.word for one in fan.above] == ["Today", "Due"]
    assert [one.marked.word for one in fan.below] == ["Baseline", "Likely", "85 % sure", "95 % sure"]
    assert 0 < fan.begin_x < fan.end_85_x < fan.end_95_x < fan.width


def test_days_that_fall_together_are_one_mark_and_what_is_beyond_reaches_the_edge() -> None:
    fan = lay_out(TODAY, TODAY, None, today=TODAY, others=[], is_small=True)
    assert [one.marked.word for one in fan.below] == ["85 % sure"]
    assert fan.end_95_x == fan.width - 6


@given(st.lists(days, min_size=3, max_size=3).map(sorted), days, st.booleans())
def test_no_label_covers_another_and_none_leaves_the_drawing(likely: list[date], wanted: date, is_small: bool) -> None:
    fan = lay_out(*likely, today=TODAY, others=[FanDay("Target", wanted, "wanted")], is_small=is_small)
    assert (fan.narrow is None) is is_small, "a phone has the small one"
    for row in (fan.above, fan.below):
        for one, following in pairwise(row):
            assert following.label_x - one.label_x >= 30
            assert one.x <= following.x
        for one in row:
            assert 0 <= one.x <= fan.width
            assert 10 <= one.label_x <= fan.width - 10
