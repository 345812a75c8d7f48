"""The slip chart: a row per milestone, from the date agreed first over each move to the likely one (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from luna.ui.charts.axis import DayAxis, Frame, Point, Tick, broken, day_axis
from luna.ui.wording import counted, day_words, moved_words

_BEYOND = 14.0
"""From the axis' end to the head of an arrow that leads beyond it."""
_HOP = 13.0
_UNDER_NAME = 6.0
"""From the foot of a name's letters to where a line may begin."""
_MOST_POINTS = 4
_FURTHEST = timedelta(days=730)


@dataclass(frozen=True)
class Layout:
    """How wide the drawing and its axis are; how high its head and each row, with name and line at these heights."""

    width: float
    left: float
    right: float
    head: float
    row: float
    name: float
    line: float
    letters: int
    """So many letters of a name fit."""


WIDE = Layout(1080.0, 250.0, 980.0, 44.0, 34.0, 17.0, 17.0, 34)
NARROW = Layout(360.0, 8.0, 340.0, 62.0, 52.0, 14.0, 37.0, 42)
"""As a phone has room: a name stands over its line."""


@dataclass(frozen=True)
class Move:
    """A due date that was given up for another one, on a day, with what was said about it."""

    on: date
    before: date
    after: date
    why: str = ""

    @property
    def days(self) -> int:
        """Calendar days; later is positive."""
        return (self.after - self.before).days


@dataclass(frozen=True)
class Slip:
    """A milestone with a due date: `first` is the one agreed first, `sure` the day by which it is 85 % sure."""

    pk: int
    name: str
    first: date
    due: date
    moves: tuple[Move, ...] = ()
    completed: date | None = None
    sure: date | None = None
    is_out_of_sight: bool = False
    """Whether the day by which it is 85 % sure lies beyond what the forecast looks at; `sure` is None then."""
    health: str = "unknown"
    path: str = ""
    """Of its page."""

    @property
    def finish(self) -> date:
        """The day on which it was completed, else on which it is due."""
        return self.completed or self.due

    @property
    def days(self) -> int:
        """How far the finish is from the date agreed first, in calendar days; later is positive."""
        return (self.finish - self.first).days

    @property
    def figure(self) -> str:
        """`+7 d`, `-3 d`, `0 d`."""
        return moved_words(self.days)


@dataclass(frozen=True)
class Row:
    """A milestone in the drawing."""

    slip: Slip
    label: str
    rule_y: float
    """The hairline above it."""
    name_y: float
    y: float
    first_x: float
    finish_x: float
    sure_x: float | None
    hops: tuple[str, ...]
    """A path for each move, from date to date: above the row to a later one, below it to an earlier one."""
    beyond_x: float | None
    """The head of the arrow that leads out of the drawing, where the day that is 85 % sure is out of sight."""
    words: str


@dataclass(frozen=True)
class SlipChart:
    """The whole drawing."""

    frame: Frame
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    points: tuple[Point, ...]
    rows: tuple[Row, ...]
    today_x: float
    today_line: str
    """A path from top to bottom; where a name stands over its line, only beside the lines."""
    label: str
    narrow: SlipChart | None = None
    """The same for a phone; None where this is the one."""


def lay_out(slips: Sequence[Slip], *, today: date) -> SlipChart | None:
    """A row for each, in their order; None without any."""
    if not slips:
        return None
    small = _drawn(slips, today, NARROW)
    return replace(_drawn(slips, today, WIDE), narrow=replace(small, points=broken(small.points, small.frame)))


def _drawn(slips: Sequence[Slip], today: date, layout: Layout) -> SlipChart:
    latest = today + _FURTHEST
    days = [today]
    for slip in slips:
        days += [slip.first, slip.finish, *(day for move in slip.moves for day in (move.before, move.after))]
        days += [slip.sure] if slip.sure else []
    x = day_axis([min(day, latest) for day in days], layout.left + 12, layout.right, room=3)
    bottom = layout.head + layout.row * len(slips)
    rows = tuple(_row(slip, layout.head + layout.row * n, layout, x, today) for n, slip in enumerate(slips))
    slipped = sum(slip.days > 0 for slip in slips)
    return SlipChart(
        frame=Frame(layout.width, bottom + 24, layout.left, layout.right, layout.head, bottom),
        x_ticks=x.ticks(),
        y_ticks=(),
        points=tuple(point for row in rows for point in _points(row, x, today)),
        rows=rows,
        today_x=x.at(today),
        today_line=_today_line(x.at(today), layout, len(slips)),
        label=f"{slipped} of {counted(len(slips), 'milestone')} later than first agreed; the table below says the same",
    )


def _today_line(at: float, layout: Layout, rows: int) -> str:
    bottom = layout.head + layout.row * rows
    if layout.name == layout.line:
        return f"M{at:g} {layout.head:g}V{bottom:g}"
    tops = (layout.head + layout.row * n for n in range(rows))
    return "".join(f"M{at:g} {top + layout.name + _UNDER_NAME:g}V{top + layout.row:g}" for top in tops)


def _row(slip: Slip, top: float, layout: Layout, x: DayAxis, today: date) -> Row:
    is_short = len(slip.name) <= layout.letters
    sure = slip.sure if slip.sure and not slip.completed and slip.sure != slip.finish else None
    y = top + layout.line
    return Row(
        slip=slip,
        label=slip.name if is_short else f"{slip.name[: layout.letters - 1].rstrip()}…",
        rule_y=top,
        name_y=top + layout.name,
        y=y,
        first_x=x.at(slip.first),
        finish_x=x.at(slip.finish),
        sure_x=x.at(sure) if sure else None,
        hops=tuple(_hop(x.at(move.before), x.at(move.after), y) for move in slip.moves),
        beyond_x=layout.right + _BEYOND if slip.is_out_of_sight and not slip.completed else None,
        words=_words(slip, today),
    )


def _hop(begin: float, end: float, y: float) -> str:
    top = y - _HOP if end >= begin else y + _HOP
    return f"M{begin:g} {y:g}Q{round((begin + end) / 2, 1):g} {round(2 * top - y, 1):g} {end:g} {y:g}"


def _points(row: Row, x: DayAxis, today: date) -> list[Point]:
    """Where its newest moves end."""
    return [
        Point(x.at(move.after), row.y, f"{row.slip.name}: {move_words(move, today)}", "quiet")
        for move in row.slip.moves[-_MOST_POINTS:]
    ]


def move_words(move: Move, today: date) -> str:
    """`on Sun 8 Nov from Fri 13 Nov to Fri 20 Nov, 7 days later`."""
    how = f"{counted(abs(move.days), 'day')} {'later' if move.days > 0 else 'earlier'}"
    before, after = day_words(move.before, today), day_words(move.after, today)
    return f"on {day_words(move.on, today)} from {before} to {after}, {how}"


def _words(slip: Slip, today: date) -> str:
    now = f"completed {day_words(slip.completed, today)}" if slip.completed else f"due {day_words(slip.due, today)}"
    moved = f", moved {len(slip.moves)}×" if slip.moves else ""
    words = f"{slip.name}: first due {day_words(slip.first, today)}, {now}, {slip.figure}{moved}"
    if slip.completed:
        return words
    if slip.is_out_of_sight:
        return f"{words}, the day that is 85 % sure is out of sight"
    return f"{words}, 85 % sure by {day_words(slip.sure, today)}" if slip.sure else words
