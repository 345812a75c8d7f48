"""A document as requests for Google Docs' batchUpdate: a section on top of a document, whatever is below it.

Every block is inserted at index 1, the last block first, so each knows the indexes of its own text and nothing else.
Indexes count UTF-16 code units. The newline that comes before a table is taken by the block above, so no blank line
stands between them. Nothing of the document's own look runs into the section: every range is given its style anew.
Source: https://developers.google.com/workspace/docs/api/how-tos/move-text and …/tables
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from luna.lib.text import is_right_to_left
from reports.content.document import Document
from reports.renderers.google_docs_pieces import Grid, Run, Text, TextRuns, pieces_of

Request = dict[str, Any]
TOP: Final = 1
_TABLE: Final = 2
"""Where a table starts that was inserted on top: a newline goes before it."""
_FIRST_CELL: Final = 5
"""Where the text of its first cell starts: the table, its row and the cell itself take one place each."""
# Google strips these from inserted text, which would shift every index after them.
_STRIPPED = re.compile("[\x00-\x08\x0c-\x1f\ue000-\uf8ff\ud800-\udfff]")
_TEXT_FIELDS: Final = (
    "bold,italic,underline,strikethrough,smallCaps,backgroundColor,foregroundColor,fontSize,weightedFontFamily,"
    "baselineOffset,link"
)
_PARAGRAPH_FIELDS: Final = "namedStyleType,alignment,direction,indentStart,indentEnd,indentFirstLine"
_TABLE_POINTS: Final = 9


def render_google_docs(document: Document, *, base_url: str, key: str) -> list[Request]:
    """The requests of one batch. The named range `luna:<key>` lies on the section's first line; links start with
    `base_url`."""
    pieces = [piece for piece in pieces_of(document, base_url) if isinstance(piece, Grid) or any(piece.lines)]
    pieces = pieces or [Text(((Run(document.title or "Luna"),),))]
    requests: list[Request] = []
    below: Text | Grid | None = None
    for piece in reversed(pieces):
        requests += _grid(piece, below) if isinstance(piece, Grid) else _text(piece, below)
        below = piece
    first = pieces[0]
    length = _width(first.lines[0]) if isinstance(first, Text) else 0
    return [*requests, {"createNamedRange": {"name": f"luna:{key}", "range": _range(TOP, TOP + max(length, 1))}}]


def utf16_width(text: str) -> int:
    """How many indexes `text` takes."""
    return len(text.encode("utf-16-le")) // 2


def _clean(text: str) -> str:
    return _STRIPPED.sub("", text)


def _joined(line: TextRuns) -> str:
    return "".join(_clean(run.text) for run in line)


def _width(line: TextRuns) -> int:
    return utf16_width(_joined(line))


def _text(piece: Text, below: Text | Grid | None) -> Iterator[Request]:
    """Paragraphs on top. Above a table the last of them takes the newline that is there."""
    words = "\n".join(_joined(line) for line in piece.lines)
    length = utf16_width(words) + 1
    inserted = words if isinstance(below, Grid) else f"{words}\n"
    if inserted:
        yield {"insertText": {"location": {"index": TOP}, "text": inserted}}
    if below is None or (isinstance(below, Text) and below.is_list):
        # The new paragraphs were split off one that may be in a list.
        yield {"deleteParagraphBullets": {"range": _range(TOP, TOP + length)}}
    yield from _plain(piece.lines, piece.style, piece.indent)
    start = TOP
    for line in piece.lines:
        yield from _runs(line, start)
        start += _width(line) + 1
    if piece.is_list:
        bullets = {"range": _range(TOP, TOP + length), "bulletPreset": "BULLET_DISC_CIRCLE_SQUARE"}
        yield {"createParagraphBullets": bullets}


def _plain(lines: Sequence[TextRuns], style: str = "NORMAL_TEXT", indent: int = 0) -> Iterator[Request]:
    """The paragraphs' own style, with the direction of what is written in them, and nothing else."""
    start = TOP
    for is_rtl, together in groupby(lines, lambda line: is_right_to_left(_joined(line))):
        length = sum(_width(line) + 1 for line in together)
        look: Request = {"namedStyleType": style, "direction": _direction(is_rtl)}
        if indent:
            look |= {"indentStart": _points(indent), "indentFirstLine": _points(indent)}
        yield {
            "updateParagraphStyle": {
                "range": _range(start, start + length),
                "paragraphStyle": look,
                "fields": _PARAGRAPH_FIELDS,
            }
        }
        start += length
    yield {"updateTextStyle": {"range": _range(TOP, start), "textStyle": {}, "fields": _TEXT_FIELDS}}


def _runs(line: TextRuns, start: int) -> Iterator[Request]:
    """What stands out within a line."""
    for run in line:
        end = start + utf16_width(_clean(run.text))
        look = _look(run)
        if look and end > start:
            yield {"updateTextStyle": {"range": _range(start, end), "textStyle": look, "fields": ",".join(look)}}
        start = end


def _look(run: Run) -> Request:
    look: Request = {}
    if run.bold:
        look["bold"] = True
    if run.italic:
        look["italic"] = True
    if run.url:
        look["link"] = {"url": run.url}
    if run.colour:
        look["foregroundColor"] = _colour(run.colour)
    return look


def _grid(grid: Grid, below: Text | Grid | None) -> Iterator[Request]:
    """A table on top, with an empty line below it and one above it, which the next block takes."""
    gap = Text(((),))
    yield {"insertText": {"location": {"index": TOP}, "text": "\n"}}
    if below is None or (isinstance(below, Text) and below.is_list):
        yield {"deleteParagraphBullets": {"range": _range(TOP, TOP + 1)}}
    yield from _plain(gap.lines)
    rows = [tuple((Run(name, bold=True),) for name in grid.columns), *grid.rows]
    size = {"rows": len(rows), "columns": len(grid.columns)}
    yield {"insertTable": {**size, "location": {"index": TOP}}}
    yield from _cells(rows)
    yield from _table_look(grid)


def _cells(rows: Sequence[Sequence[TextRuns]]) -> Iterator[Request]:
    """The cells' text, the last cell first: what is written later moves none that is still to come."""
    wide = len(rows[0])
    written = 0
    for row in range(len(rows) - 1, -1, -1):
        for column in range(wide - 1, -1, -1):
            line = rows[row][column]
            words = _joined(line)
            if not words:
                continue
            start = _FIRST_CELL + row * (2 * wide + 1) + 2 * column
            written += utf16_width(words)
            yield {"insertText": {"location": {"index": start}, "text": words}}
            if is_right_to_left(words):
                yield _turned(start, start + utf16_width(words))
            yield from _runs(line, start)
    end = _FIRST_CELL + (len(rows) - 1) * (2 * wide + 1) + 2 * (wide - 1) + written + 1
    small = {"fontSize": _points(_TABLE_POINTS)}
    yield {"updateTextStyle": {"range": _range(_FIRST_CELL, end), "textStyle": small, "fields": "fontSize"}}


def _turned(start: int, end: int) -> Request:
    style = {"direction": _direction(True)}
    return {"updateParagraphStyle": {"range": _range(start, end), "paragraphStyle": style, "fields": "direction"}}


def _table_look(grid: Grid) -> Iterator[Request]:
    where = {"index": _TABLE}
    yield {"pinTableHeaderRows": {"tableStartLocation": where, "pinnedHeaderRowsCount": 1}}
    head = {
        "tableCellLocation": {"tableStartLocation": where, "rowIndex": 0, "columnIndex": 0},
        "rowSpan": 1,
        "columnSpan": len(grid.columns),
    }
    shade = {"backgroundColor": _colour("f1efe9")}
    yield {"updateTableCellStyle": {"tableRange": head, "tableCellStyle": shade, "fields": "backgroundColor"}}
    for number, width in enumerate(grid.widths):
        yield {
            "updateTableColumnProperties": {
                "tableStartLocation": where,
                "columnIndices": [number],
                "tableColumnProperties": {"widthType": "FIXED_WIDTH", "width": _points(width)},
                "fields": "widthType,width",
            }
        }


def _direction(is_rtl: bool) -> str:
    return "RIGHT_TO_LEFT" if is_rtl else "LEFT_TO_RIGHT"


def _range(start: int, end: int) -> Request:
    return {"startIndex": start, "endIndex": end}


def _points(size: int) -> Request:
    return {"magnitude": size, "unit": "PT"}


def _colour(code: str) -> Request:
    """From six hexadecimal digits."""
    red, green, blue = (round(int(code[place : place + 2], 16) / 255, 4) for place in (0, 2, 4))
    return {"color": {"rgbColor": {"red": red, "green": green, "blue": blue}}}
