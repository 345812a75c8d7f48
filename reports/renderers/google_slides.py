"""A document as a Google Slides deck: one batch of requests whose objects carry ids of Luna's own.

The ids come from the delivery's key, so that a batch that is sent twice is refused as a whole and never makes a second
deck. A deck's own empty first slide is whoever's who made the deck: nothing is deleted here. Speaker notes cannot be
written in the batch that makes their slide (their shape's id is Google's), so what was cut is only in Luna.
Source: https://developers.google.com/workspace/slides/api/reference/rest/v1/presentations/request
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, Final

from reports.content.document import Document
from reports.renderers.deck_layout import lay_out
from reports.renderers.deck_shapes import Page, TextBox
from reports.renderers.google_slides_shapes import Request, SlidePen, fill_of

_LAYOUTS: Final = {
    True: ("TITLE", (("CENTERED_TITLE", "title"), ("SUBTITLE", "subtitle"))),
    False: ("TITLE_ONLY", (("TITLE", "title"),)),
}
"""By whether it is the first slide: Google's layout, its places for text and our ids' endings."""


def render_google_slides(document: Document, *, base_url: str, key: str) -> list[Request]:
    """The requests of one batchUpdate that draw the deck of `document`; links start with `base_url`."""
    prefix = f"luna_{hashlib.sha256(key.encode()).hexdigest()[:20]}"
    pages = lay_out(document, base_url=base_url)
    return [request for number, page in enumerate(pages, start=1) for request in _page(page, f"{prefix}_{number}")]


def _page(page: Page, slide: str) -> Iterator[Request]:
    layout, places = _LAYOUTS[page.is_opening]
    mappings = [
        {"layoutPlaceholder": {"type": kind, "index": 0}, "objectId": f"{slide}_{ending}"} for kind, ending in places
    ]
    made = {"objectId": slide, "slideLayoutReference": {"predefinedLayout": layout}, "placeholderIdMappings": mappings}
    yield {"createSlide": made}
    look: dict[str, Any] = {"pageBackgroundFill": {"solidFill": fill_of(page.ground)}}
    field = "pageBackgroundFill.solidFill.color"
    yield {"updatePageProperties": {"objectId": slide, "pageProperties": look, "fields": field}}
    pen = SlidePen(slide)
    yield from pen.words(page.title.paragraphs, f"{slide}_title")
    has_subtitle = False
    for element in page.elements:
        if isinstance(element, TextBox) and element.role == "subtitle":
            has_subtitle = True
            yield from pen.words(element.paragraphs, f"{slide}_subtitle")
        else:
            yield from pen.element(element)
    if page.is_opening and not has_subtitle:
        yield {"deleteObject": {"objectId": f"{slide}_subtitle"}}
