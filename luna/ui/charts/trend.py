"""The milestone trend: the date that was expected of each milestone, over the day on which it was expected (pure).

A level line is a date that was kept; one that climbs slips. The slope is today: a line that meets it is a milestone
that is completed (milestone trend analysis, https://de.wikipedia.org/wiki/Meilensteintrendanalyse).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from luna.ui.charts.axis import (
    LETTER,
    LINE,
    DayAxis,
    Frame,
    Point,
    Tick,
    apart,
    broken,
    day_axis,
    line_path,
    step_path,
    wide,
)
from luna.ui.wording import counted, day_words, moved_words

FRAME = Frame(1080.0, 420.0, 66.0, 800.0, 30.0, 380.0)
"""As a page has room."""
REPORT = Frame(760.0, 330.0, 60.0, 500.0, 30.0, 296.0)
"""As a sheet of paper has."""
NARROW = Frame(360.0, 440.0, 52.0, 350.0, 58.0, 404.0)
"""As a phone has room: names stand over the lines alone."""
_LABEL = 24.0
"""From the rectangle to the labels beside it."""
MOST_NAMED = 8
"""Lines that are told apart; the others stay grey, and the table has them all."""
_BEGIN_LETTERS = 26
_OVER = 9.0
"""From a line to its name over its begin."""
_MOST_COLUMNS = 6
_MOST_POINTS = 4
_FURTHEST = timedelta(days=730)

Places = tuple[tuple[float, float], ...]
"""Along a line, from left to right."""


@dataclass(frozen=True)
class Series:
    """A milestone and what was expected of it, oldest first; None from a day on which no date was expected any more."""

    pk: int
    name: str
    told: tuple[tuple[date, date | None], ...]
    health: str = "unknown"
    completed: date | None = None
    path: str = ""
    """Of its page."""

    @property
    def moved_days(self) -> int:
        """From the first date that was expected to the last one, in calendar days; later is positive."""
        dates = [expected for _, expected in self.told if expected]
        return (dates[-1] - dates[0]).days if dates else 0

    def story(self, today: date) -> str:
        """`at first Fri 13 Nov, now Fri 20 Nov, 7 days later`; for one that had a date at all."""
        first = next(expected for _, expected in self.told if expected)
        last = self.told[-1][1]
        now = f"now {day_words(last, today)}" if last else "now without a date"
        if self.completed:
            now = f"completed {day_words(self.completed, today)}"
        how = f", {moved_by_words(self.moved_days)}" if self.moved_days else ""
        return f"at first {day_words(first, today)}, {now}{how}"

    def at(self, day: date) -> date | None:
        """What was expected on `day`, at its end; None before anything was, and after it was completed."""
        if self.completed and day > self.completed:
            return None
        known = [expected for on, expected in self.told if on <= day]
        return known[-1] if known else None


@dataclass(frozen=True)
class Line:
    """A milestone's line; `label` is empty where it isn't told apart."""

    series: Series
    parts: tuple[Places, ...]
    """Where each of its dates begins, and where the line ends; another part after a time without a date."""
    words: str
    dash: int
    """0 to 3: how it is dashed."""
    label: str = ""
    label_y: float = 0.0
    begin_label: str = ""
    """Its name over the line's begin, where there is no room for a label at its end."""
    begin_x: float = 0.0
    begin_y: float = 0.0

    @property
    def path(self) -> str:
        """As an SVG path that keeps its height until the next place's x."""
        return "".join(step_path(part) for part in self.parts)

    @property
    def x(self) -> float:
        """Where it ends."""
        return self.parts[-1][-1][0]

    @property
    def y(self) -> float:
        """Where it ends."""
        return self.parts[-1][-1][1]


@dataclass(frozen=True)
class Row:
    """What the table beside the drawing says of a milestone: its dates on the days of the columns."""

    series: Series
    cells: tuple[date | None, ...]

    @property
    def moved(self) -> str:
        """`+7 d`, `−3 d`, `0 d`."""
        return moved_words(self.series.moved_days)


@dataclass(frozen=True)
class Trend:
    """The whole drawing."""

    frame: Frame
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    slope: tuple[tuple[float, float], tuple[float, float]]
    """Of the days that are expected for the day itself: where it begins and ends."""
    today_x: float
    points: tuple[Point, ...]
    named: tuple[Line, ...]
    others: tuple[Line, ...]
    columns: tuple[date, ...]
    rows: tuple[Row, ...]
    label: str
    """All of it in words."""
    narrow: Trend | None = None
    """The same for a phone; None where this is the one."""

    @property
    def today_path(self) -> str:
        """The slope as an SVG path."""
        return line_path(self.slope)

    @property
    def label_x(self) -> float:
        """Where the lines' labels begin."""
        return self.frame.right + _LABEL


def lay_out(series: Sequence[Series], *, today: date, frame: Frame = FRAME, label_height: float = LINE) -> Trend | None:
    """The drawing of those of `series` with a date; None before there are two days on which one was expected.

    Labels at the lines' ends keep the room of `label_height` units each.
    """
    found = _drawn(series, today, frame, label_height)
    small = _drawn(series, today, NARROW, None)
    if found is None or small is None:
        return None
    return replace(found, narrow=replace(small, points=broken(small.points, NARROW)))


def _drawn(series: Sequence[Series], today: date, frame: Frame, label_height: float | None) -> Trend | None:
    """Without a height for labels at the lines' ends, they are told apart by names over their begins."""
    shown = [one for one in (until(one, today) for one in series) if any(expected for _, expected in one.told)]
    told = [(day, expected) for one in shown for day, expected in one.told if expected]
    if not told or min(day for day, _ in told) >= today:
        return None
    x = day_axis([min(day for day, _ in told), today], frame.left, frame.right)
    latest = today + _FURTHEST
    y = day_axis([today, *(min(expected, latest) for _, expected in told)], frame.bottom, frame.top, room=3)
    chosen = _chosen(shown)
    lines = [_line(one, x, y, today, chosen.index(one.pk) % 4 if one.pk in chosen else 0) for one in shown]
    named = [line for line in lines if line.series.pk in chosen]
    begin = max(x.first, y.first)
    columns = _columns(x.first, today)
    return Trend(
        frame=frame,
        x_ticks=x.ticks(),
        y_ticks=y.upright_ticks(),
        slope=((x.at(begin), y.at(begin)), (x.at(today), y.at(today))),
        today_x=x.at(today),
        points=tuple(point for one in shown if one.pk in chosen for point in _points(one, x, y, today)),
        named=_named_at_end(named, today, frame, label_height) if label_height else _named_at_begin(named, frame),
        others=tuple(line for line in lines if line.series.pk not in chosen),
        columns=columns,
        rows=tuple(Row(one, tuple(one.at(day) for day in columns)) for one in shown),
        label=f"Expected dates of {counted(len(shown), 'milestone')} since {day_words(x.first, today)}; "
        "the table below says the same",
    )


def until(one: Series, today: date) -> Series:
    """Only its changes, up to the day on which it was completed, or up to today."""
    end = min(one.completed or today, today)
    told: list[tuple[date, date | None]] = []
    for day, expected in one.told:
        if day <= end and not (one.completed and day == end) and (not told or told[-1][1] != expected):
            told.append((day, expected))
    if one.completed and told:
        told.append((end, end))
    return replace(one, told=tuple(told))


def _chosen(shown: Sequence[Series]) -> list[int]:
    """The ids of those to be told apart: open ones first, those that moved the most before the others."""
    order = sorted(shown, key=lambda one: (one.completed is not None, -abs(one.moved_days)))
    return [one.pk for one in order[:MOST_NAMED]]


def _line(one: Series, x: DayAxis, y: DayAxis, today: date, dash: int) -> Line:
    parts: list[list[tuple[float, float]]] = []
    begun = False
    for day, expected in one.told:
        if expected is None:
            if begun:
                parts[-1].append((x.at(day), parts[-1][-1][1]))
            begun = False
            continue
        if not begun:
            parts.append([])
            begun = True
        parts[-1].append((x.at(day), y.at(expected)))
    if begun and not one.completed:
        parts[-1].append((x.at(today), parts[-1][-1][1]))
    return Line(one, tuple(tuple(part) for part in parts), f"{one.name}: {one.story(today)}", dash)


def _named_at_end(lines: Sequence[Line], today: date, frame: Frame, label_height: float) -> tuple[Line, ...]:
    """With their labels at the right, in the order in which they end, none over another."""
    ordered = sorted(lines, key=lambda line: line.y)
    places = apart([line.y for line in ordered], [label_height] * len(ordered), frame.top, frame.bottom, gap=4.0)
    letters = int((frame.width - frame.right - _LABEL) / LETTER)
    return tuple(
        replace(line, label=_label(line.series, today, letters), label_y=place)
        for line, place in zip(ordered, places, strict=True)
    )


def _named_at_begin(lines: Sequence[Line], frame: Frame) -> tuple[Line, ...]:
    """From the lowest to the highest, each with its name over its begin; many give way upwards, off the lines."""
    begins = {line.series.pk: line.parts[0][0] for line in lines}
    ordered = sorted(lines, key=lambda line: -begins[line.series.pk][1])
    wanted = [_OVER - begins[line.series.pk][1] for line in ordered]
    places = apart(wanted, [LINE] * len(ordered), -frame.bottom, 2 * LINE - frame.top, gap=1.0)
    found = []
    for line, place in zip(ordered, places, strict=True):
        label = _short(line.series.name, _BEGIN_LETTERS)
        x = min(begins[line.series.pk][0] + 3, frame.right - wide(label))
        found.append(replace(line, begin_label=label, begin_x=round(x, 1), begin_y=-place))
    return tuple(found)


def _short(name: str, letters: int) -> str:
    return name if len(name) <= letters else f"{name[: letters - 1].rstrip()}…"


def _label(one: Series, today: date, letters: int) -> str:
    """`Beta, 4 Dec`: as much of the name as there is room for."""
    last = one.told[-1][1]
    day = f", {day_words(last, today).split(' ', 1)[1]}" if last else ""
    return f"{_short(one.name, letters - len(day))}{day}"


def _points(one: Series, x: DayAxis, y: DayAxis, today: date) -> list[Point]:
    """Its newest changes."""
    found: list[Point] = []
    before: date | None = None
    for day, expected in one.told:
        if before and expected and not (one.completed and day == one.completed):
            moved = (expected - before).days
            new = f"expected {day_words(expected, today)}, {moved_by_words(moved)}"
            found.append(Point(x.at(day), y.at(expected), f"{one.name}: from {day_words(day, today)} on {new}"))
        before = expected or before
    return found[-_MOST_POINTS:]


def moved_by_words(days: int) -> str:
    """`7 days later`, `1 day earlier`."""
    return f"{counted(abs(days), 'day')} {'later' if days > 0 else 'earlier'}"


def _columns(first: date, today: date) -> tuple[date, ...]:
    """Up to six days, evenly apart, the first and today among them."""
    count = min(_MOST_COLUMNS, (today - first).days + 1)
    return tuple(first + timedelta(days=round((today - first).days * n / (count - 1))) for n in range(count))
