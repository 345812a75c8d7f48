"""What the sample company is made of, where that follows from the day on which it is loaded."""

from __future__ import annotations

from datetime import date

import pytest

from luna.demo.load import days_off


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 11, 22), date(2026, 12, 31)])
def test_its_holidays_are_those_of_the_last_winter_and_the_coming_one(today: date) -> None:
    winters = [[*(date(year, 12, day) for day in (24, 25, 26, 31)), date(year + 1, 1, 1)] for year in (2025, 2026)]
    assert sorted(days_off(today)) == [day for winter in winters for day in winter]
    assert all(days_off(today).values())
