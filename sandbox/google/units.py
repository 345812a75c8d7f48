"""Text as Google counts it: a row of UTF-16 code units, each with its style, structure marked by units of its own.

The same row serves a document's body, where tables, rows and cells take places of their own, and the text of a shape.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

Json = dict[str, Any]
NEWLINE, PAGE_BREAK = "\n", "\x0c"
TABLE, ROW, CELL, TABLE_END = "\x10", "\x12", "\x1c", "\x11"
STRUCTURE = {TABLE, ROW, CELL, TABLE_END}
# Stripped from inserted text (InsertTextRequest in the published schemas of Docs and Slides).
STRIPPED = re.compile("[\x00-\x08\x0c-\x1f\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Unit:
    """One place. `style` is the text's; `more` is the paragraph's at its newline, and the table's, row's or cell's."""

    mark: str
    style: Json = field(default_factory=dict)
    more: Json = field(default_factory=dict)

    @property
    def is_structure(self) -> bool:
        return self.mark in STRUCTURE


Units = list[Unit]


def code_units(text: str) -> list[str]:
    """Each UTF-16 code unit as a string of one; an emoji becomes two halves."""
    data = text.encode("utf-16-le", "surrogatepass")
    return [chr(data[place] | data[place + 1] << 8) for place in range(0, len(data), 2)]


def width(text: str) -> int:
    """How many UTF-16 code units the text takes."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def text_of(units: Iterable[Unit]) -> str:
    """The characters, halves put together again."""
    joined = "".join(unit.mark for unit in units)
    return joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def cleaned(text: str) -> str:
    """The text as Google takes it in."""
    return STRIPPED.sub("", text)


def splits_a_character(units: Sequence[Unit], place: int) -> bool:
    """Whether `place` lies between the halves of one character."""
    return (
        0 < place < len(units)
        and "\ud800" <= units[place - 1].mark <= "\udbff"
        and "\udc00" <= units[place].mark <= "\udfff"
    )


def made_of(text: str, style: Json, paragraph: Json) -> Units:
    """Units of new text; its newlines carry the paragraph's properties."""
    return [Unit(mark, style, paragraph if mark == NEWLINE else {}) for mark in code_units(text)]


def restyled(unit: Unit, style: Json, fields: Sequence[str]) -> Unit:
    return replace(unit, style=merged(unit.style, style, fields))


def merged(old: Json, new: Json, fields: Sequence[str]) -> Json:
    """`old` with every field of the mask as in `new`; a field named by the mask but left out of `new` is reset."""
    if "*" in fields:
        return dict(new)
    kept = dict(old)
    for name in fields:
        head, _, tail = name.partition(".")
        if tail:
            kept[head] = merged(kept.get(head, {}), new.get(head, {}), [tail])
        elif head in new:
            kept[head] = new[head]
        else:
            kept.pop(head, None)
    return kept


def runs(units: Sequence[Unit]) -> Iterator[tuple[int, int, str, Json]]:
    """Neighbours of one style together: start, end, text, style. A page break stands alone."""
    place = 0
    for (_is_break, _key), group in groupby(units, key=lambda unit: (unit.mark == PAGE_BREAK, repr(unit.style))):
        found = list(group)
        steps = [[one] for one in found] if found[0].mark == PAGE_BREAK else [found]
        for step in steps:
            yield place, place + len(step), text_of(step), step[0].style
            place += len(step)


def pack(units: Sequence[Unit]) -> list[Any]:
    """As JSON, neighbours of one style and no properties together."""
    packed: list[Any] = []
    for unit in units:
        if packed and not unit.more and not packed[-1][2] and packed[-1][1] == unit.style:
            packed[-1][0] += unit.mark
        else:
            packed.append([unit.mark, unit.style, unit.more])
    return packed


def unpack(packed: Iterable[Any]) -> Units:
    return [Unit(mark, style, more) for text, style, more in packed for mark in code_units(text)]
