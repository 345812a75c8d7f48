"""What Jira says of its limits, header by header."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from integrations.sources.base import RateLimits
from integrations.sources.jira.limits import Quota, told_limits, told_quota
from tests.moving_clock import MovingClock

NOW = datetime(2026, 11, 23, 9, 24, 53, tzinfo=UTC)
LEFT = '"tenant-app-quota";r=17842;t=2107'
POLICY = '"tenant-app-quota";q=100100;w=3600'
CALLS = {"X-RateLimit-Limit": "350", "X-RateLimit-Remaining": "349"}
TENANT, GLOBAL = "tenant-app-quota", "global-app-quota"


@pytest.fixture(autouse=True)
def _at_a_time(clock: MovingClock) -> None:
    clock.set(NOW)


def told(headers: dict[str, str]) -> tuple[int | None, int | None, float | None, str] | None:
    """Limit, left, minutes to the reset, which."""
    found = told_limits(CaseInsensitiveDict(headers))
    if found is None:
        return None
    resets_in = (found.resets_at - NOW) if found.resets_at else None
    minutes = None if resets_in is None else round(resets_in / timedelta(minutes=1))
    return found.limit, found.remaining, minutes, found.kind


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        (CALLS, (350, 349, None, "")),
        (CALLS | {"X-RateLimit-Reset": "2026-11-23T09:25Z"}, (350, 349, 0, "")),
        (CALLS | {"RateLimit": LEFT, "RateLimit-Policy": POLICY}, (100100, 17842, 35, TENANT)),
        (CALLS | {"Beta-Ratelimit": LEFT, "Beta-Ratelimit-Policy": POLICY}, (100100, 17842, 35, TENANT)),
        ({"RateLimit": LEFT}, (None, 17842, 35, TENANT)),
        (CALLS | {"RateLimit-Policy": POLICY}, (350, 349, None, "")),
        (CALLS | {"RateLimit": '"tenant-app-quota";t=2107'}, (350, 349, None, "")),
        (
            {"RateLimit": f'{LEFT}, "global-app-quota";r=5;t=60', "RateLimit-Policy": f'{POLICY},"{GLOBAL}";q=65000'},
            (65000, 5, 1, GLOBAL),
        ),
        (
            CALLS | {"RateLimit": LEFT, "RateLimit-Reason": "jira-burst-based"},
            (350, 349, None, "jira-burst-based"),
        ),
        (
            CALLS | {"RateLimit": '"tenant-app-quota";r=0;t=60', "RateLimit-Reason": "jira-quota-tenant-based"},
            (None, 0, 1, "jira-quota-tenant-based"),
        ),
        (CALLS | {"RateLimit": "tenant-app-quota;r=1"}, (350, 349, None, "")),
    ],
)
def test_a_quota_goes_before_calls_unless_calls_were_refused(
    headers: dict[str, str], expected: tuple[int | None, int | None, float | None, str] | None
) -> None:
    assert told(headers) == expected


@given(st.dictionaries(st.sampled_from(["RateLimit", "RateLimit-Policy", "RateLimit-Reason"]), st.text(max_size=60)))
def test_whatever_stands_there_is_no_error(headers: dict[str, str]) -> None:
    assert isinstance(told_quota(headers), Quota | None)
    assert isinstance(told_limits(headers), RateLimits | None)
