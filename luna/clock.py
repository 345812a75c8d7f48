"""The only source of now and today. The demo's clock file moves both by one offset."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The current instant, in UTC."""
    return datetime.now(UTC) + _offset()


def today(zone: str) -> date:
    """The current day in the IANA time zone `zone`."""
    return now().astimezone(ZoneInfo(zone)).date()


def _offset() -> timedelta:
    """What the clock file adds: nothing where no file is set or it can't be read."""
    path = os.environ.get("LUNA_CLOCK_FILE")
    if not path:
        return timedelta(0)
    try:
        return _read_offset(path, Path(path).stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError):
        return timedelta(0)


@lru_cache(maxsize=1)
def _read_offset(path: str, _changed_ns: int) -> timedelta:
    """The file's offset, read again only when the file changes."""
    return timedelta(seconds=int(json.loads(Path(path).read_text(encoding="utf-8"))["offset_seconds"]))
