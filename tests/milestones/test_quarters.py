"""Quarters of the year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.domain.quarters import Quarter, last_quarters, quarter_named, quarter_of

DAYS = st.dates(date(1900, 1, 1), date(2999, 12, 31))


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2026, 1, 1), "2026-Q1"),
        (date(2026, 3, 31), "2026-Q1"),
        (date(2026, 4, 1), "2026-Q2"),
        (date(2026, 12, 31), "2026-Q4"),
    ],
)
def test_a_day_belongs_to_the_quarter_of_its_month(day: date, code: str) -> None:
    assert quarter_of(day).code == code
    assert quarter_named(code) == quarter_of(day)


@pytest.mark.parametrize(
    "code", ["", "2026", "2026-Q5", "2026-Q0", "26-Q1", "2026-q1", "2026-Q1 ", "0026-Q1", "٢٠٢٦-Q1"]
)
def test_what_names_no_quarter(code: str) -> None:
    assert quarter_named(code) is None


def test_the_last_six_end_with_todays() -> None:
    codes = [quarter.code for quarter in last_quarters(date(2026, 11, 24), 6)]
    assert codes == ["2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]


@given(DAYS)
def test_quarters_cover_the_days_without_a_gap(day: date) -> None:
    quarter = quarter_of(day)
    assert quarter.first_day <= day <= quarter.last_day
    assert quarter_of(quarter.last_day + timedelta(days=1)) == quarter.later(1)


@given(DAYS, st.integers(-40, 40))
def test_going_there_and_back(day: date, count: int) -> None:
    quarter = quarter_of(day)
    assert quarter.later(count).later(-count) == quarter
    assert (quarter.later(count) > quarter) == (count > 0)


def test_words() -> None:
    assert Quarter(2026, 3).words == "Q3 2026"
