"""The probability curve: how likely it is that something is done by each day (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from luna.ui.charts.axis import (
    DayAxis,
    Frame,
    Point,
    Tick,
    ValueAxis,
    apart,
    area_path,
    broken,
    day_axis,
    line_path,
    wide,
)
from luna.ui.wording import day_words

FRAME = Frame(632.0, 226.0, 44.0, 622.0, 46.0, 178.0)
NARROW = Frame(360.0, 240.0, 40.0, 352.0, 60.0, 192.0)
"""As a phone has room."""
_WORDS = {50: "Likely", 85: "85 % sure", 95: "95 % sure"}
_SAID = (*range(10, 95, 10), 85, 95)
"""The per cents that have a point, and a row of the table."""


@dataclass(frozen=True)
class Wanted:
    """The due or target date, and the chance that it is met."""

    word: str
    day: date
    chance: float | None = None
    """0 to 1; None where the day has passed, or the chance is not known."""
    chance_words: str = ""


@dataclass(frozen=True)
class MarkedDay:
    """An upright line at a day, with its words and their place."""

    kind: str
    """`today`, `wanted` or `likely`."""
    words: str
    x: float
    y: float
    label_x: float


@dataclass(frozen=True)
class Row:
    """What the table says of a day."""

    day: date
    words: str
    chance: str


@dataclass(frozen=True)
class Curve:
    """The whole drawing."""

    frame: Frame
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    points: tuple[Point, ...]
    path: str
    area: str
    above: tuple[MarkedDay, ...]
    below: tuple[MarkedDay, ...]
    rows: tuple[Row, ...]
    ends_early: bool
    """Whether a part of it lies beyond the days that the forecast looks at."""
    label: str
    """All of it in words."""
    narrow: Curve | None = None
    """The same for a phone; None where this is the one."""


def lay_out(days: Sequence[tuple[int, date | None]], *, wanted: Wanted | None, today: date) -> Curve | None:
    """The drawing of `days`: per cents, ascending, with the first day by which it is done with that chance.

    A day that is None lies beyond what the forecast looks at. None where no day is known. It ends where the per cents
    do: nothing is shown as surer than the last of them.
    """
    known = [(per_cent, day) for per_cent, day in days if day is not None]
    if not known:
        return None
    ends_early = len(known) < len(days)
    small = _drawn(known, wanted, today, NARROW, ends_early=ends_early)
    small = replace(small, points=broken(small.points, NARROW))
    return replace(_drawn(known, wanted, today, FRAME, ends_early=ends_early), narrow=small)


def _drawn(
    known: Sequence[tuple[int, date]], wanted: Wanted | None, today: date, frame: Frame, *, ends_early: bool
) -> Curve:
    shown = [today, *(day for _, day in known), *([wanted.day] if wanted else [])]
    x = day_axis(shown, frame.left, frame.right, room=1)
    y = ValueAxis(0, 100, 25, frame.bottom, frame.top)
    places = _places(known, wanted, x, y)
    rows = _rows(known, wanted, today)
    return Curve(
        frame=frame,
        x_ticks=x.ticks(),
        y_ticks=y.ticks(lambda value: f"{value:.0f} %"),
        points=tuple(_points(known, x, y, today)),
        path=line_path(places),
        area=area_path(places, [(places[0][0], frame.bottom), (places[-1][0], frame.bottom)]),
        above=_above(wanted, today, x, frame),
        below=_below(known, today, x, y, frame),
        rows=rows,
        ends_early=ends_early,
        label=_label(rows, ends_early=ends_early),
    )


def _places(
    known: Sequence[tuple[int, date]], wanted: Wanted | None, x: DayAxis, y: ValueAxis
) -> list[tuple[float, float]]:
    """The line's corners: each day once, with the highest chance that is known of it."""
    by_day = {day: float(per_cent) for per_cent, day in known}
    least, most = known[0][0], known[-1][0]
    if wanted and wanted.chance is not None and least < wanted.chance * 100 < most:
        by_day[wanted.day] = max(wanted.chance * 100, by_day.get(wanted.day, 0.0))
    corners = [(x.at(day), y.at(per_cent)) for day, per_cent in sorted(by_day.items())]
    return [(corners[0][0], y.at(least)), *corners]


def _points(known: Sequence[tuple[int, date]], x: DayAxis, y: ValueAxis, today: date) -> list[Point]:
    said = {day: per_cent for per_cent, day in known if per_cent in _SAID}
    return [
        Point(x.at(day), y.at(per_cent), f"{_chance(per_cent)} by {day_words(day, today)}")
        for day, per_cent in said.items()
    ]


def _chance(per_cent: int) -> str:
    return f"{per_cent} % sure" if per_cent > 50 else f"{per_cent} % chance"


def _above(wanted: Wanted | None, today: date, x: DayAxis, frame: Frame) -> tuple[MarkedDay, ...]:
    """What is wanted, with its chance, and today."""
    marked = [("today", "Today", today, frame.top)]
    if wanted is not None:
        chance = f": {wanted.chance_words}" if wanted.chance_words else ""
        words = f"{wanted.word} {_short(wanted.day, today)}{chance}"
        marked.append(("wanted", words, wanted.day, frame.top))
    marked.sort(key=lambda one: one[2])
    return _placed(marked, x, frame)


def _below(
    known: Sequence[tuple[int, date]], today: date, x: DayAxis, y: ValueAxis, frame: Frame
) -> tuple[MarkedDay, ...]:
    """The likely day and those that are surer, one mark where they fall together."""
    by_day = {day: per_cent for per_cent, day in known if per_cent in _WORDS}
    return _placed(
        [
            ("likely", f"{_WORDS[per_cent]} {_short(day, today)}", day, y.at(per_cent))
            for day, per_cent in by_day.items()
        ],
        x,
        frame,
    )


def _placed(marked: Sequence[tuple[str, str, date, float]], x: DayAxis, frame: Frame) -> tuple[MarkedDay, ...]:
    places = apart([x.at(day) for _, _, day, _ in marked], [wide(words) for _, words, _, _ in marked], 0, frame.width)
    return tuple(
        MarkedDay(kind, words, x.at(day), at_y, place)
        for (kind, words, day, at_y), place in zip(marked, places, strict=True)
    )


def _rows(known: Sequence[tuple[int, date]], wanted: Wanted | None, today: date) -> tuple[Row, ...]:
    """Each day once; of the day that is wanted the chance is known more exactly."""
    said = {day: Row(day, day_words(day, today), f"{per_cent} %") for per_cent, day in known if per_cent in _SAID}
    if wanted is not None and wanted.chance_words:
        words = f"{day_words(wanted.day, today)}, {wanted.word.lower()}"
        said[wanted.day] = Row(wanted.day, words, wanted.chance_words)
    return tuple(said[day] for day in sorted(said))


def _label(rows: Sequence[Row], *, ends_early: bool) -> str:
    said = ", ".join(f"{row.chance} by {row.words}" for row in rows)
    return f"How likely it is done by each day: {said}{'; the rest is out of sight' if ends_early else ''}"


def _short(day: date, today: date) -> str:
    """`12 Dec`: without its weekday."""
    return day_words(day, today).split(" ", 1)[1]
