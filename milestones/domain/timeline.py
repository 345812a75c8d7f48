"""Where everything stands in a launch's timeline: bars, diamonds, dependencies and months as coordinates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH = 1080
LABELS = 250
"""The width of the column of names."""
ROW = 36
HEAD = 34
MARGIN = timedelta(days=10)
SHORTEST = 42
"""Days that the drawing shows at least."""
LABEL_LETTERS = 34
WORD = 70
"""The room that the name of a month needs."""


@dataclass(frozen=True)
class Item:
    """A milestone as the timeline sees it."""

    pk: int
    name: str
    start: date | None
    due: date | None
    baseline: date | None = None
    completed: date | None = None
    health: str = "unknown"

    @property
    def finish(self) -> date | None:
        """The day on which its diamond stands."""
        return self.completed or self.due


@dataclass(frozen=True)
class Mark:
    """A milestone in the drawing; `x` is None where it has no date."""

    item: Item
    label: str
    y: int
    x: float | None
    bar_x: float | None
    bar_width: float
    baseline_x: float | None


@dataclass(frozen=True)
class Arrow:
    """A dependency as a path; `is_tight` where the successor starts before its predecessor is due."""

    path: str
    is_tight: bool


@dataclass(frozen=True)
class Tick:
    """A line with its word: a month, or a week in short drawings."""

    x: float
    word: str


@dataclass(frozen=True)
class Drawing:
    """Everything with coordinates."""

    width: int
    height: int
    labels: int
    ticks: tuple[Tick, ...]
    today_x: float
    marks: tuple[Mark, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True)
class _Axis:
    first: date
    last: date

    def x(self, day: date) -> float:
        """Days are as wide as the room beside the names allows."""
        share = (day - self.first).days / (self.last - self.first).days
        return round(LABELS + share * (WIDTH - LABELS), 1)


def draw(items: Sequence[Item], links: Iterable[tuple[int, int]], *, today: date) -> Drawing:
    """The timeline of `items`, in their order; `links` are (predecessor, successor) ids."""
    axis = _axis(items, today)
    marks = tuple(_mark(item, row, axis) for row, item in enumerate(items))
    by_id = {mark.item.pk: mark for mark in marks}
    known = [(by_id[a], by_id[b]) for a, b in links if a in by_id and b in by_id]
    return Drawing(
        width=WIDTH,
        height=HEAD + ROW * len(items) + 12,
        labels=LABELS,
        ticks=tuple(_ticks(axis)),
        today_x=axis.x(today),
        marks=marks,
        arrows=tuple(arrow for before, after in known if (arrow := _arrow(before, after))),
    )


def _axis(items: Sequence[Item], today: date) -> _Axis:
    days = [day for item in items for day in (item.start, item.due, item.baseline, item.completed) if day]
    first = min([*days, today]) - MARGIN
    last = max([*days, today]) + MARGIN
    return _Axis(first, max(last, first + timedelta(days=SHORTEST)))


def _mark(item: Item, row: int, axis: _Axis) -> Mark:
    y = HEAD + ROW * row + ROW // 2
    label = item.name if len(item.name) <= LABEL_LETTERS else f"{item.name[: LABEL_LETTERS - 1].rstrip()}…"
    finish = item.finish
    if finish is None:
        return Mark(item, label, y, None, None, 0, None)
    x = axis.x(finish)
    start_x = axis.x(item.start) if item.start and item.start < finish else None
    moved = item.baseline if item.baseline and item.baseline != finish else None
    return Mark(
        item,
        label,
        y,
        x,
        start_x,
        round(x - start_x, 1) if start_x is not None else 0,
        axis.x(moved) if moved else None,
    )


def _arrow(before: Mark, after: Mark) -> Arrow | None:
    """From the predecessor's diamond down or up to where the successor begins."""
    target = after.bar_x if after.bar_x is not None else after.x
    if before.x is None or target is None:
        return None
    edge = after.y - 7 if after.y > before.y else after.y + 7
    bend = before.x + 14
    due, start = before.item.due, after.item.start
    is_tight = due is not None and start is not None and start <= due
    if target > bend:
        path = f"M{before.x:g} {before.y:g}H{target:g}V{edge:g}"
    else:
        middle = (before.y + after.y) / 2
        path = f"M{before.x:g} {before.y:g}H{bend:g}V{middle:g}H{target:g}V{edge:g}"
    return Arrow(path, is_tight)


def _ticks(axis: _Axis) -> list[Tick]:
    """The first of each month; Mondays where less than ten weeks are shown."""
    if (axis.last - axis.first).days < 70:
        monday = axis.first + timedelta(days=-axis.first.weekday() % 7)
        weeks = [monday + timedelta(weeks=n) for n in range(11)]
        return [Tick(axis.x(day), f"{day.day} {day:%b}") for day in weeks if axis.x(day) <= WIDTH - WORD]
    ticks = []
    day = _next_month(axis.first)
    while day <= axis.last and axis.x(day) <= WIDTH - WORD:
        word = f"{day:%B %Y}" if day.month == 1 else f"{day:%B}"
        ticks.append(Tick(axis.x(day), word))
        day = _next_month(day)
    return ticks


def _next_month(day: date) -> date:
    """The first day of the month after `day`'s."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
