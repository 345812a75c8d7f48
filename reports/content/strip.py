"""The timeline strip of a launch: where each milestone, the months, the target and today stand on a drawing (pure)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WIDTH = 1064.0
LINE_Y = 78.0
_LEFT, _RIGHT = 14.0, 1050.0
_LETTER = 6.4
"""Width of a letter at 12.5 px, on the safe side."""
_LEAST_LABEL = 44.0


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
    places = [x_of(stop.day) for stop in ordered]
    placed = [_place(stop, places, index) for index, stop in enumerate(ordered)]
    return Strip(placed, _months(first, last, x_of), x_of(today), x_of(target) if target else None)


def _place(stop: Stop, places: Sequence[float], index: int) -> PlacedStop:
    """A label has the room to its neighbours on the same side, two stops away."""
    x = places[index]
    before = places[index - 2] if index >= 2 else x - 400
    after = places[index + 2] if index + 2 < len(places) else x + 400
    anchor, room = "middle", min(x - before, after - x)
    if x < _LEFT + 60:
        anchor, room = "start", after - x
    elif x > _RIGHT - 60:
        anchor, room = "end", x - before
    label = _fit(stop.name, min(room - 10, 170)) if room >= _LEAST_LABEL else ""
    return PlacedStop(stop, x, index % 2 == 0, label, anchor)


def _fit(name: str, room: float) -> str:
    letters = int(room / _LETTER)
    return name if len(name) <= letters else name[: max(letters - 1, 1)].rstrip() + "…"


def _months(first: date, last: date, place: Callable[[date], float]) -> list[Tick]:
    ticks: list[Tick] = []
    day = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while day <= last:
        word = f"{day:%B}" if day.month > 1 else f"{day:%B %Y}"
        ticks.append(Tick(place(day), word if not ticks or place(day) - ticks[-1].x > 60 else ""))
        day = (day + timedelta(days=32)).replace(day=1)
    return ticks
