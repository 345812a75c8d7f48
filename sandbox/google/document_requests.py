"""The requests of documents.batchUpdate that the sandbox carries out, one function each."""

from __future__ import annotations

from sandbox.google.answers import RequestError
from sandbox.google.batch import Batch, mask
from sandbox.google.document import TAB_ID, Document, NamedRange
from sandbox.google.units import NEWLINE, PAGE_BREAK, TABLE, Json, Unit, cleaned, width

REQUESTS: Batch[Document] = Batch(nothing_asked="Must specify one request.")
LINK_LOOK: Json = {
    "underline": True,
    "foregroundColor": {"color": {"rgbColor": {"red": 0.06666667, "green": 0.33333334, "blue": 0.8}}},
}
MAX_NAME = 256


def _here(where: Json) -> None:
    """Refuse a place outside the body of the only tab."""
    if where.get("tabId", TAB_ID) != TAB_ID:
        raise RequestError(f"The tab with ID {where['tabId']} was not found.")
    if where.get("segmentId"):
        raise RequestError(f"Segment with ID {where['segmentId']} was not found.")


def index_of(document: Document, asked: Json) -> int:
    if ("location" in asked) == ("endOfSegmentLocation" in asked):
        raise RequestError("Exactly one of location and end_of_segment_location must be set.")
    where: Json = asked["location"] if "location" in asked else asked["endOfSegmentLocation"]
    _here(where)
    return int(where.get("index", 0)) if "location" in asked else document.end - 1


def _range(asked: Json) -> tuple[int, int]:
    found = asked.get("range", {})
    _here(found)
    return int(found.get("startIndex", 0)), int(found.get("endIndex", 0))


def start_of_table(asked: Json) -> int:
    where = asked.get("tableStartLocation", {})
    _here(where)
    return int(where.get("index", 0))


@REQUESTS.handler("insertText")
def insert_text(document: Document, asked: Json) -> Json:
    text = cleaned(asked.get("text", ""))
    if not text:
        raise RequestError("The text to insert must not be empty.")
    document.insert(index_of(document, asked), text)
    return {}


@REQUESTS.handler("insertPageBreak")
def insert_page_break(document: Document, asked: Json) -> Json:
    index = document.insertion(index_of(document, asked))
    if any(unit.mark == TABLE for unit in _enclosing(document, index)):
        raise RequestError("Page breaks cannot be inserted inside a table.")
    newline = document.units[document.paragraph(index)[1] - 1]
    document.put(index, [Unit(PAGE_BREAK), Unit(NEWLINE, {}, newline.more)])
    return {}


def _enclosing(document: Document, index: int) -> list[Unit]:
    """The tables around a place."""
    tables = [place for place, unit in enumerate(document.units[:index]) if unit.mark == TABLE]
    return [document.units[place] for place in tables if document.table(place).end > index]


@REQUESTS.handler("deleteContentRange")
def delete_content_range(document: Document, asked: Json) -> Json:
    document.delete(*_range(asked))
    return {}


@REQUESTS.handler("updateTextStyle")
def update_text_style(document: Document, asked: Json) -> Json:
    """A link brings the look of links along, unless the same mask says how it is to look (TextStyle.link)."""
    style, fields = asked.get("textStyle", {}), mask(asked)
    if "link" in fields:
        added = {name: look for name, look in LINK_LOOK.items() if name not in fields}
        style = style | added if "link" in style else style
        fields = [*fields, *added]
    document.restyle(*_range(asked), style, fields)
    return {}


@REQUESTS.handler("updateParagraphStyle")
def update_paragraph_style(document: Document, asked: Json) -> Json:
    document.restyle_paragraphs(*_range(asked), asked.get("paragraphStyle", {}), mask(asked))
    return {}


@REQUESTS.handler("createParagraphBullets")
def create_paragraph_bullets(document: Document, asked: Json) -> Json:
    preset = asked.get("bulletPreset", "BULLET_GLYPH_PRESET_UNSPECIFIED")
    if preset == "BULLET_GLYPH_PRESET_UNSPECIFIED":
        raise RequestError("The bullet preset must be specified.")
    document.make_bullets(*_range(asked), preset)
    return {}


@REQUESTS.handler("deleteParagraphBullets")
def delete_paragraph_bullets(document: Document, asked: Json) -> Json:
    document.remove_bullets(*_range(asked))
    return {}


@REQUESTS.handler("createNamedRange")
def create_named_range(document: Document, asked: Json) -> Json:
    name = asked.get("name", "")
    if not 1 <= width(name) <= MAX_NAME:
        raise RequestError("The name must be at least 1 character and no more than 256 characters.")
    start, end = document.span(*_range(asked))
    made = NamedRange(document.new_id(), name, start, end)
    document.ranges.append(made)
    return {"namedRangeId": made.id}


@REQUESTS.handler("deleteNamedRange")
def delete_named_range(document: Document, asked: Json) -> Json:
    if ("name" in asked) == ("namedRangeId" in asked):
        raise RequestError("Exactly one of name and named_range_id must be set.")
    kept = [one for one in document.ranges if asked.get("name") != one.name and asked.get("namedRangeId") != one.id]
    if len(kept) == len(document.ranges):
        asked_for = asked.get("name", asked.get("namedRangeId"))
        raise RequestError(f"The named range {asked_for} could not be found.")
    document.ranges = kept
    return {}


@REQUESTS.handler("replaceAllText")
def replace_all_text(document: Document, asked: Json) -> Json:
    wanted = asked.get("containsText", {})
    if not wanted.get("text"):
        raise RequestError("The text to search for must not be empty.")
    by = cleaned(asked.get("replaceText", ""))
    count = document.replace_all(wanted["text"], by, match_case=bool(wanted.get("matchCase")))
    return {"occurrencesChanged": count} if count else {}


@REQUESTS.handler("updateDocumentStyle")
def update_document_style(document: Document, asked: Json) -> Json:
    new = asked.get("documentStyle", {})
    document.style |= {name: new[name] for name in mask(asked) if name in new}
    return {}
