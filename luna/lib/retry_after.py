"""What `Retry-After` asks for: seconds, or a date (https://www.rfc-editor.org/rfc/rfc9110#field.retry-after)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=7)
"""Nobody means to wait longer: a broken clock or header must not silence a place for ever."""


def retry_time(value: object, now: datetime) -> datetime | None:
    """The instant before which nothing is to be asked again; None where the header says nothing sensible.

    A date that has passed is `now`.
    """
    text = str(value or "").strip()
    if text.isascii() and text.isdecimal():
        return now + min(timedelta(seconds=int(text[:9])), LONGEST)
    try:
        named = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return bounded(named if named.tzinfo else named.replace(tzinfo=UTC), now)


def bounded(until: datetime, now: datetime) -> datetime:
    """The end of a pause that begins now, as any header may tell it."""
    return min(max(until, now), now + LONGEST)
