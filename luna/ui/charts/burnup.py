"""The burn-up: tasks done below tasks in scope, day by day, and the cone in which the rest is likely done (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

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
    step_path,
    value_axis,
    wide,
)
from luna.ui.wording import counted, day_words, exact_day

FRAME = Frame(632.0, 222.0, 30.0, 622.0, 46.0, 178.0)
NARROW = Frame(360.0, 236.0, 26.0, 352.0, 60.0, 192.0)
"""As a phone has room."""
_LONGEST, _FURTHEST = timedelta(days=365), timedelta(days=730)
"""What is drawn of the past and of the time to come; further days stand at the edge."""
_SQUEEZE = 1.4
"""How much longer the last of the likely days may make the axis."""
_MOST_POINTS = 14
_SURE = ("Likely", "85 % sure", "95 % sure")


@dataclass(frozen=True)
class Count:
    """How many tasks are done and how many there are, at the end of a day or, for the last one, now."""

    day: date
    done: int
    scope: int


@dataclass(frozen=True)
class Plan:
    """The days beside the counts; `likely` are those by which it is finished in 50, 85 and 95 of 100 cases."""

    today: date
    due: date | None = None
    baseline: date | None = None
    completed: date | None = None
    likely: tuple[date | None, date | None, date | None] = (None, None, None)
    """None: no forecast, or beyond its horizon."""


@dataclass(frozen=True)
class MarkedDay:
    """An upright line at a day, with its word and the place of that."""

    kind: str
    """`today`, `due`, `baseline`, `completed` or `likely`."""
    word: str
    day: date
    said: str
    """The word with the day."""
    x: float
    label_x: float


@dataclass(frozen=True)
class Label:
    """Words beside a line."""

    x: float
    y: float
    words: str
    anchor: str = "start"


@dataclass(frozen=True)
class Row:
    """What the table beside the drawing says of a day: the same as its point."""

    day: date
    done: int
    scope: int
    came: int
    """How much more was in scope than in the row before; negative where it shrank."""


@dataclass(frozen=True)
class BurnUp:
    """The whole drawing."""

    frame: Frame
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    points: tuple[Point, ...]
    done_path: str
    scope_path: str
    cone_85: str
    cone_95: str
    """Empty without a forecast, and where nothing is left to do."""
    scope_y: float
    above: tuple[MarkedDay, ...]
    below: tuple[MarkedDay, ...]
    labels: tuple[Label, ...]
    rows: tuple[Row, ...]
    likely: tuple[tuple[str, date], ...]
    """The days of the forecast with their words, for the table."""
    label: str
    """All of it in words."""
    narrow: BurnUp | None = None
    """The same for a phone; None where this is the one."""


def lay_out(counts: Sequence[Count], plan: Plan) -> BurnUp | None:
    """The drawing of `counts` (oldest first, the last one is now); None before there are two days with tasks."""
    if len(counts) < 2 or not any(count.scope for count in counts):
        return None
    counts = _within(counts, counts[-1].day - _LONGEST)
    small = _drawn(counts, plan, NARROW)
    return replace(_drawn(counts, plan, FRAME), narrow=replace(small, points=broken(small.points, NARROW)))


def _drawn(counts: Sequence[Count], plan: Plan, frame: Frame) -> BurnUp:
    now = counts[-1]
    x = _axis(counts, plan, frame)
    y = value_axis(0, max(count.scope for count in counts), frame.bottom, frame.top)
    rows = _rows(counts)
    above, below = _marked(plan, x, frame)
    return BurnUp(
        frame=frame,
        x_ticks=x.ticks(),
        y_ticks=y.ticks(),
        points=tuple(Point(x.at(row.day), y.at(row.done), _row_words(row, plan.today)) for row in rows),
        done_path=step_path([(x.at(count.day), y.at(count.done)) for count in counts]),
        scope_path=_scope_path(counts, x, y, None if plan.completed else frame.right),
        cone_85=_cone(now, plan.likely[:2], x, y),
        cone_95=_cone(now, (plan.likely[0], plan.likely[2]), x, y),
        scope_y=y.at(now.scope),
        above=above,
        below=below,
        labels=_labels(now, x, y),
        rows=rows,
        likely=tuple((word, day) for word, day in zip(_SURE, plan.likely, strict=True) if day),
        label=_words(rows[0], now, plan),
    )


def _within(counts: Sequence[Count], first: date) -> list[Count]:
    """Those from `first` on, beginning with how it stood then."""
    before = [count for count in counts if count.day < first]
    kept = [count for count in counts if count.day >= first]
    return [Count(first, before[-1].done, before[-1].scope), *kept] if before and kept[0].day > first else kept


def _scope_path(counts: Sequence[Count], x: DayAxis, y: ValueAxis, end: float | None) -> str:
    """Drawn on to `end`, the right edge, while it is open, as what is still to do."""
    path = step_path([(x.at(count.day), y.at(count.scope)) for count in counts])
    return path if end is None else f"{path}H{end:g}"


def _axis(counts: Sequence[Count], plan: Plan, frame: Frame) -> DayAxis:
    """From the first count to the last of the days; one of 95 % that would squeeze the others stays beyond the edge."""
    first, now = counts[0].day, counts[-1].day
    days = [one for one in (plan.due, plan.baseline, plan.completed, *plan.likely[:2]) if one]
    shown = [now, *(min(max(day, first), now + _FURTHEST) for day in days)]
    surest = plan.likely[2]
    if surest and surest - first <= (max(shown) - first) * _SQUEEZE:
        shown.append(surest)
    return day_axis([first, *shown], frame.left, frame.right)


def _cone(now: Count, ends: Sequence[date | None], x: DayAxis, y: ValueAxis) -> str:
    """From what is done now to the scope, between an early and a late day; cut where the drawing ends."""
    early, late = ends
    if early is None or now.done >= now.scope:
        return ""
    begin, top = (x.at(now.day), y.at(now.done)), y.at(now.scope)
    late = late or now.day + _FURTHEST
    if x.holds(late):
        return area_path([begin, (x.at(early), top)], [(x.at(late), top)])
    share = (x.last - now.day) / (late - now.day)
    reached = round(begin[1] + (top - begin[1]) * share, 1)
    return area_path([begin, (x.at(early), top), (x.end, top)], [(x.end, reached)])


def _marked(plan: Plan, x: DayAxis, frame: Frame) -> tuple[tuple[MarkedDay, ...], tuple[MarkedDay, ...]]:
    """(what is wanted and today, the likely days), each from left to right."""
    baseline = plan.baseline if plan.baseline != plan.due else None
    wanted = [("baseline", "Baseline", baseline), ("due", "Due", plan.due)]
    here = ("completed", "Completed", plan.completed) if plan.completed else ("today", "Today", plan.today)
    told = [(word, day) for word, day in zip(_SURE, plan.likely, strict=True) if day]
    likely = {day: ("likely", word, day) for word, day in told if x.holds(day)}
    width = frame.width
    return _placed([*wanted, here], x, plan.today, width), _placed(list(likely.values()), x, plan.today, width)


def _placed(
    marked: Sequence[tuple[str, str, date | None]], x: DayAxis, today: date, width: float
) -> tuple[MarkedDay, ...]:
    ordered = sorted(((day, kind, word) for kind, word, day in marked if day is not None))
    said = [word if kind == "today" else f"{word} {_short(day, today)}" for day, kind, word in ordered]
    places = apart([x.at(day) for day, _, _ in ordered], [wide(words) for words in said], 0.0, width)
    return tuple(
        MarkedDay(kind, word, day, words, x.at(day), place)
        for (day, kind, word), words, place in zip(ordered, said, places, strict=True)
    )


def _labels(now: Count, x: DayAxis, y: ValueAxis) -> tuple[Label, ...]:
    """The lines' names at their ends, where they hide the least."""
    at, below = x.at(now.day), y.at(now.done) + 14
    words = f"{now.done} done"
    done = Label(at - 6, below, words, "end") if at > x.end - 70 else Label(at + 6, below, words)
    return Label(x.end, y.at(now.scope) - 5, f"{now.scope} in scope", "end"), done


def _rows(counts: Sequence[Count]) -> tuple[Row, ...]:
    """At most fourteen days, evenly apart and ending now; each with what came since the one before."""
    first, last = counts[0].day, counts[-1].day
    steps = (1, 2, 7, 14, 28, 56)
    step = next(days for days in steps if (last - first).days / days <= _MOST_POINTS - 1)
    days = [last - timedelta(days=step * n) for n in range((last - first).days // step + 1)]
    found: list[Row] = []
    chosen = [day for day in sorted(days[: _MOST_POINTS - 1]) if (day - first).days * 2 >= step]
    for day in (first, *chosen):
        stood = [count for count in counts if count.day <= day][-1]
        came = stood.scope - found[-1].scope if found else 0
        found.append(Row(day, stood.done, stood.scope, came))
    return tuple(found)


def _row_words(row: Row, today: date) -> str:
    came = f", {counted(row.came, 'task')} came" if row.came > 0 else ""
    left = f", {counted(-row.came, 'task')} fewer in scope" if row.came < 0 else ""
    return f"{day_words(row.day, today)}: {row.done} of {counted(row.scope, 'task')} done{came}{left}"


def _words(first: Row, now: Count, plan: Plan) -> str:
    grew = now.scope - first.scope
    scope = (
        f"scope {'grew' if grew > 0 else 'shrank'} from {first.scope} to {now.scope}"
        if grew
        else f"{now.scope} in scope"
    )
    days = [(word, day) for word, day in (("due", plan.due), *zip(_SURE, plan.likely, strict=True)) if day]
    said = "".join(f", {word.lower()} {exact_day(day)}" for word, day in days)
    return f"Burn-up since {exact_day(first.day)}: {now.done} of {counted(now.scope, 'task')} done, {scope}{said}"


def _short(day: date, today: date) -> str:
    """`12 Dec`: without its weekday."""
    return day_words(day, today).split(" ", 1)[1]
