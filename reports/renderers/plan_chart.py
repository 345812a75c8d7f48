"""Where a plan's milestones, the months and today stand on a drawing of a page (pure)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from reports.content.document import Plan, PlanItem
from reports.content.plans import when_words

WIDTH: Final = 760.0
_LEFT, _RIGHT = 226.0, 740.0
"""The time axis; names stand to its left."""
_ROW, _HEAD = 24.0, 30.0
_MOST_ROWS: Final = 60
_LETTERS: Final = 33
"""So many letters of a name fit; those of East Asian scripts count twice."""
_BACK, _AHEAD = timedelta(days=366), timedelta(days=1096)
"""What is further from today stands in the table only."""
_TONES = {"ok": "ok", "warn": "warn", "bad": "bad"}


@dataclass(frozen=True)
class Tick:
    """The first day of a month, a quarter or a year."""

    x: float
    word: str


@dataclass(frozen=True)
class Bar:
    """One item: its name, a bar from its start where that is known, and a diamond on its day."""

    label: str
    title: str
    path: str
    y: float
    x: float
    tone: str
    """`done`, `ok`, `warn`, `bad` or `still`."""
    start_x: float | None = None
    filled_x: float | None = None
    """How far the bar is filled: its progress."""

    @property
    def text_y(self) -> float:
        """The base line of its name."""
        return self.y + 4


@dataclass(frozen=True)
class GroupLine:
    """The name of a launch above its milestones."""

    label: str
    y: float


@dataclass(frozen=True)
class Chart:
    """The whole drawing, in units of its view box."""

    height: float
    ticks: list[Tick]
    groups: list[GroupLine]
    bars: list[Bar]
    today_x: float
    left_out: int
    """Items without a day, too far away, or too many to draw."""

    @property
    def foot(self) -> float:
        """Where the lines of the months end."""
        return self.height - 18

    @property
    def words_y(self) -> float:
        """The base line of the word under today's line."""
        return self.height - 4


def lay_out(plan: Plan) -> Chart | None:
    """The drawing; None where fewer than two items have a day that can be drawn."""
    drawn = [(day, item) for item in plan.items if (day := _day_of(item)) and -_BACK < day - plan.today < _AHEAD]
    shown = drawn[:_MOST_ROWS]
    if len(shown) < 2:
        return None
    starts = [max(item.start, plan.today - _BACK) for day, item in shown if item.start and item.start < day]
    days = [plan.today, *starts, *(day for day, _ in shown)]
    first, last = min(days) - timedelta(days=3), max(days) + timedelta(days=7)
    scale = (_RIGHT - _LEFT) / (last - first).days

    def x_of(day: date) -> float:
        return round(_LEFT + (day - first).days * scale, 1)

    groups, bars, height = _rows(shown, plan.today, x_of, first)
    return Chart(height, _ticks(first, last, x_of), groups, bars, x_of(plan.today), len(plan.items) - len(shown))


def _rows(
    shown: Sequence[tuple[date, PlanItem]], today: date, x_of: Callable[[date], float], first: date
) -> tuple[list[GroupLine], list[Bar], float]:
    """Group names, bars beneath each other, and the height of it all."""
    groups: list[GroupLine] = []
    bars: list[Bar] = []
    y, group = _HEAD + _ROW / 2, ""
    for day, item in shown:
        if item.group != group:
            group = item.group
            groups.append(GroupLine(_fit(group), y + 4))
            y += _ROW
        bars.append(_bar(item, day, today, y, x_of, first))
        y += _ROW
    return groups, bars, y + _ROW / 2


def _bar(item: PlanItem, day: date, today: date, y: float, x_of: Callable[[date], float], first: date) -> Bar:
    start_x = x_of(max(item.start, first)) if item.start and item.start < day else None
    end = x_of(day)
    filled = round(start_x + (end - start_x) * min(max(item.progress, 0.0), 1.0), 1) if start_x is not None else None
    words = f"{item.name}: {when_words(item, today)}, {item.word}"
    tone = "done" if item.done else _TONES.get(item.mark, "still")
    return Bar(_fit(item.name), words, item.path, y, end, tone, start_x, filled)


def _day_of(item: PlanItem) -> date | None:
    return item.done or item.due


def _fit(name: str) -> str:
    """As much of the name as there is room for."""
    room = _LETTERS
    for place, letter in enumerate(name):
        room -= 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if room < 0:
            return f"{name[: max(place - 1, 1)].rstrip()}…"
    return name


def _ticks(first: date, last: date, x_of: Callable[[date], float]) -> list[Tick]:
    """Months up to ten of them, then quarters; a word only where it has room."""
    step = 1 if (last - first).days <= 310 else 3
    ticks: list[Tick] = []
    for day in _firsts(first, last, step):
        x = x_of(day)
        word = f"{day:%b}" if step == 1 else f"Q{(day.month + 2) // 3}"
        word = f"{word} {day.year}" if day.month == 1 or not ticks else word
        crowded = x > _RIGHT - 26 or (ticks and x - ticks[-1].x < 8 * len(ticks[-1].word))
        ticks.append(Tick(x, "" if crowded else word))
    return ticks


def _firsts(first: date, last: date, step: int) -> Iterator[date]:
    """The first days of months, or of quarters where `step` is 3."""
    day = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while day <= last:
        if (day.month - 1) % step == 0:
            yield day
        day = (day + timedelta(days=32)).replace(day=1)
