"""Working days, ISO weeks and weekly slots. Days are dates, instants are aware datetimes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MONDAY_TO_FRIDAY: frozenset[int] = frozenset(range(5))


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days count: ISO weekdays as 0 (Monday) to 6, without holidays."""

    weekdays: frozenset[int] = MONDAY_TO_FRIDAY
    holidays: frozenset[date] = field(default_factory=frozenset)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on `day`."""
        return day.weekday() in self.weekdays and day not in self.holidays

    def add(self, day: date, working_days: int) -> date:
        """The day `working_days` working days after `day` (before it, when negative); 0 gives `day` itself."""
        step = timedelta(days=1 if working_days >= 0 else -1)
        left = abs(working_days)
        while left:
            day += step
            if self.is_working_day(day):
                left -= 1
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days lie in (start, end]; negative when `end` is before `start`."""
        if end < start:
            return -self.between(end, start)
        weeks, rest = divmod((end - start).days, 7)
        odd_days = sum((start.weekday() + n) % 7 in self.weekdays for n in range(1, rest + 1))
        free = sum(start < day <= end and day.weekday() in self.weekdays for day in self.holidays)
        return weeks * len(self.weekdays) + odd_days - free


def calendar_of(weekdays: Collection[int], holidays: Collection[date] = ()) -> WorkingCalendar:
    """A calendar of `weekdays` (never empty: Monday to Friday then) and `holidays`."""
    return WorkingCalendar(frozenset(weekdays) or MONDAY_TO_FRIDAY, frozenset(holidays))


def iso_week(day: date) -> tuple[int, int]:
    """ISO year and week of `day`."""
    year, week, _ = day.isocalendar()
    return year, week


@dataclass(frozen=True)
class WeeklyRule:
    """Once a week: ISO weekday 0 (Monday) to 6, local time, IANA zone."""

    weekday: int
    at: time
    zone: str


def slot_instant(rule: WeeklyRule, day: date) -> datetime:
    """The UTC instant of the rule's slot on the local `day`.

    In the spring gap the slot is at the shifted time, in the autumn fold at the first of the two (fold=0).
    """
    return datetime.combine(day, rule.at, tzinfo=ZoneInfo(rule.zone)).astimezone(UTC)


def next_slot(rule: WeeklyRule, after: datetime) -> tuple[date, datetime]:
    """The first slot strictly after the instant `after`: its local day (the slot's key) and its instant in UTC."""
    day = after.astimezone(ZoneInfo(rule.zone)).date() - timedelta(days=1)
    while True:
        if day.weekday() == rule.weekday and slot_instant(rule, day) > after:
            return day, slot_instant(rule, day)
        day += timedelta(days=1)
