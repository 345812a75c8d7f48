"""What charts share: scales of days and of values, ticks with words, points with words, labels kept apart (pure).

Units are those of a drawing's view box: x grows to the right and y downwards, so an upright axis begins at its bottom.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

LETTER = 6.2
"""Width of a letter at 11 px, on the safe side."""
LINE = 14.0
"""Height of a line of words at 11 px."""
GAP = 8.0
"""Between two words."""


@dataclass(frozen=True)
class Point:
    """A place in a drawing and what is said of it when it is pointed at or reached by the keyboard."""

    x: float
    y: float
    words: str
    kind: str = ""
    """How it is drawn; each chart says which kinds it has."""
    lines: tuple[str, ...] = ()
    """The words in pieces, where the drawing is too narrow for a line of them."""


@dataclass(frozen=True)
class Tick:
    """A place on an axis with its word; the word's middle may stand beside it, so that it stays inside the axis."""

    at: float
    word: str
    label_at: float


@dataclass(frozen=True)
class Frame:
    """A drawing's size and the rectangle inside it in which its lines stand; the row above is for a point's words."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float

    @property
    def words_y(self) -> float:
        """The base line of the words of the point that is looked at."""
        return 11.0

    @property
    def below_y(self) -> float:
        """The base line of the words below the rectangle."""
        return self.bottom + LINE + 2


@dataclass(frozen=True)
class DayAxis:
    """Days from `first` to `last` (later than it), between the places `begin` and `end`."""

    first: date
    last: date
    begin: float
    end: float

    def at(self, day: date) -> float:
        """The place of `day`; days outside stand at the axis' end that is nearer to them."""
        share = (day - self.first).days / (self.last - self.first).days
        return _between(self.begin, self.end, share)

    def holds(self, day: date) -> bool:
        """Whether `day` is neither before nor after the axis."""
        return self.first <= day <= self.last

    def ticks(self) -> tuple[Tick, ...]:
        """Days, Mondays, firsts of months, quarters or years: the finest of them whose words do not meet.

        Where even the coarsest do, those of them that have room.
        """
        roomy: list[Tick] = []
        for found in self._choices():
            ticks = [_tick(self.at(day), word, self.begin, self.end) for day, word in found]
            roomy = [ticks[0]]
            for tick in ticks[1:]:
                if tick.label_at - roomy[-1].label_at >= (wide(tick.word) + wide(roomy[-1].word)) / 2 + GAP:
                    roomy.append(tick)
            if len(roomy) == len(ticks):
                break
        return tuple(roomy)

    def upright_ticks(self) -> tuple[Tick, ...]:
        """The same for an axis that stands: its words need two lines' height each."""
        for found in self._choices():
            ticks = tuple(Tick(self.at(day), word, self.at(day)) for day, word in found)
            if all(abs(b.at - a.at) >= 2 * LINE for a, b in pairwise(ticks)):
                return ticks
        return ()

    def _choices(self) -> Iterator[list[tuple[date, str]]]:
        """The days that may be marked, the most of them first; never so many that no words could fit."""
        for least_days, step in _STEPS:
            if (self.last - self.first).days / least_days * LINE <= abs(self.end - self.begin) + 2 * LINE:
                found = [one for one in step(self.first, self.last) if self.holds(one[0])]
                if found:
                    yield found


@dataclass(frozen=True)
class ValueAxis:
    """Values from `low` to `high` (more than it), both of them multiples of `step`, between `begin` and `end`."""

    low: float
    high: float
    step: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        """The place of `value`; values outside stand at the axis' end that is nearer to them."""
        return _between(self.begin, self.end, (value - self.low) / (self.high - self.low))

    def ticks(self, word: Callable[[float], str] = lambda value: f"{value:,.10g}") -> tuple[Tick, ...]:
        """At each step, from the lowest, said by `word`."""
        count = round((self.high - self.low) / self.step)
        values = [round(self.low + n * self.step, 10) for n in range(count + 1)]
        return tuple(Tick(self.at(value), word(value), self.at(value)) for value in values)


def day_axis(days: Sequence[date], begin: float, end: float, *, room: int = 0) -> DayAxis:
    """One that holds all of `days` (at least one) and `room` days more on both sides."""
    first, last = min(days) - timedelta(days=room), max(days) + timedelta(days=room)
    return DayAxis(first, max(last, first + timedelta(days=1)), begin, end)


def value_axis(
    low: float, high: float, begin: float, end: float, *, room: float = 28.0, is_whole: bool = True
) -> ValueAxis:
    """One that holds `low` and `high`, its steps 1, 2 or 5 times a power of ten and at least `room` units apart.

    Steps of an axis that `is_whole` are never smaller than 1.
    """
    most = max(math.floor(abs(end - begin) / room), 2)
    power = 10.0 ** math.floor(math.log10(max(high - low, 1e-9) / most))
    sizes = [round(power * factor * scale, 12) for scale in (1, 10, 100) for factor in (1, 2, 5)]
    for step in [size for size in sizes if size >= 1 or not is_whole] or [1.0]:
        under = math.floor(low / step + 1e-9)
        over = max(math.ceil(high / step - 1e-9), under + 1)
        if over - under <= most:
            break
    return ValueAxis(under * step, over * step, step, begin, end)


def apart(
    wanted: Sequence[float], sizes: Sequence[float], low: float, high: float, *, gap: float = GAP
) -> tuple[float, ...]:
    """The middles of labels of these sizes, in the order of `wanted` (sorted), each as near to it as there is room.

    None covers another and none leaves `low` to `high`, as long as there is room for all.
    """
    places = [max(place, low + size / 2) for place, size in zip(wanted, sizes, strict=True)]
    for n in range(1, len(places)):
        places[n] = max(places[n], places[n - 1] + (sizes[n - 1] + sizes[n]) / 2 + gap)
    edge = high
    for n in reversed(range(len(places))):
        places[n] = min(places[n], edge - sizes[n] / 2)
        edge = places[n] - sizes[n] / 2 - gap
    return tuple(round(place, 1) for place in places)


def broken(points: Sequence[Point], frame: Frame) -> tuple[Point, ...]:
    """With their words in pieces that a narrow drawing has room for."""
    letters = int(frame.width / LETTER)
    return tuple(replace(point, lines=tuple(textwrap.wrap(point.words, letters))) for point in points)


def wide(words: str) -> float:
    """The width of `words` at 11 px, on the safe side."""
    return len(words) * LETTER


def line_path(places: Sequence[tuple[float, float]]) -> str:
    """An SVG path straight from place to place; empty without any."""
    return "".join(f"{'L' if n else 'M'}{x:g} {y:g}" for n, (x, y) in enumerate(places))


def step_path(places: Sequence[tuple[float, float]]) -> str:
    """An SVG path that keeps its height until the next place's x; empty without any."""
    return "".join(f"H{x:g}V{y:g}" if n else f"M{x:g} {y:g}" for n, (x, y) in enumerate(places))


def area_path(upper: Sequence[tuple[float, float]], lower: Sequence[tuple[float, float]]) -> str:
    """A closed SVG path between two lines, both given from left to right; empty without any."""
    return f"{line_path([*upper, *reversed(lower)])}Z" if upper else ""


def _between(begin: float, end: float, share: float) -> float:
    return round(begin + (end - begin) * min(max(share, 0.0), 1.0), 1)


def _tick(at: float, word: str, begin: float, end: float) -> Tick:
    half = wide(word) / 2
    return Tick(at, word, round(max(min(at, end - half), begin + half), 1))


def _days(first: date, last: date) -> Iterator[tuple[date, str]]:
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        yield day, f"{day.day} {day:%b}"


def _weeks(every: int) -> Callable[[date, date], Iterator[tuple[date, str]]]:
    def mondays(first: date, last: date) -> Iterator[tuple[date, str]]:
        day = first + timedelta(days=-first.weekday() % 7)
        while day <= last:
            yield day, f"{day.day} {day:%b}"
            day += timedelta(weeks=every)

    return mondays


def _months(every: int) -> Callable[[date, date], Iterator[tuple[date, str]]]:
    """Firsts of each month, of every second, of quarters; the first of them and January say their year."""

    def firsts(first: date, last: date) -> Iterator[tuple[date, str]]:
        day, is_first = first.replace(day=1), True
        while day <= last:
            if day >= first and (day.month - 1) % every == 0:
                word = f"Q{(day.month + 2) // 3}" if every == 3 else f"{day:%b}"
                yield day, f"{word} {day.year}" if is_first or day.month == 1 else word
                is_first = False
            day = (day + timedelta(days=32)).replace(day=1)

    return firsts


def _years(every: int) -> Callable[[date, date], Iterator[tuple[date, str]]]:
    def januaries(first: date, last: date) -> Iterator[tuple[date, str]]:
        for year in range(first.year, last.year + 1):
            if year % every == 0:
                yield date(year, 1, 1), str(year)

    return januaries


_STEPS: tuple[tuple[int, Callable[[date, date], Iterator[tuple[date, str]]]], ...] = (
    (1, _days),
    (7, _weeks(1)),
    (14, _weeks(2)),
    (28, _months(1)),
    (59, _months(2)),
    (90, _months(3)),
    (365, _years(1)),
    (1826, _years(5)),
    (7304, _years(20)),
)
"""Each with its least length in days."""
