"""How plans were kept: the worked numbers of docs/algorithms/insights.md, and what holds for all numbers."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.domain.insights import (
    LEAST,
    REASONS,
    Asked,
    By,
    Place,
    Rates,
    Reasons,
    Record,
    Share,
    Slips,
    TooFew,
    Waits,
    by_quarter,
    grouped,
    rates,
    reasons,
    slip,
    slips,
    waits,
)
from milestones.domain.quarters import Quarter, last_quarters, quarter_of
from milestones.domain.signals import RULES

TODAY = date(2026, 11, 24)


def record(first: date, *, due: date | None = None, team: str = "Platform", tier: int = 2, **more: object) -> Record:
    """A milestone that was first due on `first`, and still is unless another `due` is given."""
    place = Place(team, None, tier, quarter_of(first))
    return Record(place, first, due or first, **({"completed": None} | more))  # type: ignore[arg-type]


def september(day: int) -> date:
    return date(2026, 9, day)


WORKED = [
    record(september(1), completed=date(2026, 8, 31)),
    record(september(4), completed=september(4), reasons=frozenset({"risk"})),
    record(september(7), due=september(21), completed=september(18), reasons=frozenset({"scope", "stalled"})),
    record(september(10), due=date(2026, 10, 1), completed=date(2026, 10, 5), reasons=frozenset({"scope"})),
    record(september(14), likely=date(2026, 12, 1), reasons=frozenset({"predecessor"})),
    record(september(18), due=date(2026, 12, 18)),
    record(september(22)),
    record(september(25), is_dropped=True),
]
"""The table of docs/algorithms/insights.md."""


def test_rates_of_the_worked_example() -> None:
    assert rates(WORKED, TODAY) == Rates(
        completed=Share(4, 7), on_time=Share(2, 7), on_time_as_moved=Share(3, 6), moved=3
    )


def test_slips_of_the_worked_example() -> None:
    found = [slip(one, TODAY) for one in WORKED]
    assert [one and one.days for one in found] == [-1, 0, 11, 25, 78, 91, 63, None]
    known = slips(WORKED, TODAY)
    assert isinstance(known, Slips)
    assert (known.median, known.most) == (25, 78)
    assert (known.done, known.still_open, known.at_least, known.unknown) == (4, 3, 2, 0)
    assert [one.count for one in known.buckets] == [0, 1, 1, 0, 1, 1, 0, 3]


def test_reasons_of_the_worked_example() -> None:
    found = reasons(WORKED, TODAY)
    assert found == Reasons(5, (("scope", 2), ("predecessor", 1), ("stalled", 1)), without=2), "the risk was on time"


def test_waits_of_the_worked_example() -> None:
    place = Place("", None, 1, Quarter(2026, 4))
    given_after = [Asked(place, days, is_given=True) for days in (8, 2, 1, 3, 2)]
    assert waits([*given_after, Asked(place, 12, is_given=False)]) == Waits(5, 2, 8, waiting=1, longest=12)
    assert waits(given_after) == Waits(5, 2, 8, waiting=0, longest=0)
    assert waits(given_after[:4]) == TooFew(4)


def test_a_milestone_is_judged_once_its_first_date_has_passed() -> None:
    due_today = [record(TODAY, completed=TODAY - timedelta(days=n)) for n in range(8)]
    assert rates(due_today, TODAY) == TooFew(0)
    assert isinstance(rates(due_today, TODAY + timedelta(days=1)), Rates)


def test_moving_the_date_on_changes_nothing_by_the_first_date() -> None:
    late = [record(september(n), completed=september(n + 9)) for n in range(1, 7)]
    moved = [record(one.first_due, due=september(28), completed=one.completed) for one in late]
    before, after = rates(late, TODAY), rates(moved, TODAY)
    assert isinstance(before, Rates)
    assert isinstance(after, Rates)
    assert before.on_time == after.on_time == Share(0, 6)
    assert (before.on_time_as_moved, after.on_time_as_moved) == (Share(0, 6), Share(6, 6))
    assert after.moved == 6


def test_a_date_that_was_taken_away_is_in_no_rate_by_todays_date() -> None:
    rows = [record(september(n), completed=september(n)) for n in range(1, 8)]
    rows[0] = Record(rows[0].place, rows[0].first_due, None, None)
    found = rates(rows, TODAY)
    assert isinstance(found, Rates)
    assert (found.completed, found.on_time_as_moved, found.moved) == (Share(6, 7), Share(6, 6), 0)


@pytest.mark.parametrize(
    ("one", "days"),
    [
        (record(date(2026, 12, 1)), None),
        (record(date(2026, 12, 1), due=date(2026, 12, 8)), 7),
        (record(date(2026, 12, 1), likely=date(2026, 11, 30)), -1),
        (record(date(2026, 11, 20), likely=date(2026, 11, 10)), 4),
        (record(date(2026, 11, 20), is_dropped=True), None),
    ],
    ids=["nothing says when", "moved on", "foretold early", "never foretold for a day gone by", "dropped"],
)
def test_slips_of_open_milestones(one: Record, days: int | None) -> None:
    found = slip(one, TODAY)
    assert (found and found.days) == days


def test_below_five_nothing_is_said() -> None:
    four = [one for one in WORKED if not one.is_dropped][:4]
    assert LEAST == 5
    assert (rates(four, TODAY), slips(four, TODAY), reasons(four, TODAY)) == (TooFew(4), TooFew(4), TooFew(2))
    assert TooFew(4).words == "too few (4)"


def test_every_reason_is_a_rule_of_health_and_none_says_only_that_it_is_late() -> None:
    used = [rule for _, rules in REASONS.values() for rule in rules]
    assert len(used) == len(set(used))
    assert set(used) <= {rule.id for rule in RULES} - {"overdue", "forecast_late", "slipped"}


def test_groups_stand_in_the_order_of_their_names_never_of_their_figures() -> None:
    rows = [
        record(september(1), team=team, tier=tier) for team, tier in [("web", 3), ("", 1), ("Data", 2), ("Ähre", 1)]
    ]
    assert [word for word, _ in grouped(rows, By.TEAM)] == ["Data", "web", "Ähre", "No team"]
    assert [word for word, _ in grouped(rows, By.TIER)] == ["Tier 1", "Tier 2", "Tier 3"]
    assert [word for word, _ in grouped(rows, By.QUARTER)] == ["Q3 2026"]


DAY = st.integers(-500, 200).map(lambda n: TODAY + timedelta(days=n))
PAST = st.integers(-500, 0).map(lambda n: TODAY + timedelta(days=n))
RECORDS = st.lists(
    st.builds(
        lambda first, due, completed, team, tier, dropped, likely, named: Record(
            Place(team, None, tier, quarter_of(first)), first, due, completed, dropped, likely, named
        ),
        DAY,
        st.none() | DAY,
        st.none() | PAST,
        st.sampled_from(["", "Data", "Platform", "Web"]),
        st.integers(1, 3),
        st.booleans(),
        st.none() | DAY,
        st.frozensets(st.sampled_from(sorted(REASONS))),
    ),
    max_size=60,
)


@given(RECORDS)
def test_rates_lie_between_none_and_all(rows: list[Record]) -> None:
    found = rates(rows, TODAY)
    if isinstance(found, TooFew):
        assert found.have < LEAST
        return
    for share in (found.completed, found.on_time, found.on_time_as_moved):
        if isinstance(share, Share):
            assert 0 <= share.fraction <= 1
            assert share.of >= LEAST
    assert found.on_time.kept <= found.completed.kept
    assert found.moved <= found.completed.of


@given(RECORDS, st.sampled_from(By))
def test_groups_add_up_to_the_whole(rows: list[Record], by: By) -> None:
    groups = grouped(rows, by)
    assert sorted(map(id, chain.from_iterable(some for _, some in groups))) == sorted(map(id, rows))
    assert len({word for word, _ in groups}) == len(groups)


@given(RECORDS)
def test_the_histogram_holds_every_known_slip_once(rows: list[Record]) -> None:
    found = slips(rows, TODAY)
    kept = sum(not one.is_dropped for one in rows)
    if isinstance(found, Slips):
        assert sum(one.count for one in found.buckets) == found.count
        assert found.count + found.unknown == kept
        assert found.at_least <= found.still_open
        assert found.median <= found.most


@given(RECORDS)
def test_half_and_85_of_100_slip_by_no_more_than_is_said(rows: list[Record]) -> None:
    found = slips(rows, TODAY)
    if isinstance(found, Slips):
        days = [one.days for row in rows if (one := slip(row, TODAY))]
        for said, percent in ((found.median, 50), (found.most, 85)):
            assert said in days
            assert 100 * sum(one <= said for one in days) >= percent * len(days)
            assert 100 * sum(one < said for one in days) < percent * len(days)


@given(RECORDS)
def test_the_trend_holds_what_lies_in_its_quarters(rows: list[Record]) -> None:
    quarters = last_quarters(TODAY, 6)
    found = by_quarter(rows, quarters)
    assert [quarter for quarter, _ in found] == list(quarters)
    assert all(one.place.quarter == quarter for quarter, some in found for one in some)
    assert sum(len(some) for _, some in found) == sum(one.place.quarter in quarters for one in rows)
