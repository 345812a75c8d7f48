"""Estimates as people write them: `3`, `3h`, `1d 4h`, `90m`; a day is 8 hours, a week 5 days."""

from __future__ import annotations

import math
import re
from datetime import time, timedelta
from typing import Any

HOURS_OF = {"w": 40.0, "d": 8.0, "h": 1.0, "m": 1 / 60}
"""By the first letter of a unit. Those of Jira's and most trackers' own time tracking, where nobody set others.

https://confluence.atlassian.com/adminjiraserver/configuring-time-tracking-938847833.html
"""
MOST_HOURS = 100_000.0
HOW_TO_WRITE = "write hours as a number, or a time as 3h, 1d 4h or 90m; a day is 8 hours, a week 5 days"
_UNITS = r"w(?:eeks?)?|d(?:ays?)?|h(?:(?:ou)?rs?)?|m(?:in(?:ute)?s?)?"
_PART = re.compile(rf"(\d+(?:[.,]\d+)?)\s*({_UNITS})(?![a-z])\.?[\s,]*")


def hours_of(value: Any) -> float:
    """Hours. A number is hours; a cell that a spreadsheet shows as a time is that long. Raises ValueError."""
    if isinstance(value, str):
        read = _from_words(value)
    elif isinstance(value, timedelta):
        read = value.total_seconds() / 3600
    elif isinstance(value, time):
        read = value.hour + value.minute / 60 + value.second / 3600
    elif isinstance(value, int | float) and not isinstance(value, bool):
        read = float(value)
    else:
        raise ValueError(f"can’t be read as a time: {HOW_TO_WRITE}")
    if not math.isfinite(read) or not 0 <= read <= MOST_HOURS:
        raise ValueError(f"has to be from 0 to {MOST_HOURS:,.0f} hours")
    return read


def _from_words(words: str) -> float:
    try:
        return float(words.strip().replace(",", "."))
    except ValueError:
        pass
    rest, units, hours = words.strip().casefold(), set(), 0.0
    while found := _PART.match(rest):
        unit = found[2][0]
        if unit in units:
            break
        units.add(unit)
        hours += float(found[1].replace(",", ".")) * HOURS_OF[unit]
        rest = rest[found.end() :]
    if rest or not units:
        raise ValueError(f"is “{words.strip()[:40]}”: {HOW_TO_WRITE}")
    return hours
