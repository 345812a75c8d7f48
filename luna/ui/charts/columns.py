"""Upright columns of shares, one a quarter or the like, each with a mark to hold it against (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from luna.ui.charts.axis import Frame, Point, Tick, ValueAxis

_FRAME = Frame(width=460.0, height=180.0, left=44.0, right=454.0, top=22.0, bottom=150.0)
_WIDEST = 34.0
_EMPTY = 12.0
"""How far above the axis the words of an empty place stand."""


@dataclass(frozen=True)
class Measured:
    """What one column shows; shares are 0 to 1, None where there is too little to go by."""

    label: str
    share: float | None
    mark: float | None
    """A share that is shown as a line across the column."""
    words: str
    """All of it."""


@dataclass(frozen=True)
class Column:
    """With its rectangle, and the line of its mark; nothing is drawn where there is too little to go by."""

    label: str
    middle: float
    x: float
    y: float | None
    width: float
    height: float
    mark_y: float | None

    @property
    def empty_y(self) -> float:
        """Where the words stand that there is too little to go by."""
        return _FRAME.bottom - _EMPTY


@dataclass(frozen=True)
class Columns:
    """The whole drawing."""

    frame: Frame
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    columns: tuple[Column, ...]
    points: tuple[Point, ...]
    """At the heads of the columns; `empty` ones, which are not drawn, at the words of an empty place."""
    label: str


def lay_out(measured: Sequence[Measured], *, label: str) -> Columns:
    """Columns from left to right in the order given (at least one), on an axis from 0 to 100 %."""
    axis = ValueAxis(0.0, 1.0, 0.25, _FRAME.bottom, _FRAME.top)
    room = (_FRAME.right - _FRAME.left) / len(measured)
    width = round(min(_WIDEST, room * 0.6), 1)
    columns = tuple(_placed(one, _FRAME.left + (n + 0.5) * room, width, axis) for n, one in enumerate(measured))
    return Columns(
        frame=_FRAME,
        x_ticks=tuple(Tick(one.middle, one.label, one.middle) for one in columns),
        y_ticks=axis.ticks(lambda share: f"{share * 100:.0f} %"),
        columns=columns,
        points=tuple(
            Point(column.middle, column.empty_y, one.words, "empty")
            if column.y is None
            else Point(column.middle, column.y, one.words)
            for column, one in zip(columns, measured, strict=True)
        ),
        label=label,
    )


def _placed(one: Measured, middle: float, width: float, axis: ValueAxis) -> Column:
    top = None if one.share is None else axis.at(one.share)
    return Column(
        label=one.label,
        middle=round(middle, 1),
        x=round(middle - width / 2, 1),
        y=top,
        width=width,
        height=0.0 if top is None else round(_FRAME.bottom - top, 1),
        mark_y=None if one.mark is None else axis.at(one.mark),
    )
