"""The timeline strip of a launch: where each milestone, the months, the target and today stand on a drawing (pure)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH = 1064.0
_LEFT, _RIGHT = 14.0, 1050.0
_LETTER, _SMALL_LETTER = 6.6, 5.9
"""Widths of a letter at 12.5 and 11 px, on the safe side."""
_LEAST_LABEL, _MOST_LABEL, _GAP = 46.0, 175.0, 8.0


@dataclass(frozen=True)
class Stop:
    """What is drawn of a milestone: a dated name and how it stands."""

    name: str
    day: date
    tone: str
    """`done`, `ok`, `warn`, `bad` or `still`."""
    note: str
    """The line under the name."""
    url: str


@dataclass(frozen=True)
class PlacedStop:
    """A stop with its place; `label` is empty where there is no room, the table below says it."""

    stop: Stop
    x: float
    above: bool
    label: str
    anchor: str


@dataclass(frozen=True)
class Tick:
    """The first of a month."""

    x: float
    word: str


@dataclass(frozen=True)
class Strip:
    """The whole drawing, in units of a 1064 × 150 view box."""

    stops: list[PlacedStop]
    ticks: list[Tick]
    today_x: float
    target_x: float | None


def lay_out(stops: Sequence[Stop], *, start: date | None, target: date | None, today: date) -> Strip | None:
    """Place the stops in order of their days, names above and below in turn; None when there is nothing to draw."""
    if not stops:
        return None
    days = [stop.day for stop in stops] + [day for day in (start, target, today) if day]
    first, last = min(days) - timedelta(days=3), max(days) + timedelta(days=7)
    scale = (_RIGHT - _LEFT) / (last - first).days

    def x_of(day: date) -> float:
        return round(_LEFT + (day - first).days * scale, 1)

    ordered = sorted(stops, key=lambda stop: (stop.day, stop.name))
    free = {True: 0.0, False: 0.0}
    placed: list[PlacedStop] = []
    for stop in ordered:
        placed.append(_place(stop, x_of(stop.day), free, above_first=len(placed) % 2 == 0))
    return Strip(placed, _months(first, last, x_of), x_of(today), x_of(target) if target else None)


def _place(stop: Stop, x: float, free: dict[bool, float], *, above_first: bool) -> PlacedStop:
    """Give the label the first side with room; `free` says from where on each side is free, and is moved on."""
    for above in (above_first, not above_first):
        label, anchor, end = _label(stop, x, free[above])
        if label:
            free[above] = end + _GAP
            return PlacedStop(stop, x, above, label, anchor)
    return PlacedStop(stop, x, above_first, "", "middle")


def _label(stop: Stop, x: float, free_from: float) -> tuple[str, str, float]:
    """The name as long as it fits, its anchor and its right end; no name where the line under it doesn't fit either."""
    note = len(stop.note) * _SMALL_LETTER
    width = max(min(len(stop.name) * _LETTER, _MOST_LABEL), note)
    if x + width / 2 > WIDTH:
        room, anchor, end = x - free_from, "end", x
    elif x - width / 2 < 0:
        room, anchor, end = width if x >= free_from else 0.0, "start", x + width
    else:
        width = min(width, 2 * (x - free_from))
        room, anchor, end = width, "middle", x + width / 2
    if room < max(note, _LEAST_LABEL):
        return "", "middle", free_from
    return _fit(stop.name, min(room, max(width, note))), anchor, end


def _fit(name: str, room: float) -> str:
    letters = int(room / _LETTER)
    return name if len(name) <= letters else name[: max(letters - 1, 1)].rstrip() + "…"


def _months(first: date, last: date, place: Callable[[date], float]) -> list[Tick]:
    ticks: list[Tick] = []
    day = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while day <= last:
        word = f"{day:%B}" if day.month > 1 else f"{day:%B %Y}"
        crowded = place(day) > WIDTH - 70 or (ticks and place(day) - ticks[-1].x < 60)
        ticks.append(Tick(place(day), "" if crowded else word))
        day = (day + timedelta(days=32)).replace(day=1)
    return ticks
