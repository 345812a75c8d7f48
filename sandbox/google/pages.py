"""The pages on which a person looks into Drive: folders, documents and decks."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template

from sandbox.google import company, files
from sandbox.google.deck import Deck
from sandbox.google.document import Document
from sandbox.google.draw_deck import drawn_slide
from sandbox.google.draw_document import drawn_document
from sandbox.google.files import DOCUMENT, FOLDER, PRESENTATION, File
from sandbox.pages import POLICY
from sandbox.state import the_state

blueprint = Blueprint("google_pages", __name__)


@blueprint.after_request
def add_policy(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@blueprint.app_template_filter()
def google_kind(mime_type: str) -> str:
    """What a person calls such a file."""
    return {FOLDER: "Folder", DOCUMENT: "Document", PRESENTATION: "Slides"}[mime_type]


def _file(file_id: str, mime_type: str) -> tuple[File, str]:
    """The file, and the name of what it lies in."""
    with the_state().store.reading() as connection:
        found = files.find(connection, file_id)
        if found is None or found.mime_type != mime_type:
            abort(404)
        above = files.find(connection, found.parent)
    return found, above.name if above else ""


@blueprint.get("/google/")
def home() -> str:
    with the_state().store.reading() as connection:
        drives = [(name, files.inside(connection, one)) for one, name in files.shared_drives(connection).items()]
        own = files.inside(connection, f"root:{company.INES}")
        inside = {one.id: len(files.inside(connection, one.id)) for _, rows in [*drives, ("", own)] for one in rows}
    return render_template("google_home.html", drives=drives, own=own, inside=inside)


@blueprint.get("/google/drive/folders/<file_id>")
def folder(file_id: str) -> str:
    found, above = _file(file_id, FOLDER)
    with the_state().store.reading() as connection:
        rows = files.inside(connection, file_id)
        lines = files.access(connection, found)
    return render_template("google_folder.html", folder=found, above=above, rows=rows, lines=lines)


@blueprint.get("/google/document/d/<file_id>/edit")
def document(file_id: str) -> str:
    found, above = _file(file_id, DOCUMENT)
    drawn = drawn_document(Document.from_json(found.content))
    return render_template("google_document.html", file=found, above=above, drawn=drawn)


@blueprint.get("/google/presentation/d/<file_id>/edit")
def deck(file_id: str) -> str:
    found, above = _file(file_id, PRESENTATION)
    slides = [(drawn_slide(slide), slide.notes.plain.strip()) for slide in Deck.from_json(found.content).slides]
    return render_template("google_deck.html", file=found, above=above, slides=slides)
