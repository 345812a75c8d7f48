"""The slide on which a launch's dates go their ways: a line for each of the milestones that moved the most.

The places are those of the drawing on Luna's pages (luna/ui/charts/trend.py), laid out for a slide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from luna.ui.charts.axis import Frame, Tick
from luna.ui.charts.trend import Line, Series, lay_out, moved_by_words, until
from luna.ui.charts.trend import Trend as Drawing
from luna.ui.vocabulary import look_of
from luna.ui.wording import counted, moved_words
from reports.content.document import Trend
from reports.content.moves import series_of
from reports.renderers.deck_points import Body, shortened
from reports.renderers.deck_shapes import (
    ACCENT,
    BODY_BOTTOM,
    BODY_TOP,
    HEIGHT,
    INK,
    INK_2,
    INK_3,
    LINE,
    LINE_FIRM,
    PAPER,
    SIDE,
    WIDTH,
    Box,
    Element,
    Paragraph,
    Rule,
    Run,
    Shape,
    Steps,
    TextBox,
    tone_of,
)
from reports.renderers.deck_table import short_day
from reports.renderers.deck_text import cut, plain, text_width
from reports.renderers.moons import mark_character

MOST_DRAWN: Final = 6
"""Lines that can be told apart from a chair, each with two lines of words beside its end."""
_FRAME: Final = Frame(WIDTH - SIDE, HEIGHT, SIDE + 60, 410, 124, 342)
_NAME, _WORDS, _SMALL = 14.0, 12.0, 11.0
_LABEL: Final = (_NAME + _WORDS) * 1.2
_ROOM: Final = WIDTH - 2 * SIDE
_SHORT: Final = 160.0
"""The room of a name among others on a line."""
_KEY: Final = "A level line kept its date; one that climbs slipped. The slope is today."


def trend_body(trend: Trend, *, base_url: str) -> Body | None:
    """The drawing, and in the notes every move in full; None where there are no two days to draw between."""
    plan = [until(one, trend.today) for one in series_of(trend)]
    moved = sorted((one for one in plan if one.moved_days), key=lambda one: -abs(one.moved_days))
    drawing = lay_out(moved[:MOST_DRAWN], today=trend.today, frame=_FRAME, label_height=_LABEL)
    if drawing is None:
        return None
    elements = [
        _words(f"{len(moved)} of {counted(len(plan), 'milestone')} moved. {_KEY}", BODY_TOP, "Key"),
        *_axes(drawing),
        *(element for line in drawing.named for element in _steps(line)),
        *(element for line in drawing.named for element in _end(line, drawing, trend, base_url)),
    ]
    if also := _also(moved[MOST_DRAWN:]):
        elements.append(_words(also, BODY_BOTTOM - 18, "Also"))
    return Body(tuple(elements), "\n".join(f"{plain(one.name)}: {one.story(trend.today)}" for one in moved))


def _words(text: str, top: float, name: str) -> TextBox:
    words = shortened(Paragraph((Run(text, color=INK_2),), _NAME), _ROOM, 1)
    return TextBox(Box(SIDE, top, _ROOM, 18), (words,), name=name)


def _also(rest: Sequence[Series]) -> str:
    """`Also moved: Fraud rules live +3 d, Store listing −2 d.`"""
    told = ", ".join(f"{cut(plain(one.name), _NAME, _SHORT)} {moved_words(one.moved_days)}" for one in rest)
    return f"Also moved: {told}." if told else ""


def _axes(drawing: Drawing) -> Iterator[Element]:
    """Expected days upwards, report days to the right, and the slope on which both are the same."""
    for tick in drawing.y_ticks:
        yield Rule((_FRAME.left, tick.at), (_FRAME.right, tick.at), LINE)
        word = Paragraph((Run(tick.word, color=INK_3),), _SMALL, align="end")
        yield TextBox(Box(SIDE, tick.at - 7, _FRAME.left - SIDE - 6, 14), (word,), anchor="middle", name="Day")
    yield Rule((_FRAME.left, _FRAME.bottom), (_FRAME.right, _FRAME.bottom), LINE_FIRM)
    yield from (_below(tick) for tick in drawing.x_ticks)
    (begin, end) = drawing.slope
    yield Rule(begin, end, ACCENT, 1, is_dashed=True)
    yield Rule((_FRAME.right, _FRAME.top), (_FRAME.right, _FRAME.bottom), ACCENT, 1)
    today = Paragraph((Run("Today", color=ACCENT, bold=True),), _SMALL, align="center")
    yield TextBox(Box(_FRAME.right - 30, _FRAME.top - 17, 60, 14), (today,), name="Today")


def _below(tick: Tick) -> TextBox:
    wide = text_width(tick.word, _SMALL) + 2
    word = Paragraph((Run(tick.word, color=INK_3),), _SMALL, align="center")
    return TextBox(Box(tick.label_at - wide / 2, _FRAME.bottom + 3, wide, 14), (word,), name="Day")


def _steps(line: Line) -> Iterator[Element]:
    alt = plain(line.words)
    for part in line.parts:
        if len(places := _corners(part)) > 1:
            yield Steps(places, INK_2, 1.75, line.dash, alt)
            alt = ""


def _corners(part: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Where the line turns: it keeps its height until the next place."""
    found: list[tuple[float, float]] = []
    for x, y in part:
        for place in ((x, found[-1][1]), (x, y)) if found else ((x, y),):
            if len(found) > 1 and any(place[n] == found[-1][n] == found[-2][n] for n in (0, 1)):
                found[-1] = place
            elif not found or place != found[-1]:
                found.append(place)
    return tuple(found)


def _end(line: Line, drawing: Drawing, trend: Trend, base_url: str) -> Iterator[Element]:
    """The milestone's diamond, and its name, day and move beside it."""
    one = line.series
    look = look_of(one.health)
    color = tone_of(look.mark)
    is_hollow = look.mark in {"ok", "unknown"}
    start = (line.x + 5.5, line.y)
    yield from _leader(start, (drawing.label_x - 4, line.label_y))
    diamond = Box(line.x - 5.5, line.y - 5.5, 11, 11)
    yield Shape("diamond", diamond, PAPER if is_hollow else color, color, 1.5, alt=f"{plain(one.name)}: {look.word}")
    room = _FRAME.width - drawing.label_x
    href = base_url + one.path if one.path else ""
    name = Run(cut(plain(one.name), _NAME, room), color=ACCENT if href else INK, href=href)
    last = one.told[-1][1]
    day = short_day(last, trend.today) if last else "no date any more"
    sign = Run(f"{mark_character(look.mark)} ", color=color)
    said = Run(f"{day}, {moved_by_words(one.moved_days)}", color=INK_2)
    top = line.label_y - _LABEL / 2
    named = Box(drawing.label_x, top, room, _NAME * 1.2)
    yield TextBox(named, (Paragraph((name,), _NAME, align="left"),), name="Milestone")
    told = Box(drawing.label_x, named.bottom, room, _WORDS * 1.2)
    yield TextBox(told, (Paragraph((sign, said), _WORDS, align="left"),), name="Moved")


def _leader(start: tuple[float, float], end: tuple[float, float]) -> Iterator[Element]:
    """From a line's end to its words."""
    edge = (_FRAME.right + 8, start[1])
    if edge[0] - start[0] >= 1:
        yield Rule(start, edge, LINE_FIRM)
    yield Rule(edge, end, LINE_FIRM)
