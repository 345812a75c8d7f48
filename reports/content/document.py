"""What a report says, before anybody draws it: a closed set of blocks, kept as plain data in the edition."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Final

SCHEMA: Final = 1
"""Raised when an older edition could not be read any more; `from_data` then learns both."""


@dataclass(frozen=True)
class Link:
    """Words that lead to a page of Luna. `path` starts with a slash; renderers put the site's address before it."""

    text: str
    path: str


@dataclass(frozen=True)
class Title:
    """The report's name, and what it belongs to (`over`, small, above it)."""

    text: str
    over: str = ""


@dataclass(frozen=True)
class Meta:
    """One plain line under the title: the period, how fresh the figures are."""

    text: str


@dataclass(frozen=True)
class Quote:
    """A person's own words."""

    text: str
    by: str


@dataclass(frozen=True)
class Heading:
    """The name of a section."""

    text: str


@dataclass(frozen=True)
class Line:
    """One line of a list, drawn in this order: moon, mark, day, link, text, person. What is empty is left out."""

    text: str = ""
    mark: str = ""
    """A shape of the house: ok, warn, bad, paused, done, unknown, half."""
    moon: float | None = None
    """Progress as a fraction, drawn as the moon."""
    day: str = ""
    link: Link | None = None
    person: str = ""
    on: date | None = None
    """The exact day behind `day`, for whoever can show it on hover."""
    stands_for: int = 1
    """How many it counts as: `and 7 more` stands for seven."""


@dataclass(frozen=True)
class Told:
    """The date that was expected of a milestone from a day on; None where none was any more."""

    on: date
    expected: date | None


@dataclass(frozen=True)
class Moved:
    """A milestone and the dates that were expected of it, oldest first."""

    name: str
    path: str
    told: tuple[Told, ...]
    health: str = "unknown"
    done: date | None = None


@dataclass(frozen=True)
class Trend:
    """How dates moved, up to `today`."""

    items: tuple[Moved, ...]
    today: date


@dataclass(frozen=True)
class Lines:
    """A list."""

    items: tuple[Line, ...]
    is_brief: bool = False
    """In a deck it takes one slide: what does not fit there is counted."""
    trend: Trend | None = None
    """Drawn above the lines, which say the same, where shapes can be drawn."""


@dataclass(frozen=True)
class Row:
    """A table's row; the link, where there is one, is on the second cell."""

    cells: tuple[str, ...]
    path: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under column names."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class PlanItem:
    """A milestone of a plan as it stands."""

    name: str
    path: str = ""
    group: str = ""
    """The launch's name, where the plan goes over several."""
    owner: str = ""
    start: date | None = None
    due: date | None = None
    done: date | None = None
    """The day on which it was completed."""
    progress: float = 0.0
    mark: str = ""
    """As a line's."""
    word: str = ""
    """How it stands, in words: its health, or completed."""
    likely: date | None = None
    """The day by which it is completed in half of the draws; None where that is not told."""
    sure: date | None = None
    """The day by which it is completed in 85 of 100; None also where that is out of sight."""


@dataclass(frozen=True)
class Plan:
    """Milestones: a table where there is room for one, a timeline where shapes can be drawn."""

    items: tuple[PlanItem, ...]
    today: date
    is_appendix: bool = False
    """Left out where a message must stay short."""
    noun: str = "Milestone"
    """What its items are: the head of their column."""


@dataclass(frozen=True)
class Note:
    """A quiet closing line, with a link."""

    text: str
    link: Link | None = None


Block = Title | Meta | Quote | Heading | Lines | Table | Plan | Note


@dataclass(frozen=True)
class Document:
    """A whole report."""

    blocks: tuple[Block, ...] = field(default_factory=tuple)

    @property
    def title(self) -> str:
        """The text of its title."""
        return next((block.text for block in self.blocks if isinstance(block, Title)), "")


_KINDS: dict[str, type[Any]] = {
    "title": Title,
    "meta": Meta,
    "quote": Quote,
    "heading": Heading,
    "lines": Lines,
    "table": Table,
    "plan": Plan,
    "note": Note,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def kind_of(block: Block) -> str:
    """The block's name in the kept data."""
    return _NAMES[type(block)]


def to_data(document: Document) -> dict[str, Any]:
    """`document` as plain data for JSON."""
    return {"schema": SCHEMA, "blocks": [{"kind": kind_of(block), **_plain(block)} for block in document.blocks]}


def from_data(data: dict[str, Any]) -> Document:
    """The document that `to_data` made. Raises ValueError for a schema or a block that is not known."""
    if data.get("schema") != SCHEMA:
        raise ValueError(f"schema {data.get('schema')!r} is not known")
    return Document(tuple(_block(dict(item)) for item in data["blocks"]))


def _plain(block: Block) -> dict[str, Any]:
    def named(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in pairs}

    return asdict(block, dict_factory=named)


def _block(item: dict[str, Any]) -> Block:
    kind = item.pop("kind")
    if kind not in _KINDS:
        raise ValueError(f"block {kind!r} is not known")
    if kind == "lines":
        return Lines(
            tuple(_line(line) for line in item["items"]), item.get("is_brief", False), trend=_trend(item.get("trend"))
        )
    if kind == "table":
        rows = tuple(Row(tuple(row["cells"]), row["path"]) for row in item["rows"])
        return Table(tuple(item["columns"]), rows)
    if kind == "plan":
        items = tuple(_plan_item(one) for one in item["items"])
        return Plan(items, date.fromisoformat(item["today"]), item["is_appendix"], item.get("noun", "Milestone"))
    if kind == "note":
        return Note(item["text"], _link(item["link"]))
    block: Block = _KINDS[kind](**item)
    return block


def _line(item: dict[str, Any]) -> Line:
    on = date.fromisoformat(item["on"]) if item["on"] else None
    return Line(**(item | {"link": _link(item["link"]), "on": on}))


def _trend(item: dict[str, Any] | None) -> Trend | None:
    if item is None:
        return None
    items = tuple(
        Moved(
            one["name"],
            one["path"],
            tuple(Told(date.fromisoformat(told["on"]), _date(told["expected"])) for told in one["told"]),
            one["health"],
            _date(one["done"]),
        )
        for one in item["items"]
    )
    return Trend(items, date.fromisoformat(item["today"]))


def _date(kept: str | None) -> date | None:
    return date.fromisoformat(kept) if kept else None


def _plan_item(item: dict[str, Any]) -> PlanItem:
    days = {name: _date(item.get(name)) for name in ("start", "due", "done", "likely", "sure")}
    return PlanItem(**(item | days))


def _link(item: dict[str, str] | None) -> Link | None:
    return Link(**item) if item else None
