"""Slides of lines and quotes: as large as they fit on one slide, else on several, the rest counted and linked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from luna.ui.wording import percent
from reports.content.deck import Item, Points
from reports.content.document import Line, Link, Note, Quote
from reports.renderers.deck_shapes import (
    ACCENT,
    BODY_BOTTOM,
    BODY_FLOOR,
    BODY_TOP,
    INK,
    INK_2,
    INK_3,
    LINE_FIRM,
    SIDE,
    WIDTH,
    Box,
    Element,
    Moon,
    Paragraph,
    Rule,
    Run,
    TextBox,
    tone_of,
)
from reports.renderers.deck_text import cut_length, plain
from reports.renderers.moons import mark_character

_SIZES: Final = (20.0, 18.0, 16.0, BODY_FLOOR)
_SPLIT_SIZE: Final = 16.0
_MAX_PAGES: Final = 4
_ITEM_LINES, _QUOTE_LINES = 3, 6
_QUOTE_INSET: Final = 16.0
_MOON: Final = 128.0
_ROOM: Final = WIDTH - 2 * SIDE
_HEIGHT: Final = BODY_BOTTOM - BODY_TOP
_STEP: Final = 10.0
"""By which a page's height is lowered to make pages even."""


@dataclass(frozen=True)
class Body:
    """What stands under a page's title, and what is said in the notes because it was cut."""

    elements: tuple[Element, ...]
    notes: str = ""


@dataclass(frozen=True)
class _Unit:
    """One item, broken to the page's width."""

    paragraphs: tuple[Paragraph, ...]
    height: float
    full: str
    is_cut: bool
    is_quote: bool = False
    stands_for: int = 1


def points_bodies(slide: Points, *, base_url: str, more: Link | None) -> list[Body]:
    """The slide's pages: one where the smallest type is enough for that or it is brief, at most four else."""
    room = _ROOM - (_MOON + SIDE if slide.moon is not None else 0)
    for size in _SIZES:
        units = [_unit(item, size, room, base_url) for item in slide.items]
        if sum(unit.height for unit in units) <= _HEIGHT and not any(unit.is_cut for unit in units):
            break
    if sum(unit.height for unit in units) > _HEIGHT:
        units = [_unit(item, _SPLIT_SIZE, room, base_url) for item in slide.items]
    pages = list(_paged(units, _HEIGHT))
    most = 1 if slide.is_brief else _MAX_PAGES
    if len(pages) <= most:
        pages = _even(units, pages)
    hidden = [unit for page in pages[most:] for unit in page]
    pages = pages[:most]
    bodies = [_body(page, room, slide.moon) for page in pages[:-1]]
    return [*bodies, _last_body(pages[-1], hidden, room, slide.moon, _more_run(more, base_url))]


def moon_elements(fraction: float) -> tuple[Element, ...]:
    """The whole's progress at the right: the moon, and the figure under it."""
    box = Box(WIDTH - SIDE - _MOON, BODY_TOP + 8, _MOON, _MOON)
    words = f"{percent(fraction)} complete"
    figure = Paragraph((Run(percent(fraction), bold=True),), size=28, align="center")
    under = TextBox(Box(box.left, box.bottom + 10, _MOON, 40), (figure,), name="Progress")
    return (Moon(box, fraction, alt=words), under)


def shortened(paragraph: Paragraph, room: float, lines: int) -> Paragraph:
    """`paragraph`, ending in “…” where it would take more than `lines` lines."""
    text = paragraph.text
    left = cut_length(text, paragraph.size, room - paragraph.indent, lines=lines, bold=paragraph.is_bold)
    if left == len(text):
        return paragraph
    runs: list[Run] = []
    for run in paragraph.runs:
        runs.append(replace(run, text=run.text[:left]))
        left -= len(run.text)
        if left <= 0:
            break
    runs[-1] = replace(runs[-1], text=f"{runs[-1].text.rstrip()}…")
    return replace(paragraph, runs=tuple(runs))


def _unit(item: Item, size: float, room: float, base_url: str) -> _Unit:
    if isinstance(item, Quote):
        return _quote_unit(item, size, room)
    whole = _line(item, size, base_url) if isinstance(item, Line) else _note(item, size, base_url)
    kept = shortened(whole, room, _ITEM_LINES)
    stands_for = item.stands_for if isinstance(item, Line) else 1
    return _Unit((kept,), kept.height(room), whole.text, kept is not whole, stands_for=stands_for)


def _quote_unit(quote: Quote, size: float, room: float) -> _Unit:
    room -= _QUOTE_INSET
    words = [plain(line) for line in quote.text.splitlines()]
    wholes = [Paragraph((Run(line, voice=True),), size) for line in words if line]
    kept: list[Paragraph] = []
    left = _QUOTE_LINES
    for whole in wholes:
        if left > 0:
            kept.append(shortened(whole, room, left))
            left -= whole.line_count(room)
    by = shortened(
        Paragraph((Run(plain(quote.by), color=INK_2),), max(size - 2, BODY_FLOOR), after=size * 0.6), room, 1
    )
    paragraphs = (*kept, by)
    height = sum(paragraph.height(room) for paragraph in paragraphs)
    full = "\n".join([*(whole.text for whole in wholes), by.text])
    return _Unit(paragraphs, height, full, kept != wholes, is_quote=True)


def _line(line: Line, size: float, base_url: str) -> Paragraph:
    sign = mark_character(line.mark)
    runs: list[Run] = []
    if line.day:
        runs.append(Run(f"{plain(line.day)}: ", bold=True))
    if line.link:
        runs.append(Run(plain(line.link.text), color=ACCENT, bold=True, href=base_url + line.link.path))
        if line.moon is not None:
            runs.append(Run(f" {percent(line.moon)}", color=INK_3))
    text = plain(line.text)
    if text and line.link:
        runs.append(Run(": ", color=INK_3))
    if text:
        runs.append(Run(text))
    if line.person:
        runs.append(Run(f" ({plain(line.person)})", color=INK_2))
    return Paragraph(tuple(runs), size, sign or "•", tone_of(line.mark) if sign else INK_3, after=size * 0.5)


def _note(note: Note, size: float, base_url: str) -> Paragraph:
    return Paragraph(note_runs(note, base_url=base_url, ink=INK_2, link=ACCENT), size, after=size * 0.5)


def note_runs(note: Note, *, base_url: str, ink: str, link: str) -> tuple[Run, ...]:
    """A note's words and its link."""
    said = (Run(plain(note.text) + (" " if note.link else ""), color=ink),)
    return (*said, Run(plain(note.link.text), color=link, href=base_url + note.link.path)) if note.link else said


def _even(units: Sequence[_Unit], pages: list[list[_Unit]]) -> list[list[_Unit]]:
    """As many pages, none much fuller than the others: a last line alone looks like a mistake."""
    height = _HEIGHT
    while height > 2 * _STEP and len(lower := list(_paged(units, height - _STEP))) == len(pages):
        pages, height = lower, height - _STEP
    return pages


def _paged(units: Sequence[_Unit], height: float) -> Iterator[list[_Unit]]:
    page: list[_Unit] = []
    for unit in units:
        if page and sum(each.height for each in page) + unit.height > height:
            yield page
            page = []
        page.append(unit)
    if page:
        yield page


def _more_run(more: Link | None, base_url: str) -> Run:
    return Run("in Luna", color=ACCENT, href=base_url + more.path) if more else Run("in Luna", color=INK)


def _last_body(page: list[_Unit], hidden: list[_Unit], room: float, moon: float | None, more: Run) -> Body:
    """The page with what is left counted below it, and told in the notes."""
    if not hidden:
        return _body(page, room, moon)
    size = _SPLIT_SIZE
    kept = list(page)
    while len(kept) > 1 and sum(unit.height for unit in kept) + 2 * size > _HEIGHT:
        hidden = [kept.pop(), *hidden]
    words = Paragraph((Run(f"and {sum(unit.stands_for for unit in hidden)} more ", color=INK_2), more), size)
    last = _Unit((words,), words.height(room), "\n".join(unit.full for unit in hidden), is_cut=True)
    return _body([*kept, last], room, moon)


def _body(units: list[_Unit], room: float, moon: float | None) -> Body:
    elements: list[Element] = []
    top = BODY_TOP
    for is_quote, group in groupby(units, key=lambda unit: unit.is_quote):
        same = list(group)
        height = sum(unit.height for unit in same)
        paragraphs = tuple(paragraph for unit in same for paragraph in unit.paragraphs)
        if is_quote:
            elements.append(Rule((SIDE + 2, top + 2), (SIDE + 2, top + height - 6), LINE_FIRM, 2))
            box = Box(SIDE + _QUOTE_INSET, top, room - _QUOTE_INSET, height)
        else:
            box = Box(SIDE, top, room, height)
        elements.append(TextBox(box, paragraphs, name="Quote" if is_quote else "Points"))
        top += height
    notes = "\n".join(unit.full for unit in units) if any(unit.is_cut for unit in units) else ""
    return Body((*elements, *(moon_elements(moon) if moon is not None else ())), notes)
