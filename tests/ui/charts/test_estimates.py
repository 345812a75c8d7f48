"""Estimates drawn: as far to the right as it took longer, words that do not meet, on a wide page and on a phone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luna.ui.charts.axis import LETTER
from luna.ui.charts.estimates import Estimates, Ratio, lay_out

SLOW = Ratio("Booking", 2.0, (1.0, 4.0), "Booking: half took more than 2 times their estimate")
NEW = Ratio("Legal", None, None, "Not enough history: 2 of 10")


def test_twice_as_long_is_as_far_to_the_right_as_half_as_long_is_to_the_left() -> None:
    drawing = lay_out([SLOW, Ratio("Platform", 0.5, None, "Platform"), NEW], label="Estimates")
    assert drawing is not None
    slow, quick, new = drawing.rows
    assert slow.x is not None
    assert quick.x is not None
    assert slow.x - drawing.as_estimated == pytest.approx(drawing.as_estimated - quick.x, abs=0.1)
    assert slow.begin == drawing.as_estimated
    assert (new.x, new.words) == (None, "Not enough history: 2 of 10")
    assert [point.words for point in drawing.points] == [SLOW.words, "Platform"]


def test_without_a_figure_nothing_is_drawn() -> None:
    assert lay_out([NEW], label="Estimates") is None


ratios = st.floats(0.01, 100)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.tuples(ratios, ratios, ratios), min_size=1, max_size=8))
def test_everything_stays_inside_and_words_do_not_meet(found: list[tuple[float, float, float]]) -> None:
    given = [Ratio("A team with a name that is long, and longer still", *_ordered(one), "words") for one in found]
    drawing = lay_out(given, label="Estimates")
    assert drawing is not None
    assert drawing.narrow is not None
    for one in (drawing, drawing.narrow):
        _check(one)
    for row, other in pairwise(drawing.narrow.rows):
        assert row.name_y + 10 <= row.y <= other.name_y - 10, "the name stands over its line"


def _ordered(one: tuple[float, float, float]) -> tuple[float, tuple[float, float]]:
    low, middle, high = sorted(one)
    return middle, (low, high)


def _check(one: Estimates) -> None:
    frame = one.frame
    for row in one.rows:
        assert row.x is not None
        assert frame.left <= row.begin <= row.x <= row.end <= frame.right
        assert frame.top < row.y < frame.bottom
    assert one.as_estimated in {tick.at for tick in one.x_ticks}
    ends = [(tick.at - len(tick.word) * LETTER / 2, tick.at + len(tick.word) * LETTER / 2) for tick in one.x_ticks]
    assert all(end < begin for (_, end), (begin, _) in pairwise(ends))
    assert ends[-1][1] <= frame.width
