"""How long work took beside its estimate, by group: a dot for the middle, a line for the usual range (pure)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from luna.ui.charts.axis import Frame, Point, Tick, wide

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW = 632.0, 190.0, 600.0, 24.0, 26.0
_MOST_DOUBLINGS = 4
_FRACTIONS = {-1: "half", -2: "a quarter", -3: "1/8", -4: "1/16"}


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


def lay_out(ratios: Sequence[Ratio], *, label: str) -> Estimates | None:
    """In the order given, on an axis on which twice as long is as far to the right as half as long is to the left.

    It ends at 16 times and a sixteenth at most; what is further stands at its edge. None where nothing can be drawn.
    """
    ends = [end for one in ratios for end in (one.middle, *(one.usual or ())) if end is not None]
    if not ends:
        return None
    doublings = min(max(math.ceil(max(abs(math.log2(end)) for end in ends)), 1), _MOST_DOUBLINGS)

    def x_of(ratio: float) -> float:
        share = (math.log2(ratio) + doublings) / (2 * doublings)
        return round(_LEFT + (_RIGHT - _LEFT) * min(max(share, 0.0), 1.0), 1)

    rows = tuple(_placed(one, _TOP + _ROW * (n + 0.5), x_of) for n, one in enumerate(ratios))
    bottom = _TOP + _ROW * len(ratios)
    return Estimates(
        frame=Frame(_WIDTH, bottom + 22, _LEFT, _RIGHT, _TOP, bottom),
        x_ticks=tuple(Tick(x_of(2.0**n), _times(n), x_of(2.0**n)) for n in range(-doublings, doublings + 1)),
        y_ticks=(),
        as_estimated=x_of(1.0),
        rows=rows,
        points=tuple(Point(row.x, row.y, row.words) for row in rows if row.x is not None),
        label=label,
    )


def _placed(one: Ratio, y: float, x_of: Callable[[float], float]) -> Placed:
    name = _cut(one.name)
    if one.middle is None:
        return Placed(name, y, one.words)
    low, high = one.usual or (one.middle, one.middle)
    return Placed(name, y, one.words, x_of(one.middle), x_of(low), x_of(high))


def _cut(name: str) -> str:
    room = _LEFT - 12
    return name if wide(name) <= room else f"{name[: int(room / wide('m')) - 1].rstrip()}…"


def _times(doublings: int) -> str:
    if doublings == 0:
        return "as estimated"
    return f"{2**doublings} times" if doublings > 0 else _FRACTIONS[doublings]
