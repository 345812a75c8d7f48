"""A report's blocks as what a word processor has: paragraphs of runs, and tables of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from luna.ui.wording import day_words, late_words, percent
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
    PlanItem,
    Quote,
    Row,
    Table,
    Title,
)
from reports.renderers.moons import mark_character, moon_character

_QUIET: Final = "6b675e"
_TONES: Final = {
    "ok": "2e7d4f",
    "done": "2e7d4f",
    "warn": "9a6a00",
    "half": "9a6a00",
    "bad": "b3261e",
    "fail": "b3261e",
}
"""A status' colour; its shape and its word stand beside it."""
_PAGE_POINTS: Final = 451
"""Between the margins of an A4 page."""
_PLAN: Final = {"Milestone": 165, "Owner": 85, "Due": 66, "Progress": 55, "Status": 80}
_PLAN_OF_MANY: Final = {"Launch": 88, "Milestone": 125, "Owner": 66, "Due": 58, "Progress": 50, "Status": 64}


@dataclass(frozen=True)
class Run:
    """Words of one look. `colour` is six hexadecimal digits."""

    text: str
    bold: bool = False
    italic: bool = False
    url: str = ""
    colour: str = ""


TextRuns = tuple[Run, ...]


@dataclass(frozen=True)
class Text:
    """Paragraphs of one style; `indent` in points."""

    lines: tuple[TextRuns, ...]
    style: str = "NORMAL_TEXT"
    indent: int = 0
    is_list: bool = False


@dataclass(frozen=True)
class Grid:
    """A table with its head; `widths` in points."""

    columns: tuple[str, ...]
    rows: tuple[tuple[TextRuns, ...], ...]
    widths: tuple[int, ...]


def pieces_of(document: Document, base_url: str) -> list[Text | Grid]:
    """The document's blocks in their order; tables without rows are left out."""
    return [piece for block in document.blocks for piece in _pieces(block, base_url)]


def _pieces(block: Block, base_url: str) -> Iterator[Text | Grid]:
    match block:
        case Lines() | Table() | Plan():
            yield from _rows(block, base_url)
        case Title():
            if block.over:
                yield Text(((Run(_one(block.over), colour=_QUIET),),))
            yield Text(((Run(_one(block.text)),),), style="HEADING_1")
        case Meta():
            yield Text(((Run(_one(block.text), colour=_QUIET),),))
        case Quote():
            said = tuple((Run(_one(line), italic=True),) for line in block.text.splitlines())
            yield Text((*said, (Run(_one(block.by), colour=_QUIET),)), indent=18)
        case Heading():
            yield Text(((Run(_one(block.text)),),), style="HEADING_2")
        case Note():
            link = (Run(" "), _link(block.link, base_url)) if block.link else ()
            yield Text(((Run(_one(block.text), colour=_QUIET), *link),))


def _rows(block: Lines | Table | Plan, base_url: str) -> Iterator[Text | Grid]:
    match block:
        case Lines() if block.items:
            yield Text(tuple(_line(item, base_url) for item in block.items), is_list=True)
        case Table() if block.rows:
            yield _table(block, base_url)
        case Plan() if block.items:
            yield _plan(block, base_url)


def _line(line: Line, base_url: str) -> TextRuns:
    parts: list[Run] = []
    if line.moon is not None:
        parts.append(Run(moon_character(line.moon)))
    if mark_character(line.mark):
        parts.append(Run(mark_character(line.mark), colour=_TONES.get(line.mark, "")))
    if line.day:
        parts.append(Run(f"{_one(line.day)}:"))
    if line.link:
        parts.append(_link(line.link, base_url))
    text = _one(line.text)
    if line.link and text:
        text = f": {text}"
    runs = [run for number, part in enumerate(parts) for run in ((Run(" "), part) if number else (part,))]
    if text:
        runs.append(Run(text if line.link or not parts else f" {text}"))
    if line.person:
        runs.append(Run(f" ({_one(line.person)})", colour=_QUIET))
    return tuple(runs)


def _table(table: Table, base_url: str) -> Grid:
    width = _PAGE_POINTS // max(len(table.columns), 1)
    rows = tuple(_row(row, len(table.columns), base_url) for row in table.rows)
    return Grid(tuple(_one(name) for name in table.columns), rows, (width,) * len(table.columns))


def _row(row: Row, wide: int, base_url: str) -> tuple[TextRuns, ...]:
    cells = (*row.cells, *("",) * wide)[:wide]
    return tuple(
        (Run(_one(cell), url=f"{base_url}{row.path}" if number == 1 and row.path else ""),)
        for number, cell in enumerate(cells)
    )


def _plan(plan: Plan, base_url: str) -> Grid:
    of_many = any(item.group for item in plan.items)
    widths = _PLAN_OF_MANY if of_many else _PLAN
    rows = []
    for item in plan.items:
        group: tuple[TextRuns, ...] = ((Run(_one(item.group)),),) if of_many else ()
        rows.append((*group, *_milestone(item, plan, base_url)))
    heads = tuple(plan.noun if name == "Milestone" else name for name in widths)
    return Grid(heads, tuple(rows), tuple(widths.values()))


def _milestone(item: PlanItem, plan: Plan, base_url: str) -> tuple[TextRuns, ...]:
    is_open = item.done is None and item.mark not in {"done", "fail"}
    late = late_words(item.due, plan.today) if item.due and is_open else ""
    due = day_words(item.due, plan.today) if item.due else "no date"
    tone = _TONES.get(item.mark, "")
    status = " ".join(part for part in (mark_character(item.mark), _one(item.word)) if part)
    return (
        (Run(_one(item.name), url=f"{base_url}{item.path}" if item.path else ""),),
        (Run(_one(item.owner)) if item.owner else Run("nobody", colour=_QUIET),),
        (Run(f"{due}, {late}", colour=_TONES["bad"]) if late else Run(due),),
        (Run(f"{moon_character(item.progress)} {percent(item.progress)}"),),
        (Run(status, colour=tone),),
    )


def _link(link: Link, base_url: str) -> Run:
    return Run(_one(link.text), url=f"{base_url}{link.path}")


def _one(text: str) -> str:
    """On one line."""
    return " ".join(text.split())
