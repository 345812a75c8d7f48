"""The timeline strip of a launch: where each milestone, the months, the target and today stand on a drawing (pure)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

WIDTH = 1064.0
AXIS = 88.0
"""Where on the drawing's 164 units of height the line of time lies."""
_LEFT, _RIGHT = 14.0, 1050.0
_LANES = (10.0, 19.0)
"""How far from the line of time the dashes to a later day run, on either side of it."""
_LANE_GAP = 16.0
_FURTHEST = timedelta(days=120)
"""After the last agreed day: later ones would press everything else together, so an arrow leads to them."""
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
    health: str = "unknown"
    words: str = ""
    """All of it in a sentence, for whoever points at it or hears it."""
    sure: date | None = None
    """The day by which it is 85 % sure, where that is later than `day`."""
    is_out_of_sight: bool = False
    """Whether that day lies beyond what the forecast looks at; `sure` is None then."""


@dataclass(frozen=True)
class Slip:
    """Dashes from the agreed day to the one that is 85 % sure; an arrow where that one is not on the drawing."""

    x: float
    end_x: float
    y: float
    is_arrow: bool


@dataclass(frozen=True)
class PlacedStop:
    """A stop with its place; `label` is empty where there is no room, the table below says it."""

    stop: Stop
    x: float
    above: bool
    label: str
    anchor: str
    slip: Slip | None = None

    @property
    def leader(self) -> str:
        """The line from the diamond to the name, as a part of a path; empty without a name."""
        return f"M{self.x} {'64V80' if self.above else '96V112'}" if self.label else ""


@dataclass(frozen=True)
class Tick:
    """The first of a month."""

    x: float
    word: str


@dataclass(frozen=True)
class Strip:
    """The whole drawing, in units of a 1064 × 164 view box."""

    stops: list[PlacedStop]
    ticks: list[Tick]
    today_x: float | None
    """None: the launch is over, and today is no part of it."""
    target_x: float | None

    @property
    def leaders(self) -> str:
        """The lines from all diamonds to their names, as one path."""
        return "".join(placed.leader for placed in self.stops)

    @property
    def rules(self) -> str:
        """The firsts of the months, as one path."""
        return "".join(f"M{tick.x} 6V152" for tick in self.ticks)


def lay_out(stops: Sequence[Stop], *, start: date | None, target: date | None, today: date | None) -> Strip | None:
    """Place the stops in order of their days, names above and below in turn; None when there is nothing to draw.

    Without `today` the drawing ends with the last of the other days: so for a launch that is over.
    """
    if not stops:
        return None
    agreed = [stop.day for stop in stops] + [day for day in (start, target, today) if day]
    latest = max(agreed) + _FURTHEST
    days = [*agreed, *(stop.sure for stop in stops if stop.sure and stop.sure <= latest)]
    first, last = min(days) - timedelta(days=3), max(days) + timedelta(days=7)
    scale = (_RIGHT - _LEFT) / (last - first).days

    def x_of(day: date) -> float:
        return round(_LEFT + (day - first).days * scale, 1)

    free = {True: 0.0, False: 0.0}
    lanes = {(above, far): -_LANE_GAP for far in _LANES for above in (True, False)}
    placed: list[PlacedStop] = []
    for stop in sorted(stops, key=lambda stop: (stop.day, stop.name)):
        one = _place(stop, x_of(stop.day), free, above_first=len(placed) % 2 == 0)
        placed.append(replace(one, slip=_slip(one, x_of, latest, lanes)))
    today_x, target_x = (x_of(day) if day else None for day in (today, target))
    return Strip(placed, _months(first, last, x_of), today_x, target_x)


def _place(stop: Stop, x: float, free: dict[bool, float], *, above_first: bool) -> PlacedStop:
    """Give the label the first side with room; `free` says from where on each side is free, and is moved on."""
    for above in (above_first, not above_first):
        label, anchor, end = _label(stop, x, free[above])
        if label:
            free[above] = end + _GAP
            return PlacedStop(stop, x, above, label, anchor)
    return PlacedStop(stop, x, above_first, "", "middle")


def _slip(
    placed: PlacedStop, x_of: Callable[[date], float], latest: date, lanes: dict[tuple[bool, float], float]
) -> Slip | None:
    """On the first free lane, the near ones on the name's side first; `lanes` says until where each is taken."""
    stop = placed.stop
    if stop.sure is None and not stop.is_out_of_sight:
        return None
    is_arrow = stop.sure is None or stop.sure > latest
    end_x = _RIGHT if stop.sure is None or is_arrow else x_of(stop.sure)
    order = sorted(lanes, key=lambda lane: (lane[1], lane[0] != placed.above))
    lane = next((lane for lane in order if lanes[lane] + _LANE_GAP <= placed.x), min(lanes, key=lanes.__getitem__))
    lanes[lane] = max(lanes[lane], end_x)
    above, far = lane
    return Slip(placed.x, end_x, AXIS - far if above else AXIS + far, is_arrow)


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
    letters = int(room / _LETTER + 1e-6)  # as many as were measured, whatever binary fractions make of it
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
