"""How long work took beside its estimate, by group: a dot for the middle, a line for the usual range (pure)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from luna.ui.charts.axis import GAP, Frame, Point, Tick, broken, wide

_MOST_DOUBLINGS = 4
_FRACTIONS = {-1: "half", -2: "a quarter", -3: "1/8", -4: "1/16"}


@dataclass(frozen=True)
class Layout:
    """How wide the drawing and its axis are; how high its head and each row, with name and line at these heights."""

    width: float
    left: float
    right: float
    top: float
    row: float
    name: float
    line: float
    name_room: float


WIDE = Layout(632.0, 190.0, 600.0, 24.0, 26.0, 13.0, 13.0, 178.0)
NARROW = Layout(360.0, 30.0, 326.0, 44.0, 42.0, 11.0, 29.0, 360.0)
"""As a phone has room: a name stands over its line."""


@dataclass(frozen=True)
class Ratio:
    """Of one group: what was taken ÷ what was estimated."""

    name: str
    middle: float | None
    """Above 0; None where there is too little to go by: `words` then say so."""
    usual: tuple[float, float] | None
    """Seven of ten lie between; both above 0."""
    words: str


@dataclass(frozen=True)
class Placed:
    """One group's line; without `x` nothing is drawn but its words."""

    name: str
    """Cut where it is too long for its room."""
    name_y: float
    y: float
    words: str
    x: float | None = None
    begin: float = 0.0
    end: float = 0.0


@dataclass(frozen=True)
class Estimates:
    """The whole drawing."""

    frame: Frame
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    """None: its rows have names."""
    as_estimated: float
    """Where what is taken is what was estimated."""
    rows: tuple[Placed, ...]
    points: tuple[Point, ...]
    label: str
    narrow: Estimates | None = None
    """The same for a phone; None where this is the one."""


def lay_out(ratios: Sequence[Ratio], *, label: str) -> Estimates | None:
    """In the order given, on an axis on which twice as long is as far to the right as half as long is to the left.

    It ends at 16 times and a sixteenth at most; what is further stands at its edge. None where nothing can be drawn.
    """
    ends = [end for one in ratios for end in (one.middle, *(one.usual or ())) if end is not None]
    if not ends:
        return None
    doublings = min(max(math.ceil(max(abs(math.log2(end)) for end in ends)), 1), _MOST_DOUBLINGS)
    small = _drawn(ratios, label, doublings, NARROW)
    small = replace(small, points=broken(small.points, small.frame))
    return replace(_drawn(ratios, label, doublings, WIDE), narrow=small)


def _drawn(ratios: Sequence[Ratio], label: str, doublings: int, layout: Layout) -> Estimates:
    def x_of(ratio: float) -> float:
        share = (math.log2(ratio) + doublings) / (2 * doublings)
        return round(layout.left + (layout.right - layout.left) * min(max(share, 0.0), 1.0), 1)

    rows = tuple(_placed(one, layout.top + layout.row * n, layout, x_of) for n, one in enumerate(ratios))
    bottom = layout.top + layout.row * len(ratios)
    return Estimates(
        frame=Frame(layout.width, bottom + 22, layout.left, layout.right, layout.top, bottom),
        x_ticks=_ticks(doublings, x_of),
        y_ticks=(),
        as_estimated=x_of(1.0),
        rows=rows,
        points=tuple(Point(row.x, row.y, row.words) for row in rows if row.x is not None),
        label=label,
    )


def _ticks(doublings: int, x_of: Callable[[float], float]) -> tuple[Tick, ...]:
    """Every doubling, or every second or fourth one: the most whose words do not meet."""
    for step in (1, 2, 4):
        found = [n for n in range(-doublings, doublings + 1) if n % step == 0]
        ticks = tuple(Tick(x_of(2.0**n), _times(n), x_of(2.0**n)) for n in found)
        if all(b.at - a.at >= (wide(a.word) + wide(b.word)) / 2 + GAP for a, b in pairwise(ticks)):
            break
    return ticks


def _placed(one: Ratio, top: float, layout: Layout, x_of: Callable[[float], float]) -> Placed:
    name, name_y, y = _cut(one.name, layout.name_room), top + layout.name, top + layout.line
    if one.middle is None:
        return Placed(name, name_y, y, one.words)
    low, high = one.usual or (one.middle, one.middle)
    return Placed(name, name_y, y, one.words, x_of(one.middle), x_of(low), x_of(high))


def _cut(name: str, room: float) -> str:
    return name if wide(name) <= room else f"{name[: int(room / wide('m')) - 1].rstrip()}…"


def _times(doublings: int) -> str:
    if doublings == 0:
        return "as estimated"
    return f"{2**doublings} times" if doublings > 0 else _FRACTIONS[doublings]
