"""What Jira says of its limits: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/

Three stand side by side on Cloud: calls a second to one kind of page (a burst), points an hour (a quota, which an app
shares with all who use it), and writes to one issue. A Data Center has calls alone, and names no reset.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.sources.base import RateLimits
from luna import clock
from luna.lib.retry_after import bounded, retry_time
from luna.lib.text import clean_line

_ITEM = re.compile(r'"([A-Za-z0-9_-]{1,60})"((?:\s*;\s*[a-z]\s*=\s*[0-9]{1,12})*)')
_PARAMETER = re.compile(r"([a-z])\s*=\s*([0-9]+)")


@dataclass(frozen=True)
class Quota:
    """Points that are left until an instant, and how many there are in all, if Jira says so."""

    name: str
    remaining: int
    limit: int | None = None
    resets_at: datetime | None = None
    is_enforced: bool = True


def told_quota(headers: Mapping[str, Any]) -> Quota | None:
    """The quota of which the least is left; None where Jira tells none, as it does until four fifths are used.

    `RateLimit: "tenant-app-quota";r=17842;t=2107` and `RateLimit-Policy: "tenant-app-quota";q=100100;w=3600`: points
    left, seconds until there are new ones, points in all. Before a quota is enforced both names begin with `Beta-`.
    """
    for prefix in ("", "Beta-"):
        left = _items(headers.get(f"{prefix}RateLimit"))
        policies = _items(headers.get(f"{prefix}RateLimit-Policy"))
        found = [
            Quota(name, said["r"], policies.get(name, {}).get("q"), _in_seconds(said.get("t")), is_enforced=not prefix)
            for name, said in left.items()
            if "r" in said
        ]
        if found:
            return min(found, key=lambda one: one.remaining / (one.limit or one.remaining or 1))
    return None


def told_limits(headers: Mapping[str, Any]) -> RateLimits | None:
    """What an answer tells of limits; None where it tells nothing.

    A quota goes before calls, which are there again within a second, unless it is too many calls that were refused.
    """
    reason = clean_line(str(headers.get("RateLimit-Reason") or ""), limit=60)
    quota = told_quota(headers)
    if quota is not None and (not reason or is_quota(reason)):
        return RateLimits(
            quota.limit, quota.remaining, quota.resets_at, reason or quota.name, is_enforced=quota.is_enforced
        )
    limit, remaining = (_number(headers.get(f"X-RateLimit-{name}")) for name in ("Limit", "Remaining"))
    if limit is None and remaining is None and not reason:
        return None
    reset = str(headers.get("X-RateLimit-Reset") or "").strip()
    return RateLimits(limit, remaining, instant_told(reset, clock.now()) if reset else None, reason)


def is_quota(reason: str) -> bool:
    """Whether a refusal's `RateLimit-Reason` means a quota: jira-quota-tenant-based, jira-quota-global-based."""
    return "quota" in reason


def instant_told(value: str, now: datetime) -> datetime | None:
    """An instant as seconds from now, as a date of HTTP or as ISO 8601; None for what is none of these."""
    told = retry_time(value, now)
    if told is not None:
        return told
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return bounded(found if found.tzinfo else found.replace(tzinfo=UTC), now)


def _items(value: Any) -> dict[str, dict[str, int]]:
    """By name the parameters of each item of a structured list (RFC 9651), as far as they are whole numbers."""
    found = _ITEM.finditer(str(value or "")[:1000])
    return {item[1]: {name: int(number) for name, number in _PARAMETER.findall(item[2])} for item in found}


def _in_seconds(seconds: int | None) -> datetime | None:
    return None if seconds is None else clock.now() + timedelta(seconds=min(seconds, 10**6))


def _number(value: Any) -> int | None:
    text = str(value or "").strip()
    return int(text) if text.isdecimal() and len(text) <= 12 else None
