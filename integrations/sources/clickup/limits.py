"""What ClickUp says of its limits, which are a plan's calls in a minute: https://developer.clickup.com/docs/rate-limits"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from integrations.sources.base import RateLimits
from luna import clock
from luna.lib import retry_after

_EARLIEST_EPOCH = 10**9


def limits_told(headers: Mapping[str, str]) -> RateLimits | None:
    """The limit, what is left of it and when it is full again; None where the answer tells nothing of it."""
    limit, remaining = _count(headers.get("X-RateLimit-Limit")), _count(headers.get("X-RateLimit-Remaining"))
    if limit is None and remaining is None:
        return None
    return RateLimits(limit, remaining, _reset(headers))


def retry_time(headers: Mapping[str, str]) -> datetime | None:
    """When to try again: Retry-After (a proxy's), else X-RateLimit-Reset in epoch seconds."""
    now = clock.now()
    asked, reset = retry_after.retry_time(headers.get("Retry-After"), now), _reset(headers)
    return asked or (retry_after.bounded(reset, now) if reset else None)


def _reset(headers: Mapping[str, str]) -> datetime | None:
    try:
        seconds = float(str(headers.get("X-RateLimit-Reset") or "0"))
        return datetime.fromtimestamp(seconds, UTC) if seconds >= _EARLIEST_EPOCH else None
    except (ValueError, OverflowError, OSError):
        return None


def _count(text: str | None) -> int | None:
    found = str(text or "").strip()[:9]
    return int(found) if found.isdecimal() else None
