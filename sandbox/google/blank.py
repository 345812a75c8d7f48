"""What a new file holds, as Google makes it."""

from __future__ import annotations

from sandbox.google.deck import Deck
from sandbox.google.document import Document
from sandbox.google.files import DOCUMENT, PRESENTATION
from sandbox.google.units import Json


def blank_content(mime_type: str) -> Json:
    """An empty paragraph, or one title slide; nothing for a folder."""
    match mime_type:
        case kind if kind == DOCUMENT:
            return Document.empty().as_json()
        case kind if kind == PRESENTATION:
            return Deck.blank().as_json()
        case _:
            return {}
