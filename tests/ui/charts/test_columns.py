"""Shares as columns: inside their drawing, as high as they are great."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from luna.ui.charts.columns import Measured, lay_out

SHARES = st.none() | st.floats(0, 1)


def test_a_column_a_mark_and_the_words_of_both() -> None:
    drawn = lay_out(
        [Measured("Q3 2026", 0.5, 1.0, "half"), Measured("Q4 2026", None, None, "too few (3)")], label="On time"
    )
    frame, (first, second) = drawn.frame, drawn.columns
    assert first.y == (frame.top + frame.bottom) / 2
    assert first.height == (frame.bottom - frame.top) / 2
    assert first.mark_y == frame.top
    assert (second.y, second.mark_y, second.height) == (None, None, 0.0)
    assert [(point.words, point.kind) for point in drawn.points] == [("half", ""), ("too few (3)", "empty")]
    assert drawn.points[1].y == second.empty_y < frame.bottom
    assert [tick.word for tick in drawn.x_ticks] == ["Q3 2026", "Q4 2026"]
    assert [tick.word for tick in drawn.y_ticks] == ["0 %", "25 %", "50 %", "75 %", "100 %"]


@given(st.lists(st.tuples(SHARES, SHARES), min_size=1, max_size=8))
def test_columns_stand_beside_each_other_inside_the_frame(pairs: list[tuple[float | None, float | None]]) -> None:
    drawn = lay_out([Measured("Q", share, mark, "") for share, mark in pairs], label="")
    frame, edge = drawn.frame, drawn.frame.left
    for column in drawn.columns:
        assert column.x >= edge
        edge = column.x + column.width
        for y in (column.y, column.mark_y):
            assert y is None or frame.top <= y <= frame.bottom
    assert edge <= frame.right


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_stands_higher(one: float, other: float) -> None:
    low, high = (column.height for column in lay_out(
        [Measured("", share, None, "") for share in sorted((one, other))], label=""
    ).columns)  # fmt: skip
    assert low <= high
