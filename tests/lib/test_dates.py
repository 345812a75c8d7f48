"""Working days and weekly slots."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luna.lib.dates import WeeklyRule, WorkingCalendar, next_slot, slot_instant

DAYS = st.dates(date(2024, 1, 1), date(2034, 12, 31))
ZONES = [
    "UTC",
    "Europe/Lisbon",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Cairo",
]
RULES = st.builds(
    WeeklyRule, st.integers(0, 6), st.times().map(lambda t: t.replace(second=0, microsecond=0)), st.sampled_from(ZONES)
)
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2034, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001  bounds are naive

CHRISTMAS = WorkingCalendar(holidays=frozenset({date(2026, 12, 25)}))


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),
        (date(2026, 11, 23), -1, date(2026, 11, 20)),
    ],
)
def test_adding_working_days(start: date, days: int, end: date) -> None:
    assert CHRISTMAS.add(start, days) == end


@given(DAYS, st.integers(0, 60))
def test_between_undoes_add_from_a_working_day(day: date, days: int) -> None:
    start = CHRISTMAS.add(day, 1)
    assert CHRISTMAS.between(start, CHRISTMAS.add(start, days)) == days


@given(DAYS, st.integers(0, 400), st.frozensets(DAYS, max_size=20), st.frozensets(st.integers(0, 6), min_size=1))
def test_between_counts_day_by_day(start: date, days: int, holidays: frozenset[date], weekdays: frozenset[int]) -> None:
    calendar = WorkingCalendar(weekdays, holidays)
    counted = sum(calendar.is_working_day(start + timedelta(days=n)) for n in range(1, days + 1))
    end = start + timedelta(days=days)
    assert calendar.between(start, end) == counted
    assert calendar.between(end, start) == -counted


@given(RULES, INSTANTS)
def test_the_next_slot_is_a_week_or_less_away_and_on_its_day(rule: WeeklyRule, after: datetime) -> None:
    day, instant = next_slot(rule, after)
    assert day.weekday() == rule.weekday
    assert after < instant <= after + timedelta(days=7, hours=2)


@given(RULES, INSTANTS)
def test_slots_follow_each_other_without_gap_or_double(rule: WeeklyRule, after: datetime) -> None:
    day, instant = next_slot(rule, after)
    following_day, following = next_slot(rule, instant)
    assert following_day - day == timedelta(days=7)
    assert timedelta(days=6, hours=22) <= following - instant <= timedelta(days=7, hours=2)


def test_a_time_in_the_spring_gap_is_shifted_and_in_the_autumn_fold_comes_first() -> None:
    rule = WeeklyRule(6, time(1, 30), "Europe/Lisbon")
    assert slot_instant(rule, date(2026, 3, 29)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert slot_instant(rule, date(2026, 10, 25)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_every_zone_has_its_slots() -> None:
    after = datetime(2026, 3, 1, tzinfo=UTC)
    for zone in sorted(available_timezones()):
        day, instant = next_slot(WeeklyRule(0, time(9), zone), after)
        assert instant.astimezone(ZoneInfo(zone)).date() == day
