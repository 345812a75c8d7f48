"""A presentation's model: slides, what stands on them, and the text in it.

Lengths are EMU, 12,700 to a point. Text counts from 0 and ends with a newline that nobody can delete; an element that
has none yet has no text at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from sandbox.google import layouts
from sandbox.google.answers import RequestError
from sandbox.google.layouts import EMU_PER_POINT, Spot
from sandbox.google.units import (
    NEWLINE,
    Json,
    Units,
    made_of,
    merged,
    pack,
    restyled,
    splits_a_character,
    text_of,
    unpack,
)

OBJECT_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_:-]{4,49}")


@dataclass
class Text:
    units: Units = field(default_factory=list)
    lists: dict[str, str] = field(default_factory=dict)
    """The bullet preset of each list."""

    @property
    def plain(self) -> str:
        return text_of(self.units)

    def insert(self, index: int, text: str) -> None:
        if index > max(len(self.units) - 1, 0) or index < 0:
            length = max(len(self.units) - 1, 0)
            raise RequestError(
                f"The insertion index ({index}) should not be greater than the existing text length ({length})."
            )
        if not self.units:
            self.units = made_of(NEWLINE, {}, {})
        index += splits_a_character(self.units, index)
        start, end = self._paragraph(index)
        beside = self.units[index - 1] if index > start else self.units[index]
        self.units[index:index] = made_of(text, beside.style, self.units[end - 1].more)

    def _paragraph(self, index: int) -> tuple[int, int]:
        start = index
        while start and self.units[start - 1].mark != NEWLINE:
            start -= 1
        end = index
        while self.units[end].mark != NEWLINE:
            end += 1
        return start, end + 1

    def paragraphs(self, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
        place = start
        while place < (len(self.units) if end is None else end):
            found = self._paragraph(place)
            yield found
            place = found[1]

    def delete(self, start: int, end: int) -> None:
        end = min(end, len(self.units) - 1)
        start -= splits_a_character(self.units, start)
        end += splits_a_character(self.units, end)
        del self.units[start:end]

    def restyle(self, start: int, end: int, style: Json, fields: Sequence[str]) -> None:
        for place in range(start, end):
            self.units[place] = restyled(self.units[place], style, fields)

    def restyle_paragraphs(self, start: int, end: int, style: Json, fields: Sequence[str]) -> None:
        for _, stop in self.paragraphs(start, end):
            newline = self.units[stop - 1]
            more = newline.more | {"style": merged(newline.more.get("style", {}), style, fields)}
            self.units[stop - 1] = replace(newline, more=more)

    def make_bullets(self, start: int, end: int, preset: str, list_id: str) -> None:
        self.lists[list_id] = preset
        place = start
        while place < end:
            first, stop = self._paragraph(place)
            tabs = 0
            while self.units[first + tabs].mark == "\t":
                tabs += 1
            newline = self.units[stop - 1]
            bullet = {"listId": list_id, "nestingLevel": min(tabs, 8)}
            self.units[stop - 1] = replace(newline, more=newline.more | {"bullet": bullet})
            del self.units[first : first + tabs]
            end -= tabs
            place = stop - tabs

    def replace_all(self, wanted: str, by: str, *, match_case: bool) -> int:
        pattern = re.compile(re.escape(wanted), 0 if match_case else re.IGNORECASE)
        found = list(pattern.finditer("".join(unit.mark for unit in self.units)))
        for one in reversed(found):
            start, end = one.span()
            more = self.units[self._paragraph(start)[1] - 1].more
            self.units[start:end] = made_of(by, self.units[start].style, more)
        return len(found)

    def as_json(self) -> Json:
        return {"units": pack(self.units), "lists": self.lists}

    @classmethod
    def from_json(cls, data: Json) -> Self:
        return cls(unpack(data["units"]), dict(data["lists"]))


@dataclass
class Cell:
    text: Text = field(default_factory=Text)
    properties: Json = field(default_factory=dict)


@dataclass
class Grid:
    """A table: its cells by row, the widths of its columns, the least heights of its rows, borders as asked."""

    cells: list[list[Cell]]
    widths: list[int]
    heights: list[int]
    borders: list[Json] = field(default_factory=list)


@dataclass
class Element:
    """`kind` is shape, table or line; `type` the shape's or the line's. The transform is as Google's, in EMU."""

    id: str
    kind: str
    type: str
    width: int
    height: int
    transform: Json
    properties: Json = field(default_factory=dict)
    text: Text = field(default_factory=Text)
    placeholder: Json = field(default_factory=dict)
    grid: Grid | None = None
    title: str = ""
    description: str = ""

    def as_json(self) -> Json:
        data = vars(self) | {"text": self.text.as_json(), "grid": None}
        if self.grid is not None:
            cells = [[{"text": c.text.as_json(), "properties": c.properties} for c in row] for row in self.grid.cells]
            data["grid"] = vars(self.grid) | {"cells": cells}
        return data

    @classmethod
    def from_json(cls, data: Json) -> Self:
        grid = data["grid"]
        if grid is not None:
            cells = [[Cell(Text.from_json(c["text"]), c["properties"]) for c in row] for row in grid["cells"]]
            grid = Grid(**(grid | {"cells": cells}))
        return cls(**(data | {"text": Text.from_json(data["text"]), "grid": grid}))


@dataclass
class Slide:
    id: str
    layout: str
    notes_id: str
    elements: list[Element] = field(default_factory=list)
    properties: Json = field(default_factory=dict)
    notes: Text = field(default_factory=Text)

    def as_json(self) -> Json:
        elements = [element.as_json() for element in self.elements]
        return vars(self) | {"elements": elements, "notes": self.notes.as_json()}

    @classmethod
    def from_json(cls, data: Json) -> Self:
        elements = [Element.from_json(one) for one in data["elements"]]
        return cls(**(data | {"elements": elements, "notes": Text.from_json(data["notes"])}))


def shift(x: float, y: float) -> Json:
    """The transform that only moves."""
    return {"scaleX": 1, "scaleY": 1, "shearX": 0, "shearY": 0, "translateX": x, "translateY": y, "unit": "EMU"}


@dataclass
class Deck:
    slides: list[Slide] = field(default_factory=list)
    made: int = 0

    @classmethod
    def blank(cls) -> Self:
        """As Google makes it: one title slide whose two placeholders are empty."""
        deck = cls()
        title, subtitle = layouts.LAYOUTS["TITLE"]
        elements = [placeholder("i0", title), placeholder("i1", subtitle)]
        deck.slides.append(Slide("p", "TITLE", "i3", elements))
        return deck

    @classmethod
    def from_json(cls, data: Json) -> Self:
        return cls([Slide.from_json(one) for one in data["slides"]], data["made"])

    def as_json(self) -> Json:
        return {"slides": [slide.as_json() for slide in self.slides], "made": self.made}

    def new_id(self) -> str:
        self.made += 1
        return f"SLIDES_API{self.made:08d}_0"

    def ids(self) -> set[str]:
        slides = {one for slide in self.slides for one in (slide.id, slide.notes_id, f"{slide.id}:notes")}
        elements = {element.id for slide in self.slides for element in slide.elements}
        return slides | elements | set(layouts.BY_ID) | {layouts.MASTER_ID}

    def claim(self, asked: str) -> str:
        """The id that a request gives its new object, or one of ours."""
        if not asked:
            return self.new_id()
        if not OBJECT_ID.fullmatch(asked):
            raise RequestError(
                f"The object ID ({asked}) should be 5 to 50 characters long, start with a word character [a-zA-Z0-9_] "
                "and then only have word characters, hyphens and colons."
            )
        if asked in self.ids():
            raise RequestError(
                f"The object ID ({asked}) should be unique among all pages and page elements in the presentation."
            )
        return asked

    def slide(self, slide_id: str) -> Slide:
        for slide in self.slides:
            if slide.id == slide_id:
                return slide
        raise RequestError(f"The page ({slide_id}) could not be found.")

    def element(self, element_id: str, *kinds: str) -> Element:
        for slide in self.slides:
            for element in slide.elements:
                if element.id == element_id:
                    if kinds and element.kind not in kinds:
                        raise RequestError(f"The object ({element_id}) should be a {' or '.join(kinds)}.")
                    return element
        raise RequestError(f"The object ({element_id}) could not be found.")

    def texts(self, slide_ids: Sequence[str]) -> Iterator[Text]:
        """Every text on the slides; on all of them where none is named."""
        for slide in self.slides:
            if slide_ids and slide.id not in slide_ids:
                continue
            for element in slide.elements:
                yield element.text
                if element.grid is not None:
                    yield from (cell.text for row in element.grid.cells for cell in row)


def placeholder(element_id: str, spot: Spot) -> Element:
    kind = {"type": spot.type, "index": spot.index}
    where = shift(spot.x, spot.y)
    return Element(element_id, "shape", "TEXT_BOX", spot.width, spot.height, where, placeholder=kind)


def emu(dimension: Json) -> float:
    """A Dimension, or a Size's side, in EMU."""
    magnitude = float(dimension.get("magnitude", 0))
    return magnitude * EMU_PER_POINT if dimension.get("unit") == "PT" else magnitude
