"""Form fields clean and bound what people type."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from luna.ui.fields import DayField, LineField


@pytest.mark.parametrize("typed", ["0202-01-01", "1999-12-31", "2101-01-01", "9999-12-31", "2026-02-30", "tomorrow"])
def test_a_slip_of_a_year_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError):
        DayField().clean(typed)


def test_a_day_of_this_century_is_taken() -> None:
    assert DayField().clean("2026-12-04") == date(2026, 12, 4)


def test_a_line_is_cleaned() -> None:
    assert LineField().clean(" two\nlines\x00 ") == "two lines"
