"""The reliability diagram: chances as they were said against what happened (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from luna.ui.charts.axis import Frame, Point, Tick, ValueAxis, apart, wide

FRAME = Frame(440.0, 318.0, 52.0, 424.0, 62.0, 268.0)


@dataclass(frozen=True)
class Said:
    """Chances of about the same height, and how many of them came true; shares are 0 to 1."""

    said: float
    happened: float
    band: tuple[float, float]
    """Between these shares it lies by chance when what was said is right."""
    count: int
    words: str
    """All of it."""


@dataclass(frozen=True)
class Span:
    """An upright line: where chance alone may put a point."""

    x: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Reliability:
    """The whole drawing."""

    frame: Frame
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    spans: tuple[Span, ...]
    points: tuple[Point, ...]
    counts: tuple[Tick, ...]
    """How many chances each point stands for."""
    label: str


def lay_out(said: Sequence[Said], *, label: str) -> Reliability:
    """Both axes go from 0 to 100 %; where what was said is right, the points lie near the diagonal."""
    x = ValueAxis(0.0, 1.0, 0.25, FRAME.left, FRAME.right)
    y = ValueAxis(0.0, 1.0, 0.25, FRAME.bottom, FRAME.top)
    ordered = sorted(said, key=lambda one: one.said)
    words = [str(one.count) for one in ordered]
    places = apart([x.at(one.said) for one in ordered], [wide(word) for word in words], FRAME.left - 12, FRAME.width)
    return Reliability(
        frame=FRAME,
        x_ticks=x.ticks(_per_cent),
        y_ticks=y.ticks(_per_cent),
        spans=tuple(Span(x.at(one.said), y.at(one.band[1]), y.at(one.band[0])) for one in ordered),
        points=tuple(Point(x.at(one.said), y.at(one.happened), one.words) for one in ordered),
        counts=tuple(
            Tick(x.at(one.said), word, place) for one, word, place in zip(ordered, words, places, strict=True)
        ),
        label=label,
    )


def _per_cent(share: float) -> str:
    return f"{share * 100:.0f} %"
