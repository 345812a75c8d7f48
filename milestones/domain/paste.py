"""Milestones out of pasted lines: a name, and after a bar, a tab or a dash the day on which it is due."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from luna.lib.text import clean_line

NAME_LIMIT = 160
LINES_LIMIT = 200
FIRST_YEAR, LAST_YEAR = 2000, 2100

_BULLET = re.compile(r"^\s*(?:[-*•◦▪‣–—·]|\[[ xX]?\]|\(?\d{1,3}[.)](?=\s))\s*")
_COLUMN = re.compile(r"\s*(?:\||\t|;)\s*")
_DASH = re.compile(r"\s+[-–—]\s+|\s*,\s+|:\s+")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?\s+([a-z]{3,9})\.?,?(?:\s+(\d{4}))?", re.IGNORECASE)
_MONTH_DAY = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?(?:\s+(\d{4}))?", re.IGNORECASE)
_NUMBERS = re.compile(r"\d{1,4}\s*[./-]\s*\d{1,2}(?:\s*[./-]\s*\d{1,4})?\.?")
_WEEKDAY = re.compile(
    r"^(?:due|by|until|on)?\s*(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|satur|sat|sun)(?:day)?\.?,?\s+)?", re.I
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july",
    "august", "september", "october", "november", "december",
)  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """A milestone to be added."""

    name: str
    due_date: date | None = None


@dataclass(frozen=True)
class Problem:
    """A line that was not understood, as it was pasted, with what to do about it."""

    line: int
    text: str
    sentence: str


@dataclass(frozen=True)
class Pasted:
    """What was understood and what was not."""

    drafts: tuple[Draft, ...]
    problems: tuple[Problem, ...]

    @property
    def left_over(self) -> str:
        """The lines that were not understood, to be kept in the box."""
        return "\n".join(problem.text for problem in self.problems)


class _UnreadableDateError(Exception):
    """It was meant as a date, and is none."""


def read_lines(text: str, *, today: date) -> Pasted:
    """Every line that isn't empty is a draft or a problem. A day without a year is the next such day after `today`."""
    drafts: list[Draft] = []
    problems: list[Problem] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not _strip_bullets(line):
            continue
        if len(drafts) >= LINES_LIMIT:
            problems.append(Problem(number, line, f"Only {LINES_LIMIT} milestones are taken at once."))
            continue
        try:
            drafts.append(_draft(line, today))
        except ValueError as reason:
            problems.append(Problem(number, line, str(reason)))
    return Pasted(tuple(drafts), tuple(problems))


def _draft(line: str, today: date) -> Draft:
    """Raises ValueError with a sentence for the person."""
    name, due = _parts(_strip_bullets(line), today)
    name = clean_line(name)
    if not name:
        has_more = any(character.isalnum() for character in line)
        raise ValueError("There is a date but no name." if has_more else "There is no name.")
    if len(name) > NAME_LIMIT:
        raise ValueError(f"The name has {len(name)} characters; at most {NAME_LIMIT} fit.")
    return Draft(name, due)


def _strip_bullets(line: str) -> str:
    """Without bullets, numbers and check boxes at its front, of which there may be two (`- [ ] Beta`)."""
    for _ in range(2):
        line = _BULLET.sub("", line, count=1)
    return line.strip()


def _parts(line: str, today: date) -> tuple[str, date | None]:
    """Name and day. After a bar or a tab there must be a day; after a dash, comma or colon there may be one."""
    columns = [part for part in _COLUMN.split(line) if part]
    if len(columns) > 1 or _COLUMN.match(line):
        return _from_columns(columns, line, today)
    dashes = list(_DASH.finditer(line))
    for dash in reversed(dashes):
        tail = line[dash.end() :].strip()
        if _looks_like_a_day(tail):
            return line[: dash.start()], _day_or_sentence(tail, today)
    return line, None


def _from_columns(columns: list[str], line: str, today: date) -> tuple[str, date | None]:
    if len(columns) < 2:
        return (columns[0], None) if columns and not _COLUMN.match(line) else ("", None)
    if len(columns) > 2:
        raise ValueError(
            "There are more than two columns: give a name and a day alone, as in “Beta ready | 2026-12-04”."
        )
    return columns[0], _day_or_sentence(columns[1], today)


def _day_or_sentence(text: str, today: date) -> date:
    try:
        day = _day(text, today)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise _UnreadableDateError
        return day
    except (_UnreadableDateError, ValueError):
        said = f"“{clean_line(text, limit=40)}” is no day Luna can read"
        raise ValueError(f"{said}: write it as 2026-12-04 or 4 Dec.") from None


def _looks_like_a_day(text: str) -> bool:
    bare = _WEEKDAY.sub("", text).strip()
    if _NUMBERS.fullmatch(bare):
        return True
    matched = _DAY_MONTH.fullmatch(bare)
    named = matched[2] if matched else ((other := _MONTH_DAY.fullmatch(bare)) and other[1]) or ""
    return _month(named) is not None


def _day(text: str, today: date) -> date:
    """Raises ValueError for a day that the calendar doesn't have."""
    bare = _WEEKDAY.sub("", text).strip()
    if iso := _ISO.fullmatch(bare):
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    if matched := _DAY_MONTH.fullmatch(bare):
        return _named_day(int(matched[1]), matched[2], matched[3], today)
    if matched := _MONTH_DAY.fullmatch(bare):
        return _named_day(int(matched[2]), matched[1], matched[3], today)
    raise _UnreadableDateError


def _named_day(day: int, month_name: str, year: str | None, today: date) -> date:
    month = _month(month_name)
    if month is None:
        raise _UnreadableDateError
    if year:
        return date(int(year), month, day)
    this_year = _in_year(today.year, month, day)
    if this_year and this_year >= today - timedelta(days=31):  # a day of the last month is meant as past
        return this_year
    return _in_year(today.year + 1, month, day) or date(today.year, month, day)


def _in_year(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(name: str) -> int | None:
    lowered = name.lower()
    if lowered[:3] not in _MONTHS:
        return None
    number = _MONTHS.index(lowered[:3])
    return number + 1 if _MONTH_NAMES[number].startswith(lowered) or lowered == "sept" else None
