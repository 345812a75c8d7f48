"""A document as slides, before anybody draws them: which slides there are, and what stands on each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from reports.content.document import (
    Block,
    Document,
    Heading,
    Line,
    Lines,
    Link,
    Meta,
    Note,
    Plan,
    Quote,
    Table,
    Title,
    Trend,
)

SUMMARY: Final = "In short"
MILESTONES: Final = "Milestones"
TIMELINE: Final = "Timeline"
WENT: Final = "Where the dates went"

Item = Line | Quote | Note
"""What stands on a slide of points, one below the other."""


class TemplateError(ValueError):
    """A company's template can't be used; the text is a sentence for the person who chose it."""


@dataclass(frozen=True)
class Opening:
    """The first slide: the report's name, what it belongs to, its period, how fresh the figures are."""

    title: str
    over: str = ""
    lines: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Points:
    """A slide of lines and quotes; `moon` is the whole's progress, drawn large beside them."""

    title: str
    items: tuple[Item, ...]
    moon: float | None = None
    is_brief: bool = False
    """On one page: what does not fit is counted."""


@dataclass(frozen=True)
class Sheet:
    """A slide with a table."""

    title: str
    table: Table


@dataclass(frozen=True)
class Milestones:
    """A plan as a table."""

    title: str
    plan: Plan


@dataclass(frozen=True)
class Timeline:
    """A plan in time."""

    title: str
    plan: Plan


@dataclass(frozen=True)
class Moves:
    """How dates moved, drawn; `words` say it where there is nothing to draw yet."""

    title: str
    trend: Trend
    words: Points


Slide = Opening | Points | Sheet | Milestones | Timeline | Moves


@dataclass(frozen=True)
class Deck:
    """All slides in order. A slide may need several pages; the renderers' layout sees to that."""

    title: str
    slides: tuple[Slide, ...]
    more: Link | None = None
    """Where everything stands that did not fit."""


def deck_of(document: Document) -> Deck:
    """The deck that says what `document` says: title, summary, then a slide for each part."""
    lead, sections = _parts(document.blocks)
    closing = tuple(note for _, blocks in sections[-1:] for note in _trailing_notes(blocks))
    lines = tuple(block.text for block in lead if isinstance(block, Meta))
    title = next((block for block in lead if isinstance(block, Title)), Title("Luna"))
    slides: list[Slide] = [Opening(title.text, title.over, lines, closing)]
    slides += _section(SUMMARY, [block for block in lead if not isinstance(block, Title | Meta)], is_summary=True)
    for number, (name, blocks) in enumerate(sections):
        kept = blocks[: len(blocks) - len(closing)] if number == len(sections) - 1 else blocks
        slides += _section(name, kept)
    return Deck(title.text, tuple(slides), next((note.link for note in reversed(closing) if note.link), None))


def _parts(blocks: Iterable[Block]) -> tuple[list[Block], list[tuple[str, list[Block]]]]:
    """What stands before the first heading, and the sections under their names."""
    lead: list[Block] = []
    sections: list[tuple[str, list[Block]]] = []
    for block in blocks:
        if isinstance(block, Heading):
            sections.append((block.text, []))
        elif sections:
            sections[-1][1].append(block)
        else:
            lead.append(block)
    return lead, sections


def _trailing_notes(blocks: list[Block]) -> list[Note]:
    """The quiet lines at the document's end, which are about all of it."""
    notes: list[Note] = []
    for block in reversed(blocks):
        if not isinstance(block, Note):
            break
        notes.insert(0, block)
    return notes


def _section(name: str, blocks: list[Block], *, is_summary: bool = False) -> Iterator[Slide]:
    """A slide for the section's lines and quotes together, and further ones for its tables and plans."""
    items: list[Item] = []
    is_brief = any(isinstance(block, Lines) and block.is_brief for block in blocks)
    for block in blocks:
        match block:
            case Lines(trend=Trend() as trend) if block.items:
                yield from _points(name, items)
                items = []
                yield Moves(WENT, trend, Points(name, block.items))
            case Lines():
                items += block.items
            case Quote() | Note():
                items.append(block)
            case Meta():
                items.append(Line(text=block.text))
            case Table() if block.rows:
                yield from _points(name, items)
                items = []
                yield Sheet(name, block)
            case Plan() if block.items:
                yield from _points(name, items)
                items = []
                yield from _plan(name, block)
    yield from _points(name, items, with_moon=is_summary, is_brief=is_brief)


def _points(name: str, items: list[Item], *, with_moon: bool = False, is_brief: bool = False) -> Iterator[Slide]:
    if items:
        moons = [item.moon for item in items if isinstance(item, Line) and item.moon is not None] if with_moon else []
        yield Points(name, tuple(items), moons[0] if moons else None, is_brief)


def _plan(name: str, plan: Plan) -> Iterator[Slide]:
    """The timeline, where there is a date, and the table."""
    own = "" if name in {MILESTONES, TIMELINE, SUMMARY} else f"{name}: "
    if any(item.start or item.due or item.done for item in plan.items):
        yield Timeline(f"{own}{TIMELINE.lower()}" if own else TIMELINE, plan)
    if own and plan.noun != MILESTONES.removesuffix("s"):  # the part's own name says what is listed
        yield Milestones(name, plan)
    else:
        yield Milestones(f"{own}{MILESTONES.lower()}" if own else MILESTONES, plan)
