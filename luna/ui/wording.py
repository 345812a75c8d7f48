"""Dates as people say them, in English; `today` and `now` are given, so the same inputs give the same words (pure)."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

MINUTE, HOUR, DAY = 60, 3600, 86400
_BEFORE_PER_CENT = re.compile(r"(?<=\d) (?=%)")


def day_words(day: date, today: date) -> str:
    """`Fri 12 Dec`, with the year where it is not this year's or within half a year of today."""
    words = f"{day:%a} {day.day} {day:%b}"
    near = abs((day - today).days) <= 183
    return words if near or day.year == today.year else f"{words} {day.year}"


def exact_day(day: date) -> str:
    """`Friday 12 December 2026`, for the tooltip."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def distance_words(day: date, today: date) -> str:
    """`today`, `tomorrow`, `in 5 days`, `in 3 weeks`, `in 4 months`, or `9 days ago` in the same steps."""
    days = (day - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in near:
        return near[days]
    size = _span_words(abs(days))
    return f"in {size}" if days > 0 else f"{size} ago"


def late_words(day: date, today: date, *, short: bool = True) -> str:
    """`9 d late` in tables, `9 days late` in prose; empty when the day has not passed."""
    days = (today - day).days
    if days <= 0:
        return ""
    return f"{days} d late" if short else f"{counted(days, 'day')} late"


def slip_words(day: date, wanted: date) -> str:
    """`19 d late`, `6 d early`, `on the day`: how far a likely or real day is from the one that was wanted."""
    days = (day - wanted).days
    return f"{abs(days)} d {'late' if days > 0 else 'early'}" if days else "on the day"


def moved_words(days: int) -> str:
    """`+7 d`, `−3 d`, `0 d`: how far a day is from where it was."""
    return f"{days:+d} d".replace("-", "−") if days else "0 d"


def ago_words(at: datetime, now: datetime) -> str:
    """`just now`, `5 min ago`, `3 h ago`, `yesterday 14:05`, then the day; both instants in the reader's zone."""
    seconds = (now - at).total_seconds()
    if 0 <= seconds < MINUTE:
        return "just now"
    if 0 <= seconds < HOUR:
        return f"{int(seconds // MINUTE)} min ago"
    if 0 <= seconds < 6 * HOUR:
        return f"{int(seconds // HOUR)} h ago"
    names = {0: "today", 1: "yesterday", -1: "tomorrow"}
    days = (now.date() - at.date()).days
    if days in names:
        return f"{names[days]} {at:%H:%M}"
    words = day_words(at.date(), now.date())
    return f"{words} {at:%H:%M}" if abs(days) < 7 else words


def exact_instant(at: datetime) -> str:
    """`Friday 12 December 2026, 14:05 (Europe/Lisbon)`, for the tooltip."""
    return f"{exact_day(at.date())}, {at:%H:%M} ({at.tzinfo or UTC})"


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 day`, `2 days`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def percent(fraction: float) -> str:
    """`62 %`, the same everywhere: to the nearest, but 100 % only when all is done."""
    part = min(max(fraction, 0.0), 1.0)
    shown = round(part * 100)
    return f"{99 if shown == 100 and part < 1 - 1e-9 else shown} %"


def unbroken(words: str) -> str:
    """With a no-break space between each number and its per cent sign, so that no line ends between them."""
    return _BEFORE_PER_CENT.sub("\u00a0", words)


def initials(name: str) -> str:
    """`Martin Hale` → `MH`; one letter for a single word, a dot for nothing."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "·"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def _span_words(days: int) -> str:
    if days < 14:
        return counted(days, "day")
    if days < 63:
        return counted(round(days / 7), "week")
    return counted(round(timedelta(days=days) / timedelta(days=30.44)), "month")
