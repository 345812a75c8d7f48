"""Drawings of how good estimates and forecasts were: they show the figures, and none where there is too little."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from luna.ui.charts import reliability
from milestones.domain.calibration import (
    Accuracy,
    Bin,
    Coverage,
    Finished,
    Foretold,
    NotEnough,
    Probabilities,
    estimate_accuracy,
    forecast_accuracy,
)
from milestones.domain.calibration_charts import coverage_bars, estimates_chart, reliability_chart

TODAY = date(2026, 11, 23)
OPPOSITE = Accuracy(count=12, bias=2.0, low=1.2, high=3.0, usual=(0.5, 4.0))


def test_coverage_stands_beside_what_was_said_and_what_chance_allows() -> None:
    likely, sure = coverage_bars(Coverage(0.5, 40, 18, (14, 26)), NotEnough(7)).rows

    assert (likely.width, likely.mark_x, likely.band_x, likely.band_width) == (45, 50, 35, 30)
    assert likely.measure.words == "18 of 40 (45 %)"
    assert (sure.width, sure.measure.words) == (None, "Not enough history: 7 of 10")


def test_what_is_exact_lies_on_the_diagonal_and_each_point_says_its_counts() -> None:
    bins = (Bin(0.25, 8, 2, (0, 5)), Bin(0.75, 12, 6, (7, 11)))
    chart = reliability_chart(Probabilities(20, 0.2, 0.1, bins))

    first, second = chart.points
    frame = chart.frame
    assert (first.x - frame.left) / (frame.right - frame.left) == pytest.approx(0.25)
    assert (frame.bottom - first.y) / (frame.bottom - frame.top) == pytest.approx(0.25)
    assert second.words == "Of 12 chances of about 75 %, 6 in time (50 %), right if 7 to 11: too sure"
    assert [one.word for one in chart.counts] == ["8", "12"]
    html = render_to_string("_shared/chart_reliability.html", {"chart": chart})
    assert html.count('tabindex="0"') == 3, "both points, and what scrolls"


def test_twice_as_long_is_as_far_to_the_right_as_half_as_long_to_the_left() -> None:
    chart = estimates_chart([("Mobile", OPPOSITE), ("Web", NotEnough(7))])
    assert chart is not None
    mobile, web = chart.rows

    assert mobile.x is not None
    assert mobile.x - chart.as_estimated == pytest.approx(chart.as_estimated - mobile.begin, abs=0.2)
    assert mobile.end == chart.frame.right
    assert [tick.word for tick in chart.x_ticks] == ["a quarter", "half", "as estimated", "2 times", "4 times"]
    assert (web.x, web.words) == (None, "Not enough history: 7 of 10")
    assert [point.words for point in chart.points] == [
        "Mobile: half of 12 milestones took more than 2 times their estimate, seven of ten between 0.5 and 4 times"
    ]
    html = render_to_string("_shared/chart_estimates.html", {"chart": chart})
    assert "Not enough history: 7 of 10" in html


def test_without_any_history_there_is_no_drawing_and_long_names_are_cut() -> None:
    assert estimates_chart([("Web", NotEnough(9))]) is None
    chart = estimates_chart([("Patient self-booking and everything around it", OPPOSITE)])
    assert chart is not None
    assert chart.rows[0].name.endswith("…")
    assert "everything around it" in chart.points[0].words


@given(st.lists(st.tuples(st.floats(0.01, 500), st.floats(0.01, 500)), min_size=10, max_size=30))
def test_no_line_of_an_estimate_leaves_its_axis(pairs: list[tuple[float, float]]) -> None:
    chart = estimates_chart([("Mobile", estimate_accuracy([Finished("Mobile", "", *pair) for pair in pairs]))])
    assert chart is not None
    row = chart.rows[0]
    assert row.x is not None
    assert chart.frame.left <= row.begin <= row.x <= row.end <= chart.frame.right


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=10, max_size=60))
def test_no_point_leaves_the_diagram_and_all_chances_are_counted(said: list[tuple[float, bool]]) -> None:
    due = TODAY - timedelta(days=1)
    known = [Foretold(due, due, due, due, chance, due if kept else None) for chance, kept in said]
    found = forecast_accuracy(known, today=TODAY).on_time
    assert isinstance(found, Probabilities)
    chart = reliability_chart(found)
    assert sum(int(one.word) for one in chart.counts) == len(said)
    for point, span in zip(chart.points, chart.spans, strict=True):
        assert chart.frame.left <= point.x <= chart.frame.right
        assert chart.frame.top <= span.top <= span.bottom <= chart.frame.bottom
        assert chart.frame.top <= point.y <= chart.frame.bottom
        assert not math.isnan(point.y)


def test_the_diagram_takes_its_points_in_any_order() -> None:
    late, early = (reliability.Said(x, x, (0, 1), 5, "") for x in (0.9, 0.1))
    chart = reliability.lay_out([late, early], label="")
    assert [point.x for point in chart.points] == sorted(point.x for point in chart.points)
