"""Which days of what is kept are let go: daily for five weeks, then one a week for a year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from luna.lib.dates import iso_week

EVERY_DAY_FOR = timedelta(weeks=5)
ONE_A_WEEK_FOR = timedelta(days=365)


def days_to_drop(days: Iterable[date], today: date) -> set[date]:
    """Those that are too old, and of each ISO week that ended more than five weeks ago all but its first."""
    kept: set[tuple[int, int]] = set()
    dropped: set[date] = set()
    for day in sorted(days):
        age = today - day
        if age <= EVERY_DAY_FOR:
            break
        if age > ONE_A_WEEK_FOR or iso_week(day) in kept:
            dropped.add(day)
        else:
            kept.add(iso_week(day))
    return dropped
