"""Where everything stands in the timeline."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.domain.timeline import HEAD, LABELS, ROW, WIDTH, Drawing, Item, draw

TODAY = date(2026, 11, 23)
BETA = Item(1, "Beta", date(2026, 11, 2), date(2026, 12, 4))
PILOT = Item(2, "Pilot", date(2026, 12, 14), date(2027, 1, 22))


def test_bars_end_at_diamonds_and_rows_stand_below_each_other() -> None:
    beta, pilot = draw([BETA, PILOT], [], today=TODAY).marks

    assert (beta.y, pilot.y) == (HEAD + ROW // 2, HEAD + ROW + ROW // 2)
    assert beta.bar_x is not None
    assert beta.x == pytest.approx(beta.bar_x + beta.bar_width)


def test_time_runs_to_the_right_at_one_pace() -> None:
    drawing = draw([BETA, PILOT], [], today=TODAY)
    beta, pilot = drawing.marks
    assert beta.x
    assert pilot.x

    per_day = (pilot.x - beta.x) / (date(2027, 1, 22) - date(2026, 12, 4)).days

    assert beta.x - drawing.today_x == pytest.approx(per_day * 11, abs=0.3)


def test_months_are_named_and_weeks_in_short_plans() -> None:
    words = [tick.word for tick in draw([BETA, PILOT], [], today=TODAY).ticks]
    assert words == ["November", "December", "January 2027"]

    short = draw([Item(1, "Soon", None, date(2026, 11, 27))], [], today=TODAY)
    assert short.ticks[0].word == "16 Nov"


def test_a_dependency_runs_from_diamond_to_the_start_of_what_waits() -> None:
    drawing = draw([BETA, PILOT], [(1, 2), (1, 99)], today=TODAY)
    beta, pilot = drawing.marks
    (arrow,) = drawing.arrows

    assert arrow.path == f"M{beta.x:g} {beta.y:g}H{pilot.bar_x:g}V{pilot.y - 7:g}"
    assert arrow.is_tight is False


def test_a_start_before_the_predecessor_is_due_is_marked() -> None:
    early = Item(2, "Pilot", date(2026, 12, 1), date(2027, 1, 22))

    assert [arrow.is_tight for arrow in draw([BETA, early], [(1, 2)], today=TODAY).arrows] == [True]


def test_what_has_no_date_keeps_its_row_and_has_no_arrow() -> None:
    drawing = draw([BETA, Item(3, "Undated", None, None)], [(1, 3)], today=TODAY)

    assert drawing.marks[1].x is None
    assert drawing.arrows == ()


def test_a_completed_milestone_stands_on_the_day_it_was_completed_and_shows_its_baseline() -> None:
    moved = Item(1, "Beta", None, date(2026, 12, 4), baseline=date(2026, 11, 27), completed=date(2026, 12, 1))
    (mark,) = draw([moved], [], today=TODAY).marks
    (plain,) = draw([Item(1, "Beta", None, date(2026, 12, 4), baseline=date(2026, 12, 4))], [], today=TODAY).marks

    assert mark.baseline_x is not None
    assert mark.x is not None
    assert mark.baseline_x < mark.x
    assert plain.baseline_x is None


def test_a_long_name_is_cut() -> None:
    (mark,) = draw([Item(1, "A" * 60, None, TODAY)], [], today=TODAY).marks

    assert len(mark.label) == 34
    assert mark.label.endswith("…")


days = st.none() | st.dates(date(2024, 1, 1), date(2029, 1, 1))
items = st.lists(st.tuples(days, days, days, days), max_size=8).map(
    lambda rows: [Item(n, f"M{n}", *row) for n, row in enumerate(rows)]
)


@given(items, st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=6))
def test_everything_stays_inside_the_drawing(plan: list[Item], links: list[tuple[int, int]]) -> None:
    drawing: Drawing = draw(plan, links, today=TODAY)

    xs = [drawing.today_x, *(tick.x for tick in drawing.ticks)]
    for mark in drawing.marks:
        xs += [x for x in (mark.x, mark.bar_x, mark.baseline_x) if x is not None]
        assert mark.bar_width >= 0
    assert all(LABELS <= x <= WIDTH for x in xs)
    for arrow in drawing.arrows:
        assert re.fullmatch(r"M[\d.]+ [\d.]+(H[\d.]+V[\d.]+){1,2}", arrow.path)


def test_an_empty_launch_still_has_an_axis() -> None:
    drawing = draw([], [], today=TODAY)

    assert drawing.marks == ()
    assert LABELS < drawing.today_x < WIDTH
    assert draw([], [], today=TODAY + timedelta(days=1)).today_x == drawing.today_x
