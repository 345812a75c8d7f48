"""Horizontal bars: amounts beside each other, each with its words, so that the drawing is a table as well (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LENGTH = 100.0
"""Of the axis; the drawing is stretched to the room that there is."""
_LEAST = 0.8
"""Width of the bar of something that is more than nothing: it can be seen."""


@dataclass(frozen=True)
class Measure:
    """One amount, with the words that say it."""

    label: str
    value: float | None
    """At least 0; None where there is too little to go by: `words` then say so, and no bar is drawn."""
    words: str
    path: str = ""
    """Where a click on the label leads."""
    tone: str = ""
    """`ok`, `warn` or `bad` where the bar is a status; else it has none."""
    band: tuple[float, float] | None = None
    """From where to where it may be by chance, in the unit of `value`."""
    mark: float | None = None
    """What it is held against, in the unit of `value`."""


@dataclass(frozen=True)
class Bar:
    """With its places on the axis."""

    measure: Measure
    width: float | None
    band_x: float | None = None
    band_width: float | None = None
    mark_x: float | None = None


@dataclass(frozen=True)
class Bars:
    """The whole drawing, a table with a head: what the rows are, and what their figures are."""

    caption: str
    head: str
    figure: str
    rows: tuple[Bar, ...]
    opens_drawer: bool = False
    """Whether what the labels lead to opens over the page."""


def lay_out(
    measures: Sequence[Measure],
    *,
    caption: str,
    head: str,
    figure: str,
    most: float | None = None,
    opens_drawer: bool = False,
) -> Bars:
    """Rows in the order given. `most` is the amount at the end of the axis; without it, the greatest that is shown.

    Raises ValueError for an amount below 0.
    """
    shown = [amount for one in measures for amount in (one.value, one.mark, *(one.band or ())) if amount is not None]
    if any(amount < 0 for amount in shown):
        raise ValueError("A bar begins at 0 and cannot show less.")
    end = max(shown, default=0.0) if most is None else most
    rows = tuple(_placed(one, end) for one in measures)
    return Bars(caption, head, figure, rows, opens_drawer)


def _placed(one: Measure, end: float) -> Bar:
    def x_of(amount: float) -> float:
        return round(min(amount / end, 1.0) * LENGTH, 2) if end else 0.0

    width = None if one.value is None else max(x_of(one.value), _LEAST if one.value else 0.0)
    if one.band is None:
        return Bar(one, width, mark_x=None if one.mark is None else x_of(one.mark))
    low, high = one.band
    return Bar(one, width, x_of(low), round(x_of(high) - x_of(low), 2), None if one.mark is None else x_of(one.mark))
