"""The drawing of a plan: everything inside, in time, and what has no place counted."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reports.content.document import Plan, PlanItem
from reports.content.plans import when_words
from reports.renderers.plan_chart import WIDTH, lay_out

_TODAY = date(2026, 11, 23)
_DAYS = st.none() | st.dates(_TODAY - timedelta(days=500), _TODAY + timedelta(days=1500))
_ITEMS = st.builds(
    PlanItem, st.text(min_size=1, max_size=80), group=st.sampled_from(["", "A", "B"]), start=_DAYS, due=_DAYS,
    done=_DAYS, progress=st.floats(-1, 2), mark=st.sampled_from(["ok", "warn", "bad", "done", "paused", ""]),
)  # fmt: skip


@given(st.lists(_ITEMS, max_size=80))
def test_everything_is_inside_and_counted(items: list[PlanItem]) -> None:
    chart = lay_out(Plan(tuple(items), _TODAY))
    if chart is None:
        return
    assert len(chart.bars) + chart.left_out == len(items)
    places = [chart.today_x, *(bar.x for bar in chart.bars), *(tick.x for tick in chart.ticks)]
    places += [bar.start_x for bar in chart.bars if bar.start_x is not None]
    assert all(226 <= x <= WIDTH for x in places)
    assert all(
        bar.start_x <= bar.filled_x <= bar.x
        for bar in chart.bars
        if bar.start_x is not None and bar.filled_x is not None
    )
    rows = [*(bar.y for bar in chart.bars), *(group.y for group in chart.groups)]
    assert len(set(rows)) == len(rows)
    assert all(0 < y < chart.foot for y in rows)


def test_later_stands_further_to_the_right() -> None:
    items = tuple(PlanItem(f"M{n}", due=_TODAY + timedelta(days=20 * n)) for n in range(5))
    chart = lay_out(Plan(items, _TODAY))
    assert chart
    places = [bar.x for bar in chart.bars]
    assert places == sorted(set(places))
    assert places[0] == chart.today_x


def test_months_become_quarters_where_there_are_many() -> None:
    short = lay_out(Plan((PlanItem("A", due=_TODAY), PlanItem("B", due=_TODAY + timedelta(days=60))), _TODAY))
    long = lay_out(Plan((PlanItem("A", due=_TODAY), PlanItem("B", due=_TODAY + timedelta(days=900))), _TODAY))
    assert short
    assert long
    assert [tick.word for tick in short.ticks] == ["Dec 2026", "Jan 2027"]
    assert long.ticks[0].word == "Q1 2027"
    assert all(tick.word.startswith("Q") for tick in long.ticks if tick.word)


def test_one_day_alone_is_no_drawing() -> None:
    assert lay_out(Plan((PlanItem("A", due=_TODAY), PlanItem("B")), _TODAY)) is None


def test_wide_letters_take_two_places() -> None:
    chart = lay_out(Plan((PlanItem("予" * 40, due=_TODAY), PlanItem("x" * 40, due=_TODAY)), _TODAY))
    assert chart
    assert [len(bar.label) for bar in chart.bars] == [16, 33]


def test_a_date_in_words() -> None:
    day = date(2026, 11, 20)
    assert when_words(PlanItem("A", due=day), _TODAY) == "Fri 20 Nov, 3 days late"
    assert when_words(PlanItem("A", due=day, done=date(2026, 11, 19)), _TODAY) == "done Thu 19 Nov"
    assert when_words(PlanItem("A", due=_TODAY), _TODAY) == "Mon 23 Nov"
    assert when_words(PlanItem("A"), _TODAY) == "no date"
