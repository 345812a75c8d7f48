"""Every way in which a service says when to come back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luna.lib.retry_after import LONGEST, retry_time

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "after"),
    [
        ("30", timedelta(seconds=30)),
        (" 1 ", timedelta(seconds=1)),
        ("0", timedelta(0)),
        (86_400, timedelta(days=1)),
        ("9" * 40, LONGEST),
        ("Mon, 23 Nov 2026 09:00:30 GMT", timedelta(seconds=30)),
        ("Mon, 23 Nov 2026 09:00:30 -0000", timedelta(seconds=30)),
        ("Mon, 23 Nov 2026 08:00:00 GMT", timedelta(0)),
        ("Sat, 23 Nov 2126 09:00:00 GMT", LONGEST),
    ],
)
def test_it_is_honoured(value: object, after: timedelta) -> None:
    assert retry_time(value, NOW) == NOW + after


@pytest.mark.parametrize("value", [None, "", "-5", "1.5", "soon", "²", "٣", "Mon, 99 Nov 2026 09:00:30 GMT", "9, 9"])
def test_nonsense_asks_for_nothing(value: object) -> None:
    assert retry_time(value, NOW) is None


@given(st.text())
def test_no_text_upsets_it(value: str) -> None:
    found = retry_time(value, NOW)
    assert found is None or NOW <= found <= NOW + LONGEST
