"""Estimates as people write them."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.sources.upload.durations import HOURS_OF, hours_of


@pytest.mark.parametrize(
    ("value", "hours"),
    [
        ("3", 3), ("2,5", 2.5), (" 1.5 ", 1.5), (4, 4), (0, 0), ("0h", 0),
        ("3h", 3), ("1d 4h", 12), ("90m", 1.5), ("1d4h30m", 12.5), ("1w", 40), ("1w 2d", 56), ("2 D", 16),
        ("1.5 hours", 1.5), ("1,5h", 1.5), ("1 day, 30 min.", 8.5), ("2 hrs 15 minutes", 2.25),
        ("45 mins", 0.75), ("30m 1h", 1.5), (timedelta(minutes=90), 1.5), (time(0, 45), 0.75),
    ],
)  # fmt: skip
def test_what_is_read(value: Any, hours: float) -> None:
    assert hours_of(value) == pytest.approx(hours)


@pytest.mark.parametrize(
    "value",
    ["two", "3h later", "h", "1h 2h", "3x", "1:30", "3 months", "-1h", "", "d", "1d-4h", "nan h", True, None, [3], {}],
)
def test_what_is_not_says_how_to_write_it(value: Any) -> None:
    with pytest.raises(ValueError, match="3h, 1d 4h or 90m; a day is 8 hours"):
        hours_of(value)


@pytest.mark.parametrize("value", [-1, "nan", "inf", "9999w", 10**6, timedelta(hours=-1)])
def test_what_lies_outside_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="from 0 to 100,000 hours"):
        hours_of(value)


@given(st.dictionaries(st.sampled_from(sorted(HOURS_OF)), st.integers(0, 99), min_size=1))
def test_every_writing_in_these_units_is_their_sum(parts: dict[str, int]) -> None:
    words = " ".join(f"{number}{unit}" for unit, number in parts.items())
    assert hours_of(words) == pytest.approx(sum(number * HOURS_OF[unit] for unit, number in parts.items()))
