"""What the sample company is made of, where that follows from the day on which it is loaded."""

from __future__ import annotations

from datetime import date

import pytest

from luna.demo.load import days_off
from luna.demo.past_launches import PAST


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 11, 22), date(2026, 12, 31)])
def test_its_holidays_are_those_of_the_last_winter_and_the_coming_one(today: date) -> None:
    winters = [[*(date(year, 12, day) for day in (24, 25, 26, 31)), date(year + 1, 1, 1)] for year in (2025, 2026)]
    assert sorted(days_off(today)) == [day for winter in winters for day in winter]
    assert all(days_off(today).values())


def test_an_approval_is_given_before_its_milestone_is_completed_on_every_day_of_the_week() -> None:
    """What is completed on a weekend is completed on the Friday before."""
    for plan in PAST:
        done = {step.name: step.done for step in plan.steps}
        for title, milestone, _, asked, given in plan.given:
            completed = done[milestone]
            assert completed is not None
            assert asked < given <= completed - 2, title
