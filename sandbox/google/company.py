"""What Fernhill keeps in Google Drive before Luna comes."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime, time, timedelta

from sandbox.company.people import PEOPLE
from sandbox.google import accounts, files
from sandbox.google.deck import Deck, Slide, Text, placeholder
from sandbox.google.document import Document
from sandbox.google.files import DOCUMENT, FOLDER, PRESENTATION, File
from sandbox.google.layouts import LAYOUTS
from sandbox.google.units import Json

DRIVE_ID = "0AFernhillSharedDrive"
LAUNCHES = "folder-fernhill-launches"
PRIVATE = "folder-fernhill-private"
READ_ONLY = "folder-fernhill-readonly"
OPEN = "folder-fernhill-open"
TEMPLATES = "folder-fernhill-templates"
MY_DRIVE = "folder-ines-drafts"
INES, MARTIN = "ines@fernhill.example", "martin@fernhill.example"
# Id, name, whether only its own permissions count, and these.
FOLDERS: tuple[tuple[str, str, bool, tuple[tuple[str, str, str], ...]], ...] = (
    (LAUNCHES, "Launch reports", False, ()),
    (PRIVATE, "Board", True, (("user", INES, "writer"), ("user", MARTIN, "organizer"))),
    (READ_ONLY, "Handbook", True, (("user", accounts.LUNA.email, "reader"), ("domain", accounts.DOMAIN, "reader"))),
    (OPEN, "Press kit", False, (("anyone", "", "reader"),)),
    (TEMPLATES, "Templates", False, ()),
)


def _words(text: str) -> Text:
    made = Text()
    made.insert(0, text)
    return made


def _slide(slide_id: str, layout: str, *texts: str) -> Slide:
    slide = Slide(slide_id, layout, f"{slide_id}_notes")
    for place, (spot, text) in enumerate(zip(LAYOUTS[layout], texts, strict=True)):
        element = placeholder(f"{slide_id}_i{place}", spot)
        element.text = _words(text)
        slide.elements.append(element)
    return slide


def _templates() -> list[tuple[str, str, str, Json]]:
    """Two decks and two documents, one of each with placeholders: id, name, type, content."""
    deck = Deck([_slide("template_title", "TITLE", "{{title}}", "{{subtitle}}")])
    plain_deck = Deck([_slide("template_plain", "TITLE", "Fernhill", "Software for clinics")])
    document, plain = Document.empty(), Document.empty()
    document.insert(1, "{{title}}\nFernhill, internal\n{{body}}")
    plain.insert(1, "Fernhill, internal")
    return [
        ("deck-fernhill-template", "Launch deck template", PRESENTATION, deck.as_json()),
        ("deck-fernhill-plain", "Deck without placeholders", PRESENTATION, plain_deck.as_json()),
        ("document-fernhill-template", "Launch document template", DOCUMENT, document.as_json()),
        ("document-fernhill-plain", "Document without placeholders", DOCUMENT, plain.as_json()),
    ]


def write_drive(connection: sqlite3.Connection, today: date) -> None:
    """Fill an empty store: the key, the shared drive and what is in it, and a folder in Ines's own Drive."""
    accounts.ensure_key(connection)
    at = files.stamp(datetime.combine(today - timedelta(days=90), time(7), UTC))
    connection.execute("INSERT INTO google_drive (id, name) VALUES (?, ?)", (DRIVE_ID, "Fernhill"))
    files.share(connection, DRIVE_ID, "user", accounts.LUNA.email, "fileOrganizer")
    for person in PEOPLE:
        if person.is_active:
            role = "organizer" if person.email == INES else "writer"
            files.share(connection, DRIVE_ID, "user", person.email, role)
    for folder_id, name, is_limited, lines in FOLDERS:
        content: Json = {"limited": True} if is_limited else {}
        files.save(connection, File(folder_id, name, FOLDER, DRIVE_ID, at, at, DRIVE_ID, content=content))
        for kind, who, role in lines:
            files.share(connection, folder_id, kind, who, role)
    for file_id, name, mime_type, content in _templates():
        files.save(connection, File(file_id, name, mime_type, TEMPLATES, at, at, DRIVE_ID, content=content))
    files.save(connection, File(MY_DRIVE, "Drafts", FOLDER, f"root:{INES}", at, at, owner=INES))
    files.share(connection, MY_DRIVE, "user", accounts.LUNA.email, "writer")
