"""A document's model: its body as a row of units, named ranges over it, lists; and the edits everything is made of.

Indexes are Google's: the section break takes 0, text begins at 1, and tables, rows, cells and a table's end take a
place each. An edit that Google refuses raises RequestError and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from sandbox.google.answers import RequestError
from sandbox.google.units import (
    CELL,
    NEWLINE,
    ROW,
    TABLE,
    TABLE_END,
    Json,
    Unit,
    Units,
    made_of,
    merged,
    pack,
    restyled,
    splits_a_character,
    text_of,
    unpack,
)  # fmt: skip

TAB_ID = "t.0"
SECTION = "\x1d"
OUTSIDE = (
    "The insertion index must be inside the bounds of an existing paragraph. You can still create new paragraphs by "
    "inserting newlines."
)
HALF = "The range cannot begin or end in the middle of a surrogate pair."
NOT_DELETABLE = "Invalid deletion range. Cannot delete the requested range."
NOT_A_TABLE = "Invalid table start location. Must specify the start index of the table."
HEADINGS = tuple(f"HEADING_{level}" for level in range(1, 7))


@dataclass(frozen=True)
class NamedRange:
    id: str
    name: str
    start: int
    end: int


@dataclass(frozen=True)
class TableMap:
    """Where a table's parts stand: its own place, its rows' and their cells', and the place after it."""

    start: int
    rows: tuple[int, ...]
    cells: tuple[tuple[int, ...], ...]
    end: int


@dataclass
class Document:
    units: Units
    ranges: list[NamedRange] = field(default_factory=list)
    lists: dict[str, str] = field(default_factory=dict)
    """The bullet preset of each list."""
    style: Json = field(default_factory=dict)
    made: int = 0
    """How many ids were given out."""

    @classmethod
    def empty(cls) -> Self:
        return cls([Unit(SECTION), Unit(NEWLINE)])

    @classmethod
    def from_json(cls, data: Json) -> Self:
        ranges = [NamedRange(**one) for one in data["ranges"]]
        return cls(unpack(data["units"]), ranges, dict(data["lists"]), dict(data["style"]), data["made"])

    def as_json(self) -> Json:
        ranges = [vars(one) for one in self.ranges]
        packed = pack(self.units)
        return {"units": packed, "ranges": ranges, "lists": self.lists, "style": self.style, "made": self.made}

    @property
    def end(self) -> int:
        return len(self.units)

    @property
    def text(self) -> str:
        return text_of(unit for unit in self.units[1:] if not unit.is_structure)

    def new_id(self, start: str = "kix.") -> str:
        self.made += 1
        return f"{start}sandbox{self.made:05d}"

    # Where things are

    def insertion(self, index: int) -> int:
        """The index, if something can be put there."""
        if index >= self.end:
            raise RequestError(f"Index {index} must be less than the end index of the referenced segment, {self.end}.")
        if index < 1 or self.units[index].is_structure:
            raise RequestError(OUTSIDE)
        if splits_a_character(self.units, index):
            return index + 1
        return index

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range, if it lies in the body and before its last newline."""
        if end < start:
            raise RequestError("Invalid range: end index cannot be less than start index")
        if end == start:
            raise RequestError("The range should not be empty.")
        if end >= self.end:
            raise RequestError(f"Index {end} must be less than the end index of the referenced segment, {self.end}.")
        if start < 1:
            raise RequestError(f"The start index {start} must be at least 1.")
        return start, end

    def paragraph(self, index: int) -> tuple[int, int]:
        """Start and end of the paragraph around a place that holds text."""
        start = index
        while self.units[start - 1].mark != NEWLINE and not self._bounds(start - 1):
            start -= 1
        end = index
        while self.units[end].mark != NEWLINE:
            end += 1
        return start, end + 1

    def _bounds(self, index: int) -> bool:
        return self.units[index].is_structure or self.units[index].mark == SECTION

    def paragraphs(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The paragraphs that overlap a range, in order."""
        place = start
        while place < end:
            if self._bounds(place):
                place += 1
                continue
            found = self.paragraph(place)
            yield found
            place = found[1]

    def table(self, index: int) -> TableMap:
        """The table that begins at the index."""
        if not 1 <= index < self.end or self.units[index].mark != TABLE:
            raise RequestError(NOT_A_TABLE)
        rows: list[int] = []
        cells: list[list[int]] = []
        depth, place = 1, index + 1
        while depth:
            mark = self.units[place].mark
            if mark == ROW and depth == 1:
                rows.append(place)
                cells.append([])
            elif mark == CELL and depth == 1:
                cells[-1].append(place)
            depth += {TABLE: 1, TABLE_END: -1}.get(mark, 0)
            place += 1
        return TableMap(index, tuple(rows), tuple(map(tuple, cells)), place)

    # Edits

    def insert(self, index: int, text: str) -> None:
        """Put text before `index`, in the style of what stands before it in the paragraph."""
        index = self.insertion(index)
        start, end = self.paragraph(index)
        beside = self.units[index - 1] if index > start else self.units[index]
        self.put(index, made_of(text, beside.style, self.units[end - 1].more))

    def put(self, index: int, units: Sequence[Unit]) -> None:
        """Units as they are; named ranges that begin here or later move on, those around the place grow."""
        self.units[index:index] = units
        count = len(units)
        self.ranges = [
            replace(one, start=one.start + count * (one.start >= index), end=one.end + count * (one.end > index))
            for one in self.ranges
        ]

    def insert_table(self, index: int, rows: int, columns: int) -> None:
        index = self.insertion(index)
        start, end = self.paragraph(index)
        before = self.units[end - 1]
        cells = [unit for _ in range(columns) for unit in (Unit(CELL), Unit(NEWLINE))]
        body = [unit for _ in range(rows) for unit in (Unit(ROW), *cells)]
        style = self.units[index - 1].style if index > start else before.style
        self.put(index, [Unit(NEWLINE, style, before.more), Unit(TABLE), *body, Unit(TABLE_END)])

    def delete(self, start: int, end: int) -> None:
        if end == self.end and start < end:
            raise RequestError("The range cannot include the newline character at the end of the segment.")
        self.span(start, end)
        if splits_a_character(self.units, start) or splits_a_character(self.units, end):
            raise RequestError(HALF)
        self._check_whole(start, end)
        del self.units[start:end]
        cut = [
            replace(one, start=_after(one.start, start, end), end=_after(one.end, start, end)) for one in self.ranges
        ]
        self.ranges = [one for one in cut if one.start < one.end]

    def _check_whole(self, start: int, end: int) -> None:
        """Refuse to take a table apart, or the newline that a table or the end of a cell needs before it."""
        depth = 0
        for unit in self.units[start:end]:
            if unit.mark == TABLE_END:
                depth -= 1
            if depth < 0 or (depth == 0 and unit.mark in {ROW, CELL}):
                raise RequestError(NOT_DELETABLE)
            if unit.mark == TABLE:
                depth += 1
        if depth or (self.units[end].is_structure and self.units[end - 1].mark in {NEWLINE, TABLE_END}):
            raise RequestError(NOT_DELETABLE)

    def restyle(self, start: int, end: int, style: Json, fields: Sequence[str]) -> None:
        start, end = self.span(start, end)
        # Half of a character can't look otherwise than its other half.
        start -= splits_a_character(self.units, start)
        end += splits_a_character(self.units, end)
        for place in range(start, end):
            if not self.units[place].is_structure:
                self.units[place] = restyled(self.units[place], style, fields)

    def restyle_paragraphs(self, start: int, end: int, style: Json, fields: Sequence[str]) -> None:
        for _, stop in self.paragraphs(*self.span(start, end)):
            more = self.units[stop - 1].more
            changed = merged(more.get("style", {}), style, fields)
            is_heading = changed.get("namedStyleType") in HEADINGS
            if is_heading and "headingId" not in changed:
                changed["headingId"] = self.new_id("h.")
            elif not is_heading:
                changed.pop("headingId", None)
            self.units[stop - 1] = replace(self.units[stop - 1], more=more | {"style": changed})

    def make_bullets(self, start: int, end: int, preset: str) -> None:
        """Bullets by the leading tabs of each paragraph, which go; a list with this preset just before goes on."""
        start, end = self.span(start, end)
        list_id = self._list_before(start, preset)
        place = start
        while place < end and place < self.end:
            if self._bounds(place):
                place += 1
                continue
            first, stop = self.paragraph(place)
            tabs = 0
            while self.units[first + tabs].mark == "\t":
                tabs += 1
            newline = self.units[stop - 1]
            bullet = {"listId": list_id, "nestingLevel": min(tabs, 8)}
            self.units[stop - 1] = replace(newline, more=newline.more | {"bullet": bullet})
            if tabs:
                self.delete(first, first + tabs)
            end -= tabs
            place = stop - tabs

    def _list_before(self, index: int, preset: str) -> str:
        first, _ = next(self.paragraphs(index, self.end))
        bullet = self.units[first - 1].more.get("bullet") if self.units[first - 1].mark == NEWLINE else None
        if bullet and self.lists.get(bullet["listId"]) == preset:
            return str(bullet["listId"])
        list_id = self.new_id()
        self.lists[list_id] = preset
        return list_id

    def remove_bullets(self, start: int, end: int) -> None:
        for _, stop in self.paragraphs(*self.span(start, end)):
            more: dict[str, Any] = {name: kept for name, kept in self.units[stop - 1].more.items() if name != "bullet"}
            self.units[stop - 1] = replace(self.units[stop - 1], more=more)

    def replace_all(self, wanted: str, by: str, *, match_case: bool) -> int:
        """How many places changed. The new text looks like the first character that it replaces."""
        target = made_of(wanted if match_case else wanted.lower(), {}, {})
        marks = [unit.mark for unit in target]
        count, place = 0, 1
        while marks and place + len(marks) <= self.end:
            found = [unit.mark for unit in self.units[place : place + len(marks)]]
            if (found if match_case else [mark.lower() for mark in found]) != marks:
                place += 1
                continue
            new = made_of(by, self.units[place].style, self.units[self.paragraph(place)[1] - 1].more)
            self._swap(place, place + len(marks), new)
            place += len(new)
            count += 1
        return count

    def _swap(self, start: int, end: int, new: Units) -> None:
        def moved(index: int) -> int:
            return index + len(new) - (end - start) if index >= end else min(index, start + len(new))

        self.units[start:end] = new
        self._move_ranges(moved)

    def _move_ranges(self, moved: Callable[[int], int]) -> None:
        """Each named range from where it was to where it is; what became empty is gone."""
        new = [replace(one, start=moved(one.start), end=moved(one.end)) for one in self.ranges]
        self.ranges = [one for one in new if one.start < one.end]


def _after(index: int, start: int, end: int) -> int:
    """Where a place is once the units from `start` to `end` are gone."""
    return index - (min(index, end) - min(index, start))
