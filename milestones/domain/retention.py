"""Which days of what is kept are let go: daily for five weeks, then one a week for a year."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from luna.lib.dates import iso_week

EVERY_DAY_FOR = timedelta(weeks=5)
ONE_A_WEEK_FOR = timedelta(days=365)


def days_to_drop(days: Iterable[date], today: date) -> set[date]:
    """Those that are too old, and of each ISO week's days before the last five weeks all but the first.

    A week's first day stands for it until it is too old itself; none of its later days takes its place then, so that
    letting go once a day and letting go once a month keep the same.
    """
    begun: set[tuple[int, int]] = set()
    dropped: set[date] = set()
    for day in sorted(days):
        age = today - day
        if age <= EVERY_DAY_FOR:
            break
        if age > ONE_A_WEEK_FOR or iso_week(day) in begun:
            dropped.add(day)
        begun.add(iso_week(day))
    return dropped
