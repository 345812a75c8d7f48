"""The probability curve: it never falls, stays in its frame, ends where the figures do, and its table says the same."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from luna.ui.charts.axis import wide
from luna.ui.charts.curve import FRAME, NARROW, Curve, Wanted, lay_out

TODAY = date(2026, 11, 23)
PER_CENTS = range(5, 100, 5)
few = st.lists(st.integers(0, 200), min_size=5, max_size=5)


def days_of(gaps: list[int], out_of_sight: int = 0) -> list[tuple[int, date | None]]:
    """The 19 days, so many days apart; the last ones unknown."""
    days: list[date | None] = []
    day = TODAY
    for gap in gaps:
        day += timedelta(days=gap)
        days.append(day)
    return list(zip(PER_CENTS, [*days[: 19 - out_of_sight], *[None] * out_of_sight], strict=False))


def corners(chart: Curve) -> list[tuple[float, float]]:
    pairs = [pair.split() for pair in chart.path[1:].split("L")]
    return [(float(x), float(y)) for x, y in pairs]


def drawn(gaps: list[int], wanted: Wanted | None = None, out_of_sight: int = 0) -> Curve:
    chart = lay_out(days_of(gaps, out_of_sight), wanted=wanted, today=TODAY)
    assert chart is not None
    return chart


def test_it_says_the_days_in_words_and_the_due_date_with_its_chance() -> None:
    due = Wanted("Due", date(2026, 12, 11), 0.93, "93 %")
    chart = drawn([1] * 19, due)

    assert [one.words for one in chart.above] == ["Today", "Due 11 Dec: 93 %"]
    assert [one.words for one in chart.below] == ["Likely 3 Dec", "85 % sure 10 Dec", "95 % sure 12 Dec"]
    assert [(row.words, row.chance) for row in chart.rows[-3:]] == [
        ("Thu 10 Dec", "85 %"),
        ("Fri 11 Dec, due", "93 %"),
        ("Sat 12 Dec", "95 %"),
    ]
    assert chart.points[4].words == "50 % chance by Thu 3 Dec"
    assert chart.points[-1].words == "95 % sure by Sat 12 Dec"
    html = render_to_string("_shared/chart_curve.html", {"chart": chart})
    for row in chart.rows:
        assert f'<th scope="row">{row.words}</th><td>{row.chance}</td>' in html
    assert html.count('class="point') == 2 * len(chart.points), "the wide drawing and the narrow one"


def test_one_day_for_all_is_one_point_and_one_mark() -> None:
    chart = drawn([3] + [0] * 18)
    assert [point.words for point in chart.points] == ["95 % sure by Thu 26 Nov"]
    assert [one.words for one in chart.below] == ["95 % sure 26 Nov"]


def test_what_is_out_of_sight_ends_the_line_and_nothing_known_is_no_drawing() -> None:
    chart = drawn([5] * 19, out_of_sight=9)
    assert chart.ends_early
    assert [one.words for one in chart.below] == ["Likely 12 Jan"]
    assert lay_out(days_of([1] * 19, 19), wanted=None, today=TODAY) is None


@pytest.mark.parametrize(("chance", "words"), [(1.0, ">95 %"), (0.0, "<1 %")])
def test_no_chance_bends_the_line_where_it_is_not_drawn(chance: float, words: str) -> None:
    far = Wanted("Due", TODAY + timedelta(days=300), chance, words)
    assert corners(drawn([1] * 19, far)) == corners(drawn([1] * 19, Wanted("Due", far.day)))


@given(few, st.integers(0, 4), st.integers(-200, 900), st.none() | st.floats(0, 1))
def test_it_never_falls_and_nothing_leaves_the_drawing(
    gaps: list[int], out_of_sight: int, due_in: int, chance: float | None
) -> None:
    due = TODAY + timedelta(days=due_in)
    days = list(zip((5, 20, 50, 85, 95), [day for _, day in days_of(gaps)], strict=False))
    days = [(per_cent, None if n >= 5 - out_of_sight else day) for n, (per_cent, day) in enumerate(days)]
    if chance is not None:  # as the draws have it: on a day whose chance it is
        low = max([per_cent / 100 for per_cent, day in days if day and day <= due], default=0.0)
        high = min([per_cent / 100 for per_cent, day in days if day is None or day > due], default=1.0)
        chance = low + (high - low) * chance * 0.99
    chart = lay_out(days, wanted=Wanted("Due", due, chance, "some"), today=TODAY)
    assert chart is not None
    assert chart.narrow is not None
    for one, frame in ((chart, FRAME), (chart.narrow, NARROW)):
        assert one.frame == frame
        check_places(one)
    assert [" ".join(point.lines) for point in chart.narrow.points] == [point.words for point in chart.points]


def check_places(chart: Curve) -> None:
    frame = chart.frame
    for (x, y), (next_x, next_y) in pairwise(corners(chart)):
        assert x <= next_x
        assert y >= next_y
    for x, y in [*corners(chart), *((point.x, point.y) for point in chart.points)]:
        assert frame.left <= x <= frame.right
        assert frame.top <= y <= frame.bottom
    for marks in (chart.above, chart.below):
        for one, following in pairwise(marks):
            assert following.label_x - one.label_x >= (wide(one.words) + wide(following.words)) / 2
