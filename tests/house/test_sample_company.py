"""What the sample company is made of, where that follows from the day on which it is loaded."""

from __future__ import annotations

from datetime import date

import pytest

from luna.demo.load import days_off


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 11, 22), date(2026, 12, 31)])
def test_its_holidays_are_those_of_the_coming_winter(today: date) -> None:
    december = [date(2026, 12, day) for day in (24, 25, 26, 31)]
    assert list(days_off(today)) == [*december, date(2027, 1, 1)]
    assert all(days_off(today).values())
