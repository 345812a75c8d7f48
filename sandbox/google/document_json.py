"""A document as documents.get answers it, with the indexes of every part."""

from __future__ import annotations

from sandbox.google.document import HEADINGS, TAB_ID, Document
from sandbox.google.units import PAGE_BREAK, TABLE, Json, runs

POINTS = {"NORMAL_TEXT": 11, "TITLE": 26, "SUBTITLE": 15, "HEADING_1": 20, "HEADING_2": 16, "HEADING_3": 14}
SMALL_HEADING_POINTS = 12
GLYPHS = {
    "BULLET_DISC_CIRCLE_SQUARE": "●○■", "BULLET_DIAMONDX_ARROW3D_SQUARE": "❖➢■", "BULLET_CHECKBOX": "☐☐☐",
    "BULLET_ARROW_DIAMOND_DISC": "➔◆●", "BULLET_STAR_CIRCLE_SQUARE": "★○■", "BULLET_ARROW3D_CIRCLE_SQUARE": "➢○■",
    "BULLET_LEFTTRIANGLE_DIAMOND_DISC": "◀◆●", "BULLET_DIAMONDX_HOLLOWDIAMOND_SQUARE": "❖◇■",
    "BULLET_DIAMOND_CIRCLE_SQUARE": "◆○■",
}  # fmt: skip
ORDERED = ("DECIMAL", "ALPHA", "ROMAN")
LEVELS = 9
MARGIN = {"magnitude": 72, "unit": "PT"}
DOCUMENT_STYLE: Json = {
    "background": {"color": {}}, "pageNumberStart": 1, "marginTop": MARGIN, "marginBottom": MARGIN,
    "marginRight": MARGIN, "marginLeft": MARGIN,
    "pageSize": {"height": {"magnitude": 841.89, "unit": "PT"}, "width": {"magnitude": 595.28, "unit": "PT"}},
}  # fmt: skip
CELL_STYLE: Json = {
    "rowSpan": 1, "columnSpan": 1, "backgroundColor": {}, "contentAlignment": "TOP",
    "paddingLeft": {"magnitude": 5, "unit": "PT"}, "paddingRight": {"magnitude": 5, "unit": "PT"},
    "paddingTop": {"magnitude": 5, "unit": "PT"}, "paddingBottom": {"magnitude": 5, "unit": "PT"},
}  # fmt: skip


def document_json(document: Document, *, file_id: str, title: str, revision: str, with_tabs: bool = False) -> Json:
    """The whole resource; `with_tabs` puts the content under its one tab, as includeTabsContent does."""
    content: Json = {
        "body": {"content": [_section_break(), *_content(document, 1, document.end)]},
        "documentStyle": DOCUMENT_STYLE | document.style,
        "namedStyles": {"styles": [_named_style(name) for name in ("NORMAL_TEXT", "TITLE", "SUBTITLE", *HEADINGS)]},
    }
    if document.ranges:
        content["namedRanges"] = _named_ranges(document)
    if document.lists:
        content["lists"] = {list_id: _list(preset) for list_id, preset in document.lists.items()}
    head: Json = {"documentId": file_id, "title": title, "revisionId": revision}
    head["suggestionsViewMode"] = "SUGGESTIONS_INLINE"
    if not with_tabs:
        return head | content
    return head | {"tabs": [{"tabProperties": {"tabId": TAB_ID, "title": "Tab 1", "index": 0}, "documentTab": content}]}


def _section_break() -> Json:
    style = {"columnSeparatorStyle": "NONE", "contentDirection": "LEFT_TO_RIGHT", "sectionType": "CONTINUOUS"}
    return {"endIndex": 1, "sectionBreak": {"sectionStyle": style}}


def _named_style(name: str) -> Json:
    size = {"magnitude": POINTS.get(name, SMALL_HEADING_POINTS), "unit": "PT"}
    return {
        "namedStyleType": name,
        "textStyle": {"fontSize": size, "weightedFontFamily": {"fontFamily": "Arial", "weight": 400}},
        "paragraphStyle": {"namedStyleType": name, "direction": "LEFT_TO_RIGHT", "alignment": "START"},
    }


def _named_ranges(document: Document) -> Json:
    named: Json = {}
    for one in document.ranges:
        ranges = [{"startIndex": one.start, "endIndex": one.end}]
        group = named.setdefault(one.name, {"name": one.name, "namedRanges": []})
        group["namedRanges"].append({"namedRangeId": one.id, "name": one.name, "ranges": ranges})
    return named


def _list(preset: str) -> Json:
    levels = []
    for level in range(LEVELS):
        indent: Json = {
            "indentFirstLine": {"magnitude": 18 + 36 * level, "unit": "PT"},
            "indentStart": {"magnitude": 36 + 36 * level, "unit": "PT"},
        }
        if preset in GLYPHS:
            glyph = {"glyphSymbol": GLYPHS[preset][level % 3], "glyphFormat": f"%{level}"}
        else:
            glyph = {"glyphType": ORDERED[level % 3], "glyphFormat": f"%{level}."}
        levels.append({"bulletAlignment": "START", "startNumber": 1, "textStyle": {}} | glyph | indent)
    return {"listProperties": {"nestingLevels": levels}}


def _content(document: Document, start: int, end: int) -> list[Json]:
    """The structural elements between two places."""
    found = []
    place = start
    while place < end:
        if document.units[place].mark == TABLE:
            found.append(_table(document, place))
        else:
            found.append(_paragraph(document, *document.paragraph(place)))
        place = found[-1]["endIndex"]
    return found


def _paragraph(document: Document, start: int, end: int) -> Json:
    newline = document.units[end - 1]
    style = {"namedStyleType": "NORMAL_TEXT", "direction": "LEFT_TO_RIGHT"} | newline.more.get("style", {})
    elements = []
    for first, stop, text, text_style in runs(document.units[start:end]):
        kind: Json = {"textStyle": text_style} if text == PAGE_BREAK else {"content": text, "textStyle": text_style}
        name = "pageBreak" if text == PAGE_BREAK else "textRun"
        elements.append({"startIndex": start + first, "endIndex": start + stop, name: kind})
    paragraph: Json = {"elements": elements, "paragraphStyle": style}
    if bullet := newline.more.get("bullet"):
        level = {"nestingLevel": bullet["nestingLevel"]} if bullet["nestingLevel"] else {}
        paragraph["bullet"] = {"listId": bullet["listId"], "textStyle": newline.style} | level
    return {"startIndex": start, "endIndex": end, "paragraph": paragraph}


def _table(document: Document, start: int) -> Json:
    found = document.table(start)
    ends = (*found.rows[1:], found.end - 1)
    rows = []
    for row, cells, row_end in zip(found.rows, found.cells, ends, strict=True):
        shown = [
            {
                "startIndex": cell,
                "endIndex": cell_end,
                "content": _content(document, cell + 1, cell_end),
                "tableCellStyle": CELL_STYLE | document.units[cell].more,
            }
            for cell, cell_end in zip(cells, (*cells[1:], row_end), strict=True)
        ]
        style = {"minRowHeight": {"unit": "PT"}} | document.units[row].more
        rows.append({"startIndex": row, "endIndex": row_end, "tableCells": shown, "tableRowStyle": style})
    columns = len(found.cells[0])
    widths = document.units[start].more.get("columns", {})
    properties = [widths.get(str(column), {"widthType": "EVENLY_DISTRIBUTED"}) for column in range(columns)]
    table = {
        "rows": len(rows), "columns": columns, "tableRows": rows,
        "tableStyle": {"tableColumnProperties": properties},
    }  # fmt: skip
    return {"startIndex": start, "endIndex": found.end, "table": table}
