"""Axes: scales that keep the order, ticks that stand inside, words that do not meet."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from luna.ui.charts.axis import LINE, DayAxis, apart, area_path, day_axis, line_path, step_path, value_axis, wide

FIRST = date(2026, 11, 23)
spans = st.integers(1, 9000)
lengths = st.floats(120, 1200)
offsets = st.integers(-400, 1000).map(timedelta)


def axis_of(span: int, length: float) -> DayAxis:
    return DayAxis(FIRST, FIRST + timedelta(days=span), 30.0, 30.0 + length)


@settings(deadline=None)  # the machine may be busy
@given(spans, lengths, st.lists(offsets, min_size=2).map(sorted))
def test_a_later_day_never_stands_before_an_earlier_one_and_none_outside(
    span: int, length: float, some: list[timedelta]
) -> None:
    axis = axis_of(span, length)
    places = [axis.at(FIRST + one) for one in some]
    assert places == sorted(places)
    assert all(30 <= place <= 30 + length + 0.05 for place in places)


@settings(deadline=None)  # the machine may be busy
@example(1074, 120.0)
@given(spans, lengths)
def test_the_ticks_of_days_are_inside_and_their_words_do_not_meet(span: int, length: float) -> None:
    axis = axis_of(span, length)
    ticks = axis.ticks()
    assert ticks
    for one, other in pairwise(ticks):
        assert one.at < other.at
        assert other.label_at - wide(other.word) / 2 >= one.label_at + wide(one.word) / 2
    for tick in ticks:
        assert axis.begin <= tick.at <= axis.end + 0.05
        assert axis.begin - 0.1 <= tick.label_at - wide(tick.word) / 2
        assert tick.label_at + wide(tick.word) / 2 <= axis.end + 0.1


@settings(deadline=None)  # the machine may be busy
@given(spans, lengths)
def test_upright_words_have_two_lines_each(span: int, length: float) -> None:
    axis = DayAxis(FIRST, FIRST + timedelta(days=span), 30.0 + length, 30.0)
    ticks = axis.upright_ticks()
    assert ticks
    assert all(one.at - other.at >= 2 * LINE for one, other in pairwise(ticks))


@pytest.mark.parametrize(
    ("span", "length", "words"),
    [
        (4, 300, ["23 Nov", "24 Nov", "25 Nov", "26 Nov", "27 Nov"]),
        (30, 300, ["23 Nov", "30 Nov", "7 Dec", "14 Dec", "21 Dec"]),
        (60, 300, ["23 Nov", "7 Dec", "21 Dec", "4 Jan", "18 Jan"]),
        (150, 500, ["Dec 2026", "Jan 2027", "Feb", "Mar", "Apr"]),
        (500, 330, ["Q1 2027", "Q2", "Q3", "Q4", "Q1 2028", "Q2"]),
        (2000, 400, ["2027", "2028", "2029", "2030", "2031", "2032"]),
    ],
)
def test_days_weeks_months_quarters_and_years_as_there_is_room(span: int, length: float, words: list[str]) -> None:
    assert [tick.word for tick in axis_of(span, length).ticks()] == words


def test_an_axis_holds_all_its_days_and_some_room() -> None:
    axis = day_axis([FIRST, FIRST + timedelta(days=3)], 0, 100, room=2)
    assert (axis.first, axis.last) == (FIRST - timedelta(days=2), FIRST + timedelta(days=5))
    assert axis.holds(FIRST - timedelta(days=2))
    assert not axis.holds(FIRST + timedelta(days=6))
    assert day_axis([FIRST], 0, 100).last > FIRST


@settings(deadline=None)  # the machine may be busy
@given(st.integers(-500, 500), st.integers(0, 5000), st.floats(60, 500))
def test_values_stand_between_round_ticks(low: int, more: int, length: float) -> None:
    axis = value_axis(low, low + more, 30 + length, 30)
    assert axis.low <= low
    assert axis.high >= low + more
    ticks = axis.ticks()
    assert 2 <= len(ticks) <= max(length / 28, 2) + 1
    assert [tick.at for tick in ticks] == sorted((tick.at for tick in ticks), reverse=True)
    assert float(axis.step).is_integer()
    assert f"{axis.step:.0e}"[0] in "125"
    places = [axis.at(low + more * share / 10) for share in range(11)]
    assert places == sorted(places, reverse=True)


@pytest.mark.parametrize(
    ("low", "high", "is_whole", "words"),
    [
        (0, 21, True, ["0", "5", "10", "15", "20", "25"]),
        (0, 1, True, ["0", "1"]),
        (0, 0, True, ["0", "1"]),
        (0, 1, False, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (-9, 30, True, ["-10", "0", "10", "20", "30"]),
        (0, 4200, True, ["0", "1,000", "2,000", "3,000", "4,000", "5,000"]),
    ],
)
def test_ticks_of_values_are_numbers_people_count_in(low: float, high: float, is_whole: bool, words: list[str]) -> None:
    assert [tick.word for tick in value_axis(low, high, 180, 10, is_whole=is_whole).ticks()] == words


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.tuples(st.floats(0, 400), st.floats(5, 40)), min_size=1, max_size=8))
def test_labels_are_kept_apart_and_inside(labels: list[tuple[float, float]]) -> None:
    labels.sort()
    sizes = [size for _, size in labels]
    places = apart([place for place, _ in labels], sizes, 0, 400)
    for n in range(1, len(places)):
        assert places[n] - places[n - 1] >= (sizes[n] + sizes[n - 1]) / 2 + 7.8
    assert places[0] - sizes[0] / 2 >= -0.1
    assert places[-1] + sizes[-1] / 2 <= 400.1


def test_labels_with_room_stay_where_they_are_wanted() -> None:
    assert apart([50, 200], [20, 20], 0, 400) == (50, 200)


def test_paths_go_from_place_to_place() -> None:
    places = [(1.0, 9.0), (4.5, 3.0)]
    assert line_path(places) == "M1 9L4.5 3"
    assert step_path(places) == "M1 9H4.5V3"
    assert area_path(places, [(1.0, 9.0), (4.5, 8.0)]) == "M1 9L4.5 3L4.5 8L1 9Z"
    assert line_path([]) == step_path([]) == area_path([], []) == ""
