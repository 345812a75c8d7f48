"""The milestone trend: lines that stay inside, end where they should, and say what the table says."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from luna.ui.charts.trend import FRAME, MOST_NAMED, NARROW, Series, Trend, lay_out

TODAY = date(2026, 11, 23)


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


BETA = Series(1, "Beta", ((day(-60), day(-10)), (day(-15), day(-3))), "at_risk")
PILOT = Series(2, "Pilot", ((day(-60), day(20)), (day(-30), day(41)), (day(-9), day(34))), "on_track")
RULES = Series(3, "Rules", ((day(-60), day(-30)), (day(-35), day(-20))), "completed", completed=day(-22))


def drawn(*series: Series) -> Trend:
    trend = lay_out(series, today=TODAY)
    assert trend is not None
    return trend


def test_the_table_says_what_was_expected_on_each_day() -> None:
    trend = drawn(BETA, PILOT, RULES)
    assert trend.columns == (day(-60), day(-48), day(-36), day(-24), day(-12), TODAY)
    assert [row.cells for row in trend.rows] == [
        (day(-10), day(-10), day(-10), day(-10), day(-3), day(-3)),
        (day(20), day(20), day(20), day(41), day(41), day(34)),
        (day(-30), day(-30), day(-30), day(-20), None, None),
    ]
    assert [row.moved for row in trend.rows] == ["+7 d", "+14 d", "+8 d"]


def test_points_and_lines_say_the_moves_in_words() -> None:
    trend = drawn(BETA, PILOT, RULES)
    assert [point.words for point in trend.points] == [
        "Beta: from Sun 8 Nov on expected Fri 20 Nov, 7 days later",
        "Pilot: from Sat 24 Oct on expected Sun 3 Jan, 21 days later",
        "Pilot: from Sat 14 Nov on expected Sun 27 Dec, 7 days earlier",
        "Rules: from Mon 19 Oct on expected Tue 3 Nov, 10 days later",
    ]
    assert {line.words for line in trend.named} == {
        "Beta: at first Fri 13 Nov, now Fri 20 Nov, 7 days later",
        "Pilot: at first Sun 13 Dec, now Sun 27 Dec, 14 days later",
        "Rules: at first Sat 24 Oct, completed Sun 1 Nov, 8 days later",
    }
    assert [line.label for line in trend.named] == ["Pilot, 27 Dec", "Beta, 20 Nov", "Rules, 1 Nov"]


def test_a_phone_has_the_same_lines_with_their_names_over_their_begins() -> None:
    wide = drawn(BETA, PILOT, RULES)
    trend = wide.narrow
    assert trend is not None
    assert trend.frame == NARROW
    assert {line.words for line in trend.named} == {line.words for line in wide.named}
    assert [line.begin_label for line in trend.named] == ["Rules", "Beta", "Pilot"]
    for line in trend.named:
        ((x, y), *_) = places(line.path)
        assert (line.begin_x, line.begin_y) == (x + 3, round(y - 9, 1))
    for point in trend.points:
        assert " ".join(point.lines) == point.words
        assert max(map(len, point.lines)) * 6.2 <= NARROW.width


def test_a_completed_one_ends_on_the_slope_of_today() -> None:
    trend = drawn(BETA, PILOT, RULES)
    rules = next(line for line in trend.named if line.series.pk == 3)
    (x1, y1), (x2, y2) = places(trend.today_path)
    assert abs((rules.y - y1) / (rules.x - x1) - (y2 - y1) / (x2 - x1)) < 0.02


def test_open_ones_that_moved_the_most_are_told_apart_and_the_others_stay_grey() -> None:
    many = [Series(n, f"M{n}", ((day(-50), day(10)), (day(-5), day(10 + n)))) for n in range(12)]
    trend = drawn(*many, RULES)
    assert {line.series.pk for line in trend.named} == set(range(4, 12))
    assert len(trend.named) == MOST_NAMED
    assert len(trend.others) == 5
    assert len(trend.rows) == 13


def test_a_date_that_was_taken_away_leaves_a_gap() -> None:
    gap = Series(1, "Gap", ((day(-20), day(5)), (day(-10), None), (day(-4), day(9))))
    trend = drawn(gap)
    assert trend.named[0].path.count("M") == 2
    without = drawn(Series(1, "Gone", ((day(-20), day(5)), (day(-10), None))))
    assert without.named[0].words == "Gone: at first Sat 28 Nov, now without a date"
    assert without.rows[0].cells[-1] is None


def test_there_is_no_trend_of_a_single_day_or_without_dates() -> None:
    assert lay_out([Series(1, "New", ((TODAY, day(5)),))], today=TODAY) is None
    assert lay_out([Series(1, "Undated", ((day(-9), None),))], today=TODAY) is None
    assert lay_out([], today=TODAY) is None


def places(path: str) -> list[tuple[float, float]]:
    """Of a path whose steps all say both coordinates."""
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", path)]


expected = st.none() | st.integers(-400, 1200).map(day)
told = st.lists(st.tuples(st.integers(-300, 0).map(day), expected), min_size=1, max_size=6).map(
    lambda rows: tuple(sorted(rows, key=lambda row: row[0]))
)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.tuples(told, st.none() | st.integers(-300, 0).map(day)), max_size=12))
def test_everything_stays_inside_and_labels_do_not_meet(
    plan: list[tuple[tuple[tuple[date, date | None], ...], date | None]],
) -> None:
    series = [Series(n, f"M{n}", rows, completed=done) for n, (rows, done) in enumerate(plan)]
    trend = lay_out(series, today=TODAY)
    if trend is None:
        return
    for line in (*trend.named, *trend.others):
        assert FRAME.left <= line.x <= FRAME.right
        assert FRAME.top <= line.y <= FRAME.bottom
        assert all(FRAME.left <= float(x) <= FRAME.right for x in re.findall(r"[MH]([\d.]+)", line.path))
        assert all(FRAME.top <= float(y) <= FRAME.bottom for y in re.findall(r"V([\d.]+)", line.path))
    labels = sorted(line.label_y for line in trend.named)
    assert all(b - a >= 14 for a, b in pairwise(labels))
    assert trend.narrow is not None
    begins = sorted(line.begin_y for line in trend.narrow.named)
    assert all(b - a >= 14 for a, b in pairwise(begins))
    assert all(NARROW.left <= line.begin_x < NARROW.right and line.begin_label for line in trend.narrow.named)
    assert all(NARROW.left <= line.x <= NARROW.right for line in trend.narrow.named)
    assert all(FRAME.left <= point.x <= FRAME.right and FRAME.top <= point.y <= FRAME.bottom for point in trend.points)
    assert len(trend.named) + len(trend.others) == len(trend.rows)
