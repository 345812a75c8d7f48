"""A document drawn as HTML, so that a person reads what an app wrote."""

from __future__ import annotations

from html import escape

from markupsafe import Markup

from sandbox.google.document import Document
from sandbox.google.document_json import GLYPHS
from sandbox.google.units import NEWLINE, PAGE_BREAK, TABLE, Json, runs

# The page has an h1 of its own: the document's title and headings begin below it.
TAGS = {
    "TITLE": 'h2 class="title"', "SUBTITLE": 'p class="subtitle"', "HEADING_1": "h2", "HEADING_2": "h3",
    "HEADING_3": "h4", "HEADING_4": "h5", "HEADING_5": "h6", "HEADING_6": "h6",
}  # fmt: skip
LOOKS = (("bold", "strong"), ("italic", "em"), ("strikethrough", "s"))


def drawn_document(document: Document) -> Markup:
    """The body as HTML."""
    return Markup(_content(document, 1, document.end))  # noqa: S704 - every text in it is escaped


def words(text: str, style: Json) -> str:
    """One run: its text escaped, in bold, in italics, struck through, linked."""
    shown = escape(text).replace("\v", "<br>")
    for name, tag in LOOKS:
        if style.get(name):
            shown = f"<{tag}>{shown}</{tag}>"
    url = style.get("link", {}).get("url", "")
    return f'<a href="{escape(url)}">{shown}</a>' if url.startswith(("http://", "https://", "mailto:")) else shown


def _content(document: Document, start: int, end: int) -> str:
    shown: list[str] = []
    place = start
    while place < end:
        if document.units[place].mark == TABLE:
            table = document.table(place)
            shown.append(_table(document, place))
            place = table.end
            continue
        first, stop = document.paragraph(place)
        if "bullet" in document.units[stop - 1].more:
            items, place = _list(document, first, end)
            shown.append(items)
        else:
            shown.append(_paragraph(document, first, stop))
            place = stop
    return "".join(shown)


def _inside(document: Document, start: int, end: int) -> str:
    return "".join(
        '<hr class="page-break">' if text == PAGE_BREAK else words(text.rstrip(NEWLINE), style)
        for _, _, text, style in runs(document.units[start:end])
    )


def _direction(more: Json) -> str:
    return ' dir="rtl"' if more.get("style", {}).get("direction") == "RIGHT_TO_LEFT" else ""


def _paragraph(document: Document, start: int, end: int) -> str:
    more = document.units[end - 1].more
    tag = TAGS.get(more.get("style", {}).get("namedStyleType", ""), "p")
    return f"<{tag}{_direction(more)}>{_inside(document, start, end) or '&nbsp;'}</{tag.split()[0]}>"


def _list(document: Document, start: int, end: int) -> tuple[str, int]:
    """The bullets from here on, and where they end; the level is said to the style sheet, not nested."""
    place, items = start, []
    is_ordered = document.lists[document.units[document.paragraph(start)[1] - 1].more["bullet"]["listId"]] not in GLYPHS
    while place < end and not document.units[place].is_structure:
        first, stop = document.paragraph(place)
        more = document.units[stop - 1].more
        if "bullet" not in more:
            break
        level = more["bullet"]["nestingLevel"]
        items.append(f'<li data-level="{level}"{_direction(more)}>{_inside(document, first, stop)}</li>')
        place = stop
    tag = "ol" if is_ordered else "ul"
    return f"<{tag}>{''.join(items)}</{tag}>", place


def _table(document: Document, start: int) -> str:
    found = document.table(start)
    ends = (*found.rows[1:], found.end - 1)
    rows = []
    for row, cells, row_end in zip(found.rows, found.cells, ends, strict=True):
        tag = 'th scope="col"' if document.units[row].more.get("tableHeader") else "td"
        shown = [
            f"<{tag}>{_content(document, cell + 1, stop)}</{tag[:2]}>"
            for cell, stop in zip(cells, (*cells[1:], row_end), strict=True)
        ]
        rows.append(f"<tr>{''.join(shown)}</tr>")
    return f"<table{_columns(document, start)}{''.join(rows)}</table>"


def _columns(document: Document, start: int) -> str:
    """The rest of the table's tag, and its columns as wide as was asked, in pixels of 3/4 point."""
    asked: Json = document.units[start].more.get("columns", {})
    widths = [one.get("width", {}).get("magnitude", 0) for _, one in sorted(asked.items(), key=lambda one: int(one[0]))]
    if not all(widths) or len(widths) != len(document.table(start).cells[0]):
        return ">"
    columns = "".join(f'<col width="{round(width * 4 / 3)}">' for width in widths)
    return f' class="fixed" width="{round(sum(widths) * 4 / 3)}"><colgroup>{columns}</colgroup>'
