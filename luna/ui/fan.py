"""The fan: when something is likely to be finished, beside the day on which it is wanted, as a drawing (pure)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from luna.ui.wording import day_words

_LETTER = 6.2
"""Width of a letter at 11 px, on the safe side."""
_GAP, _EDGE = 10.0, 6.0


@dataclass(frozen=True)
class FanDay:
    """A day that is marked: `likely`, `wanted`, `baseline` or `today`."""

    word: str
    day: date
    kind: str = "likely"


@dataclass(frozen=True)
class PlacedDay:
    """With its place on the axis and, pushed aside where it would cover another, its label's."""

    marked: FanDay
    x: float
    label_x: float
    day_words: str


@dataclass(frozen=True)
class Fan:
    """The whole drawing: an axis of `width` units with a band from the likely day to the 85th and the 95th of 100."""

    width: float
    is_small: bool
    begin_x: float
    end_85_x: float
    end_95_x: float
    above: tuple[PlacedDay, ...]
    below: tuple[PlacedDay, ...]
    label: str
    """All of it in words."""
    narrow: Fan | None = None
    """A small one for a phone; None where this is it."""

    @property
    def width_85(self) -> float:
        """Of the dark part of the band."""
        return round(self.end_85_x - self.begin_x, 1)

    @property
    def width_95(self) -> float:
        """Of the whole band."""
        return round(self.end_95_x - self.begin_x, 1)


def lay_out(
    p50: date, p85: date | None, p95: date | None, *, today: date, others: Sequence[FanDay], is_small: bool = False
) -> Fan:
    """Place the likely days and the `others`; a likely day that is None lies beyond the right edge.

    A wide fan has what is wanted, and today, above its axis; a small one has all below, and words for the most
    important days alone.
    """
    width = 250.0 if is_small else 632.0
    told = (("Likely", p50), ("85 % sure", p85), ("95 % sure", None if is_small else p95))
    likely = [FanDay(word, day) for word, day in told if day is not None]
    shown = [*_merged(likely), *others, *([] if is_small else [FanDay("Today", today, "today")])]
    narrow = None if is_small else lay_out(p50, p85, p95, today=today, others=others, is_small=True)
    days = [one.day for one in shown] + ([p95] if p95 else [])
    room = max((max(days) - min(days)).days // 12, 2)
    first, last = min(days) - timedelta(days=room), max(days) + timedelta(days=room)
    scale = (width - 2 * _EDGE) / (last - first).days

    def x_of(day: date | None) -> float:
        return width - _EDGE if day is None else round(_EDGE + (day - first).days * scale, 1)

    up = [one for one in shown if not is_small and one.kind in {"wanted", "today"}]
    down = [one for one in shown if one not in up]
    return Fan(
        width=width,
        is_small=is_small,
        begin_x=x_of(p50),
        end_85_x=x_of(p85),
        end_95_x=x_of(p95),
        above=_placed(up, x_of, width, today, is_small=is_small),
        below=_placed(down, x_of, width, today, is_small=is_small),
        label=", ".join(f"{one.word} {day_words(one.day, today)}" for one in sorted(shown, key=lambda one: one.day)),
        narrow=narrow,
    )


def _merged(likely: Sequence[FanDay]) -> list[FanDay]:
    """One mark for those that fall on the same day, by the surest of their words."""
    by_day = {one.day: one for one in likely}
    return list(by_day.values())


def _placed(
    marked: Sequence[FanDay], x_of: Callable[[date], float], width: float, today: date, *, is_small: bool
) -> tuple[PlacedDay, ...]:
    """Labels in the order of their days, none over another as long as there is room for all."""
    ordered = sorted(marked, key=lambda one: one.day)
    words = [_short(one.day, today) for one in ordered]
    halves = [_half(one.word, said, is_small=is_small) for one, said in zip(ordered, words, strict=True)]
    places = [min(max(x_of(one.day), half), width - half) for one, half in zip(ordered, halves, strict=True)]
    for n in range(1, len(places)):
        places[n] = max(places[n], places[n - 1] + halves[n - 1] + halves[n] + _GAP)
    edge = width
    for n in reversed(range(len(places))):
        places[n] = min(places[n], edge - halves[n])
        edge = places[n] - halves[n] - _GAP
    return tuple(
        PlacedDay(one, x_of(one.day), round(x, 1), said) for one, x, said in zip(ordered, places, words, strict=True)
    )


def _short(day: date, today: date) -> str:
    """`12 Dec`: without its weekday."""
    return day_words(day, today).split(" ", 1)[1]


def _half(word: str, said: str, *, is_small: bool) -> float:
    """Half of a label's width: two lines where it is small, else one."""
    letters = max(len(word), len(said)) if is_small else len(word) + 2 + len(said)
    return letters * _LETTER / 2
