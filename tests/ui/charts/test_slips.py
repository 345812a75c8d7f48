"""The slip chart: each move in its place, its figure from the date agreed first."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from luna.ui.charts.slips import NARROW, WIDE, Move, Slip, SlipChart, lay_out

TODAY = date(2026, 11, 23)


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


BETA = Slip(1, "Beta", day(-10), day(-3), (Move(day(-15), day(-10), day(-3), "The sandbox came late."),), sure=day(29))
PILOT = Slip(2, "Pilot", day(20), day(13), (Move(day(-9), day(20), day(13)),))
RULES = Slip(3, "Rules", day(-30), day(-30), completed=day(-30), sure=day(4))


def test_figures_and_words_count_from_the_date_agreed_first() -> None:
    chart = lay_out([BETA, PILOT, RULES], today=TODAY)
    assert chart is not None
    assert [row.slip.figure for row in chart.rows] == ["+7 d", "−7 d", "0 d"]
    assert [row.words for row in chart.rows] == [
        "Beta: first due Fri 13 Nov, due Fri 20 Nov, +7 d, moved 1×, 85 % sure by Tue 22 Dec",
        "Pilot: first due Sun 13 Dec, due Sun 6 Dec, −7 d, moved 1×",
        "Rules: first due Sat 24 Oct, completed Sat 24 Oct, 0 d",
    ]
    assert [point.words for point in chart.points] == [
        "Beta: on Sun 8 Nov from Fri 13 Nov to Fri 20 Nov, 7 days later",
        "Pilot: on Sat 14 Nov from Sun 13 Dec to Sun 6 Dec, 7 days earlier",
    ]
    assert chart.label == "1 of 3 milestones later than first agreed; the table below says the same"


def test_a_move_to_a_later_date_goes_over_the_row_and_one_to_an_earlier_below() -> None:
    chart = lay_out([BETA, PILOT], today=TODAY)
    assert chart is not None
    for row, is_above in zip(chart.rows, (True, False), strict=True):
        (hop,) = row.hops
        middle = float(hop.split("Q")[1].split(" ")[1])
        assert (middle < row.y) is is_above


def test_nothing_is_drawn_of_nothing_and_a_completed_one_has_no_likely_day() -> None:
    assert lay_out([], today=TODAY) is None
    chart = lay_out([RULES], today=TODAY)
    assert chart is not None
    assert chart.rows[0].sure_x is None


def test_a_day_out_of_sight_leads_out_of_the_drawing_unless_it_is_completed() -> None:
    lost = replace(PILOT, is_out_of_sight=True)
    chart = lay_out([lost, BETA, replace(RULES, is_out_of_sight=True)], today=TODAY)
    assert chart is not None
    gone, seen, done = chart.rows
    assert gone.beyond_x is not None
    assert WIDE.right < gone.beyond_x < chart.frame.width
    assert gone.sure_x is None
    assert gone.words.endswith("moved 1×, the day that is 85 % sure is out of sight")
    assert seen.beyond_x is None
    assert done.beyond_x is None
    assert done.words == "Rules: first due Sat 24 Oct, completed Sat 24 Oct, 0 d"


def test_today_crosses_no_name_that_stands_over_its_line() -> None:
    chart = lay_out([BETA, PILOT, RULES], today=TODAY)
    assert chart is not None
    assert chart.narrow is not None
    assert runs(chart) == [(chart.frame.top, chart.frame.bottom)]
    pieces = runs(chart.narrow)
    assert len(pieces) == len(chart.narrow.rows)
    for row, (top, bottom) in zip(chart.narrow.rows, pieces, strict=True):
        assert row.name_y + 4 < top < row.y < bottom  # its letters' feet lie 4 below
        assert bottom <= row.rule_y + NARROW.row


def runs(chart: SlipChart) -> list[tuple[float, float]]:
    """From where to where the line of today goes down."""
    return [(float(top), float(bottom)) for top, bottom in re.findall(r"M\S+ (\S+?)V([\d.]+)", chart.today_line)]


days = st.integers(-500, 1500).map(day)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.tuples(days, days, st.lists(days, max_size=5), st.none() | days), min_size=1, max_size=10))
def test_everything_stays_between_the_names_and_the_figures(
    plan: list[tuple[date, date, list[date], date | None]],
) -> None:
    slips = []
    for n, (first, due, between, sure) in enumerate(plan):
        ways = [first, *between, due]
        moves = tuple(Move(TODAY, a, b) for a, b in pairwise(ways))
        slips.append(Slip(n, f"M{n}", first, due, moves, sure=sure))
    chart = lay_out(slips, today=TODAY)
    assert chart is not None
    assert chart.narrow is not None
    check_places(chart, WIDE.left, WIDE.right)
    check_places(chart.narrow, NARROW.left, NARROW.right)
    for row, other in pairwise(chart.narrow.rows):
        assert row.name_y + 10 <= row.y <= other.rule_y - 10, "the name stands over its line"


def check_places(chart: SlipChart, left: float, right: float) -> None:
    for row in chart.rows:
        xs = [row.first_x, row.finish_x, *([row.sure_x] if row.sure_x is not None else [])]
        xs += [float(x) for hop in row.hops for x in re.findall(r"(?:M|Q)([\d.]+)", hop)]
        assert all(left <= x <= right for x in xs)
        assert chart.frame.top < row.y < chart.frame.bottom
        assert row.slip.days == sum(move.days for move in row.slip.moves)
    assert all(left <= point.x <= right for point in chart.points)
