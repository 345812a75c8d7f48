"""A presentation as presentations.get answers it."""

from __future__ import annotations

from sandbox.google.deck import Deck, Element, Grid, Slide, Text
from sandbox.google.document_json import GLYPHS
from sandbox.google.layouts import IDS, LAYOUTS, MASTER_ID, PAGE_HEIGHT, PAGE_WIDTH, Spot
from sandbox.google.units import Json, runs


def _emu(magnitude: float) -> Json:
    return {"magnitude": magnitude, "unit": "EMU"}


PAGE_SIZE: Json = {"width": _emu(PAGE_WIDTH), "height": _emu(PAGE_HEIGHT)}


def presentation_json(deck: Deck, *, file_id: str, title: str, revision: str) -> Json:
    """The whole resource."""
    return {
        "presentationId": file_id, "pageSize": PAGE_SIZE, "title": title, "locale": "en", "revisionId": revision,
        "slides": [slide_json(slide) for slide in deck.slides],
        "layouts": [_layout(name) for name in LAYOUTS],
        "masters": [{"objectId": MASTER_ID, "pageType": "MASTER", "pageElements": [],
                     "masterProperties": {"displayName": "Simple Light"}}],
    }  # fmt: skip


def _layout(name: str) -> Json:
    shown = name.replace("_", " ").capitalize()
    elements = [_layout_spot(IDS[name], place, spot) for place, spot in enumerate(LAYOUTS[name])]
    properties = {"masterObjectId": MASTER_ID, "name": name, "displayName": shown}
    return {"objectId": IDS[name], "pageType": "LAYOUT", "pageElements": elements, "layoutProperties": properties}


def _layout_spot(layout_id: str, place: int, spot: Spot) -> Json:
    shape = {"shapeType": "TEXT_BOX", "placeholder": {"type": spot.type, "index": spot.index}}
    transform = {"scaleX": 1, "scaleY": 1, "translateX": spot.x, "translateY": spot.y, "unit": "EMU"}
    size = {"width": _emu(spot.width), "height": _emu(spot.height)}
    return {"objectId": f"{layout_id}_i{place}", "size": size, "transform": transform, "shape": shape}


def slide_json(slide: Slide) -> Json:
    """One page with its notes."""
    notes: Json = {
        "objectId": f"{slide.id}:notes", "pageType": "NOTES", "pageElements": [],
        "notesProperties": {"speakerNotesObjectId": slide.notes_id},
    }  # fmt: skip
    if slide.notes.units:
        shape = {"shapeType": "TEXT_BOX", "placeholder": {"type": "BODY", "index": 1}, "text": text_json(slide.notes)}
        notes["pageElements"] = [{"objectId": slide.notes_id, "shape": shape}]
    return {
        "objectId": slide.id, "pageType": "SLIDE", "pageElements": [_element(one) for one in slide.elements],
        "slideProperties": {"layoutObjectId": IDS[slide.layout], "masterObjectId": MASTER_ID, "notesPage": notes},
        "pageProperties": slide.properties,
    }  # fmt: skip


def _element(element: Element) -> Json:
    answer: Json = {"objectId": element.id, "transform": element.transform}
    answer["size"] = {"width": _emu(element.width), "height": _emu(element.height)}
    answer |= {name: words for name in ("title", "description") if (words := getattr(element, name))}
    if element.grid is not None:
        answer["table"] = _table(element.grid)
    elif element.kind == "line":
        category = element.type.partition("_")[0]
        answer["line"] = {"lineType": element.type, "lineCategory": category, "lineProperties": element.properties}
    else:
        shape: Json = {"shapeType": element.type, "shapeProperties": element.properties}
        if element.placeholder:
            shape["placeholder"] = element.placeholder
        if element.text.units:
            shape["text"] = text_json(element.text)
        answer["shape"] = shape
    return answer


def _table(grid: Grid) -> Json:
    rows = []
    for row, cells in enumerate(grid.cells):
        shown = []
        for column, cell in enumerate(cells):
            at = {"rowIndex": row, "columnIndex": column}
            one: Json = {"location": at, "rowSpan": 1, "columnSpan": 1, "tableCellProperties": cell.properties}
            shown.append(one | ({"text": text_json(cell.text)} if cell.text.units else {}))
        height = _emu(grid.heights[row])
        rows.append({"rowHeight": height, "tableRowProperties": {"minRowHeight": height}, "tableCells": shown})
    columns = [{"columnWidth": _emu(width)} for width in grid.widths]
    return {"rows": len(rows), "columns": len(columns), "tableRows": rows, "tableColumns": columns}


def text_json(text: Text) -> Json:
    """Paragraph markers, each followed by the runs inside it."""
    elements = []
    for start, end in text.paragraphs():
        newline = text.units[end - 1]
        marker: Json = {"style": {"direction": "LEFT_TO_RIGHT"} | newline.more.get("style", {})}
        if bullet := newline.more.get("bullet"):
            preset, level = text.lists[bullet["listId"]], bullet["nestingLevel"]
            glyph = GLYPHS[preset][level % 3] if preset in GLYPHS else "1."
            marker["bullet"] = {"listId": bullet["listId"], "glyph": glyph, "bulletStyle": newline.style}
            marker["bullet"] |= {"nestingLevel": level} if level else {}
        elements.append(_span(start, end, {"paragraphMarker": marker}))
        for first, stop, words, style in runs(text.units[start:end]):
            elements.append(_span(start + first, start + stop, {"textRun": {"content": words, "style": style}}))
    answer: Json = {"textElements": elements}
    if text.lists:
        answer["lists"] = {one: {"listId": one, "nestingLevel": {}} for one in text.lists}
    return answer


def _span(start: int, end: int, what: Json) -> Json:
    """A start of 0 is left out, as Google leaves it out."""
    return ({"startIndex": start} if start else {}) | {"endIndex": end} | what
