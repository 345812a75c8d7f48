"""The only source of now and today. The demo's clock file moves both by one offset."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

_cached: tuple[float, timedelta] = (-1.0, timedelta(0))


def now() -> datetime:
    """The current instant, in UTC."""
    return datetime.now(UTC) + _offset()


def today(zone: str) -> date:
    """The current day in the IANA time zone `zone`."""
    return now().astimezone(ZoneInfo(zone)).date()


def _offset() -> timedelta:
    """What the clock file adds: read again whenever the file changes; nothing where no file is set."""
    global _cached
    path = os.environ.get("LUNA_CLOCK_FILE")
    if not path:
        return timedelta(0)
    try:
        changed = Path(path).stat().st_mtime
        if changed != _cached[0]:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            _cached = (changed, timedelta(seconds=int(content["offset_seconds"])))
    except (OSError, ValueError, KeyError, TypeError):
        return timedelta(0)
    return _cached[1]
