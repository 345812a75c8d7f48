"""Bars: as long as their amounts, in the order given, and a table that says the same."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from luna.ui.charts.bars import Bars, Measure, lay_out


def bars(*measures: Measure, most: float | None = None) -> Bars:
    return lay_out(measures, caption="Why dates moved", head="Cause", figure="Milestones", most=most)


def test_the_longest_fills_the_axis_and_the_others_are_in_proportion() -> None:
    drawn = bars(Measure("Scope grew", 8, "8"), Measure("Waited", 2, "2"), Measure("Nothing", 0, "0"))
    assert [(bar.measure.label, bar.width) for bar in drawn.rows] == [
        ("Scope grew", 100),
        ("Waited", 25),
        ("Nothing", 0),
    ]


def test_a_given_end_a_band_and_what_it_is_held_against_have_their_places() -> None:
    only = bars(Measure("By the likely day", 0.46, "19 of 41", band=(0.35, 0.65), mark=0.5), most=1).rows[0]
    assert (only.width, only.band_x, only.band_width, only.mark_x) == (46, 35, 30, 50)


def test_too_little_to_go_by_has_words_and_no_bar() -> None:
    html = render_to_string("_shared/chart_bars.html", {"bars": bars(Measure("Mobile", None, "too few (3)"))})
    assert "too few (3)" in html
    assert "<svg" not in html


def test_the_table_says_what_the_bars_show_and_links_where_it_can() -> None:
    drawn = bars(Measure("<Scope>", 3, "3 of 4", path="/why/", tone="warn"), Measure("Waited", 1, "1 of 4"))
    html = render_to_string("_shared/chart_bars.html", {"bars": drawn})
    for said in ("Why dates moved", "Cause", "Milestones", '<a href="/why/">&lt;Scope&gt;</a>', "3 of 4", "1 of 4"):
        assert said in html
    assert html.count("<rect") == 2
    assert 'class="fill warn"' in html


def test_less_than_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="begins at 0"):
        bars(Measure("Odd", -1, "-1"))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=12), st.none() | st.floats(0.1, 1e6))
def test_no_bar_leaves_the_axis_and_more_is_never_shorter(amounts: list[float], most: float | None) -> None:
    drawn = bars(*(Measure(str(n), amount, "") for n, amount in enumerate(amounts)), most=most)
    widths = [bar.width for bar in drawn.rows]
    assert all(width is not None and 0 <= width <= 100 for width in widths)
    in_order = [bar.width or 0.0 for bar in sorted(drawn.rows, key=lambda bar: bar.measure.value or 0.0)]
    assert in_order == sorted(in_order)
