"""Quarters of the calendar year, by which figures are gathered (pure)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple


class Quarter(NamedTuple):
    """A quarter of a year; quarters compare in time."""

    year: int
    number: int
    """1 to 4."""

    @property
    def words(self) -> str:
        """`Q3 2026`."""
        return f"Q{self.number} {self.year}"

    @property
    def code(self) -> str:
        """`2026-Q3`, as it stands in addresses and files."""
        return f"{self.year}-Q{self.number}"

    @property
    def first_day(self) -> date:
        """1 January, April, July or October."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> date:
        """The day before the next quarter."""
        return self.later(1).first_day - timedelta(days=1)

    def later(self, quarters: int) -> Quarter:
        """The one so many quarters later (before, when negative)."""
        year, rest = divmod(self.year * 4 + self.number - 1 + quarters, 4)
        return Quarter(year, rest + 1)


@lru_cache(maxsize=8_192)
def quarter_of(day: date) -> Quarter:
    """The quarter that holds `day`."""
    return Quarter(day.year, (day.month + 2) // 3)


def quarter_named(code: str) -> Quarter | None:
    """What `Quarter.code` made, or None for anything else."""
    found = re.fullmatch(r"([1-9][0-9]{3})-Q([1-4])", code)
    return Quarter(int(found[1]), int(found[2])) if found else None


def last_quarters(today: date, count: int) -> tuple[Quarter, ...]:
    """The last `count` quarters, oldest first; the one of `today` is the last."""
    now = quarter_of(today)
    return tuple(now.later(n - count + 1) for n in range(count))
