"""A deck drawn once for every medium: each slide's words and shapes in their places, on as many pages as they need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from luna.ui.wording import percent
from reports.content.deck import Deck, Milestones, Moves, Opening, Points, Sheet, Slide, Timeline, deck_of
from reports.content.document import Document
from reports.renderers.deck_points import Body, note_runs, points_bodies, shortened
from reports.renderers.deck_shapes import (
    HEIGHT,
    INK_3,
    MOONLIGHT,
    NIGHT,
    NIGHT_INK,
    NIGHT_INK_2,
    PAPER,
    SIDE,
    WIDTH,
    Box,
    Element,
    Moon,
    Page,
    Paragraph,
    Run,
    TextBox,
)
from reports.renderers.deck_table import milestone_bodies, sheet_bodies
from reports.renderers.deck_text import cut, plain, text_width
from reports.renderers.deck_timeline import timeline_bodies
from reports.renderers.deck_trend import trend_body

TITLE_BOX: Final = Box(SIDE, 38, WIDTH - 2 * SIDE, 34)
_OPENING_TITLE: Final = Box(SIDE, 92, WIDTH - 2 * SIDE, 128)
_OPENING_SUBTITLE: Final = Box(SIDE, 230, WIDTH - 2 * SIDE, 72)
_OPENING_FOOT: Final = Box(SIDE, 336, WIDTH - 2 * SIDE, 44)
_OPENING_MOON: Final = Box(SIDE, 30, 56, 56)
_FOOT: Final = Box(SIDE, HEIGHT - 21, WIDTH - 2 * SIDE, 14)
_FOOT_SIZE: Final = 10.0


def lay_out(document: Document, *, base_url: str) -> tuple[Page, ...]:
    """Every page of the deck of `document`; links start with `base_url`."""
    deck = deck_of(document)
    pages = [page for slide in deck.slides for page in _pages(slide, deck, base_url)]
    return tuple(_with_foot(page, deck, number, len(pages)) for number, page in enumerate(pages, start=1))


def _pages(slide: Slide, deck: Deck, base_url: str) -> Iterator[Page]:
    if isinstance(slide, Opening):
        yield _opening(slide, _whole_progress(deck), base_url)
        return
    if isinstance(slide, Moves):
        drawn = trend_body(slide.trend, base_url=base_url)
        if drawn:
            yield Page(_title(plain(slide.title), ""), drawn.elements, notes=drawn.notes)
        else:
            yield from _pages(slide.words, deck, base_url)
        return
    bodies = _bodies(slide, deck, base_url)
    for number, body in enumerate(bodies, start=1):
        part = f", {number} of {len(bodies)}" if len(bodies) > 1 else ""
        yield Page(_title(plain(slide.title), part), body.elements, notes=body.notes)


def _bodies(slide: Points | Sheet | Milestones | Timeline, deck: Deck, base_url: str) -> list[Body]:
    match slide:
        case Points():
            return points_bodies(slide, base_url=base_url, more=deck.more)
        case Sheet():
            return sheet_bodies(slide.table, base_url=base_url, more=deck.more)
        case Milestones():
            return milestone_bodies(slide.plan, base_url=base_url, more=deck.more)
        case Timeline():
            return timeline_bodies(slide.plan, base_url=base_url, more=deck.more)


def _title(name: str, part: str) -> TextBox:
    """On one line, smaller where it is long, then cut; which of several pages it is stays readable."""
    sizes = (24.0, 21.0, 18.0)
    fitting = (size for size in sizes if text_width(name + part, size, bold=True) <= TITLE_BOX.width)
    size = next(fitting, sizes[-1])
    text = cut(name, size, TITLE_BOX.width - text_width(part, size, bold=True), bold=True) + part
    return TextBox(TITLE_BOX, (Paragraph((Run(text, bold=True),), size),), role="title", name="Title")


def _opening(slide: Opening, progress: float | None, base_url: str) -> Page:
    elements: list[Element] = []
    lines = [
        Paragraph((Run(plain(text), color=NIGHT_INK_2),), 16, after=4) for text in (slide.over, *slide.lines) if text
    ]
    if lines:
        kept = tuple(shortened(line, _OPENING_SUBTITLE.width, 1) for line in lines[:3])
        elements.append(TextBox(_OPENING_SUBTITLE, kept, role="subtitle", name="Subtitle"))
    if progress is not None:
        elements.append(Moon(_OPENING_MOON, progress, NIGHT, alt=f"{percent(progress)} complete"))
    notes = [
        Paragraph(note_runs(note, base_url=base_url, ink=NIGHT_INK_2, link=MOONLIGHT), 14, after=4)
        for note in slide.notes[:2]
    ]
    if notes:
        kept = tuple(shortened(note, _OPENING_FOOT.width, 1) for note in notes)
        elements.append(TextBox(_OPENING_FOOT, kept, "bottom", name="Freshness"))
    return Page(_opening_title(plain(slide.title)), tuple(elements), NIGHT, is_opening=True)


def _opening_title(text: str) -> TextBox:
    """As large as three lines allow."""
    for size in (36.0, 30.0, 26.0):
        whole = Paragraph((Run(text, color=NIGHT_INK, bold=True),), size)
        if whole.height(_OPENING_TITLE.width) <= _OPENING_TITLE.height:
            break
    kept = shortened(whole, _OPENING_TITLE.width, 3)
    return TextBox(_OPENING_TITLE, (kept,), "bottom", role="title", name="Title")


def _whole_progress(deck: Deck) -> float | None:
    return next((slide.moon for slide in deck.slides if isinstance(slide, Points) and slide.moon is not None), None)


def _with_foot(page: Page, deck: Deck, number: int, count: int) -> Page:
    """The report's name and the page's number, on all pages but the first."""
    if page.is_opening:
        return page
    name = cut(plain(deck.title), _FOOT_SIZE, _FOOT.width - 80)
    left = TextBox(Box(_FOOT.left, _FOOT.top, _FOOT.width - 70, _FOOT.height), (_small(name, "start"),), name="Report")
    right_box = Box(_FOOT.right - 60, _FOOT.top, 60, _FOOT.height)
    right = TextBox(right_box, (_small(f"{number} of {count}", "end"),), name="Page")
    return Page(page.title, (*page.elements, left, right), PAPER, page.notes)


def _small(text: str, align: str) -> Paragraph:
    return Paragraph((Run(text, color=INK_3),), _FOOT_SIZE, align="end" if align == "end" else "start")
