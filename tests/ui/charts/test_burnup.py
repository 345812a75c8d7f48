"""The burn-up: lines that keep their order, a cone that widens, points that say what the table says."""

from __future__ import annotations

import re
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from luna.ui.charts.burnup import FRAME, NARROW, BurnUp, Count, Plan, lay_out

TODAY = date(2026, 11, 23)


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


COUNTS = [Count(day(-49), 0, 16), Count(day(-21), 8, 16), Count(day(-7), 11, 19), Count(day(0), 13, 21)]
PLAN = Plan(TODAY, due=day(11), baseline=day(4), likely=(day(21), day(28), day(36)))


def places(path: str) -> list[float]:
    return [float(found) for found in re.findall(r"[\d.]+", path)]


def drawn(counts: list[Count], plan: Plan = PLAN) -> BurnUp:
    drawing = lay_out(counts, plan)
    assert drawing is not None
    return drawing


def test_the_drawing_in_words_and_as_a_table() -> None:
    drawing = drawn(COUNTS)
    assert drawing.label == (
        "Burn-up since Monday 5 October 2026: 13 of 21 tasks done, scope grew from 16 to 21, "
        "due Friday 4 December 2026, likely Monday 14 December 2026, "
        "85 % sure Monday 21 December 2026, 95 % sure Tuesday 29 December 2026"
    )
    assert [(row.done, row.scope, row.came) for row in drawing.rows] == [
        (0, 16, 0), (0, 16, 0), (0, 16, 0), (0, 16, 0), (8, 16, 0), (8, 16, 0), (11, 19, 3), (13, 21, 2),
    ]  # fmt: skip
    assert drawing.points[6].words == "Mon 16 Nov: 11 of 19 tasks done, 3 tasks came"
    assert [one.said for one in drawing.above] == ["Today", "Baseline 27 Nov", "Due 4 Dec"]
    assert [one.said for one in drawing.below] == ["Likely 14 Dec", "85 % sure 21 Dec", "95 % sure 29 Dec"]
    assert [one.words for one in drawing.labels] == ["21 in scope", "13 done"]


def test_points_and_rows_are_the_same_figures() -> None:
    drawing = drawn(COUNTS)
    assert len(drawing.points) == len(drawing.rows)
    for point, row in zip(drawing.points, drawing.rows, strict=True):
        assert f"{row.done} of {row.scope} tasks" in point.words


def test_there_is_no_drawing_before_the_second_day_with_tasks() -> None:
    assert lay_out([Count(TODAY, 1, 3)], Plan(TODAY)) is None
    assert lay_out([Count(day(-3), 0, 0), Count(TODAY, 0, 0)], Plan(TODAY)) is None


def test_without_a_forecast_or_with_all_done_there_is_no_cone() -> None:
    assert drawn(COUNTS, Plan(TODAY)).cone_85 == ""
    all_done = drawn([*COUNTS[:-1], Count(TODAY, 21, 21)])
    assert all_done.cone_85 == all_done.cone_95 == ""
    assert len(all_done.below) == 3


def test_what_lies_beyond_the_horizon_reaches_the_edge() -> None:
    drawing = drawn(COUNTS, Plan(TODAY, likely=(day(21), day(28), None)))
    assert max(places(drawing.cone_95)) == FRAME.right
    assert [one.word for one in drawing.below] == ["Likely", "85 % sure"]


def test_a_95_percent_sure_far_away_is_cut_at_the_edge_instead_of_squeezing_the_rest() -> None:
    drawing = drawn(COUNTS, Plan(TODAY, likely=(day(21), day(28), day(186))))
    *_, edge, reached = places(drawing.cone_95)
    assert edge == FRAME.right
    assert drawing.scope_y < reached < drawing.points[-1].y
    assert [one.word for one in drawing.below] == ["Likely", "85 % sure"]
    assert drawing.label.endswith("95 % sure Friday 28 May 2027")


def test_a_completed_one_ends_on_its_day() -> None:
    drawing = drawn(COUNTS, Plan(day(9), due=day(11), completed=TODAY))
    assert [one.said for one in drawing.above] == ["Completed 23 Nov", "Due 4 Dec"]
    assert not drawing.scope_path.endswith(f"H{FRAME.right:g}")


def test_years_of_history_begin_with_how_it_stood_a_year_ago() -> None:
    drawing = drawn([Count(day(-2000), 0, 5), Count(day(-900), 3, 6), *COUNTS])
    assert (drawing.rows[0].day, drawing.rows[0].done, drawing.rows[0].scope) == (day(-365), 3, 6)
    assert len(drawing.rows) <= 14


histories = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=30)
near = st.none() | st.integers(0, 900)


@settings(deadline=None)  # the machine may be busy
@given(histories, st.lists(st.integers(0, 1500), min_size=3, max_size=3).map(sorted), near, near)
def test_everything_is_inside_lines_rise_and_the_cone_widens(
    history: list[tuple[int, int, int]], likely: list[int], due: int | None, baseline: int | None
) -> None:
    on, done, scope, counts = 0, 0, 0, []
    for gap, came, finished in history:
        on, scope = on + gap, scope + came
        done = min(done + finished, scope)
        counts.append(Count(day(on), done, scope))
    now = on + 1
    counts.append(Count(day(now), done, scope))
    plan = Plan(
        day(now),
        None if due is None else day(now + due - 300),
        None if baseline is None else day(now + baseline - 300),
        None,
        (day(now + likely[0]), day(now + likely[1]), day(now + likely[2])),
    )
    drawing = lay_out(counts, plan)
    if drawing is None:
        assert scope == 0
        return
    assert drawing.narrow is not None
    for one in (drawing, drawing.narrow):
        check_places(one)
    assert drawing.frame == FRAME
    assert drawing.narrow.frame == NARROW
    assert [" ".join(point.lines) for point in drawing.narrow.points] == [point.words for point in drawing.points]


def check_places(drawing: BurnUp) -> None:
    frame = drawing.frame
    xs = [point.x for point in drawing.points]
    ys = [point.y for point in drawing.points]
    assert xs == sorted(xs)
    assert ys == sorted(ys, reverse=True)
    assert 1 <= len(drawing.points) <= 14
    assert all(frame.left <= x <= frame.right for x in xs)
    assert all(frame.top <= y <= frame.bottom for y in ys)
    for row in (drawing.above, drawing.below):
        assert all(frame.left <= one.x <= frame.right for one in row)
    if drawing.cone_95:
        inner, outer = places(drawing.cone_85), places(drawing.cone_95)
        assert inner[:4] == outer[:4]
        assert xs[-1] <= inner[2] <= max(inner[4::2]) <= max(outer[4::2]) <= frame.right
        assert inner[3] <= min(outer[5::2])
