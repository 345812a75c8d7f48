"""The requests of presentations.batchUpdate about text, in shapes and in the cells of tables."""

from __future__ import annotations

from sandbox.google.answers import RequestError
from sandbox.google.batch import mask
from sandbox.google.deck import Cell, Deck, Grid, Text
from sandbox.google.deck_requests import REQUESTS
from sandbox.google.units import Json, cleaned

LINK_LOOK: Json = {
    "underline": True,
    "foregroundColor": {"opaqueColor": {"themeColor": "HYPERLINK"}},
}


def cell_of(grid: Grid, where: Json) -> Cell:
    row, column = where.get("rowIndex", 0), where.get("columnIndex", 0)
    if not (0 <= row < len(grid.cells) and 0 <= column < len(grid.widths)):
        raise RequestError(
            f"The cell location ({row}, {column}) is out of bounds of the table, which has {len(grid.cells)} rows and "
            f"{len(grid.widths)} columns."
        )
    return grid.cells[row][column]


def _text(deck: Deck, asked: Json) -> Text:
    """The text of the shape, the speaker notes or the cell that a request is about."""
    object_id = asked.get("objectId", "")
    for slide in deck.slides:
        if slide.notes_id == object_id:
            return slide.notes
    element = deck.element(object_id, "shape", "table")
    if element.grid is None:
        if "cellLocation" in asked:
            raise RequestError(f"The object ({object_id}) is not a table.")
        return element.text
    if "cellLocation" not in asked:
        raise RequestError(f"The object ({object_id}) is a table, so the cell location must be specified.")
    return cell_of(element.grid, asked["cellLocation"]).text


def _span(deck: Deck, asked: Json) -> tuple[Text, int, int]:
    """The text and the range of it; refused where there is no text yet, or not that much."""
    text, asked_for = _text(deck, asked), asked.get("textRange", {})
    length = len(text.units)
    if not length:
        raise RequestError(f"The object ({asked.get('objectId', '')}) has no text.")
    match asked_for.get("type"):
        case "ALL":
            start, end = 0, length
        case "FROM_START_INDEX":
            start, end = asked_for.get("startIndex", 0), length
        case "FIXED_RANGE":
            start, end = asked_for.get("startIndex", 0), asked_for.get("endIndex", 0)
        case _:
            raise RequestError("The range type must be specified.")
    if end > length:
        raise RequestError(f"The end index ({end}) should not be greater than the existing text length ({length}).")
    if not 0 <= start < end:
        raise RequestError(f"The start index ({start}) should be less than the end index ({end}).")
    return text, start, end


@REQUESTS.handler("insertText")
def insert_text(deck: Deck, asked: Json) -> Json:
    words = cleaned(asked.get("text", ""))
    if not words:
        raise RequestError("The text to insert must not be empty.")
    _text(deck, asked).insert(asked.get("insertionIndex", 0), words)
    return {}


@REQUESTS.handler("deleteText")
def delete_text(deck: Deck, asked: Json) -> Json:
    text, start, end = _span(deck, asked)
    if asked["textRange"]["type"] == "FIXED_RANGE" and end == len(text.units):
        raise RequestError("The newline character at the end of the text cannot be deleted.")
    text.delete(start, end)
    return {}


@REQUESTS.handler("updateTextStyle")
def update_text_style(deck: Deck, asked: Json) -> Json:
    """A link brings the look of links along, unless the same mask says how it is to look (TextStyle.link)."""
    text, start, end = _span(deck, asked)
    style, fields = asked.get("style", {}), mask(asked)
    if "link" in fields:
        added = {name: look for name, look in LINK_LOOK.items() if name not in fields}
        style = style | added if "link" in style else style
        fields = [*fields, *added]
    text.restyle(start, end, style, fields)
    return {}


@REQUESTS.handler("updateParagraphStyle")
def update_paragraph_style(deck: Deck, asked: Json) -> Json:
    text, start, end = _span(deck, asked)
    text.restyle_paragraphs(start, end, asked.get("style", {}), mask(asked))
    return {}


@REQUESTS.handler("createParagraphBullets")
def create_paragraph_bullets(deck: Deck, asked: Json) -> Json:
    text, start, end = _span(deck, asked)
    text.make_bullets(start, end, asked.get("bulletPreset", "BULLET_DISC_CIRCLE_SQUARE"), deck.new_id())
    return {}
