"""Docs v1 and Slides v1 over the files of Drive: create, get, batchUpdate.

Sources: developers.google.com/workspace/docs/api/reference/rest/v1 and /slides/api/reference/rest/v1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, request

from sandbox import ledger
from sandbox.google import accounts, deck_requests, deck_tables, deck_text, document_requests, document_tables, files
from sandbox.google.answers import GoogleError, not_the_latest
from sandbox.google.blank import blank_content
from sandbox.google.deck import Deck
from sandbox.google.deck_json import presentation_json, slide_json
from sandbox.google.document import Document
from sandbox.google.document_json import document_json
from sandbox.google.door import READ_RATE, WRITE_RATE, Caller, answered, body, caller, flag
from sandbox.google.drive import NO_QUOTA
from sandbox.google.files import DOCUMENT, PRESENTATION, ROLES, File
from sandbox.google.units import Json

REQUEST_MODULES = (document_tables, deck_text, deck_tables)  # importing them is what registers their requests


@dataclass(frozen=True)
class Editor:
    """What the two APIs differ in; `edit` carries out requests on a content and answers the new one and the replies."""

    service: str
    api: str
    mime_type: str
    scope: str
    id_name: str
    batch: str
    show: Callable[[File], Json]
    edit: Callable[[Json, list[Json]], tuple[Json, list[Json]]]


def _show_document(file: File) -> Json:
    document = Document.from_json(file.content)
    tabs = flag("includeTabsContent")
    return document_json(document, file_id=file.id, title=file.name, revision=file.revision_id, with_tabs=tabs)


def _show_deck(file: File) -> Json:
    return presentation_json(Deck.from_json(file.content), file_id=file.id, title=file.name, revision=file.revision_id)


def _edit_document(content: Json, requests: list[Json]) -> tuple[Json, list[Json]]:
    document = Document.from_json(content)
    replies = document_requests.REQUESTS.apply(document, requests)
    return document.as_json(), replies


def _edit_deck(content: Json, requests: list[Json]) -> tuple[Json, list[Json]]:
    deck = Deck.from_json(content)
    replies = deck_requests.REQUESTS.apply(deck, requests)
    return deck.as_json(), replies


DOCS = Editor(
    "docs", "docs.v1", DOCUMENT, accounts.DOCUMENTS, "documentId", "BatchUpdateDocumentRequest", _show_document,
    _edit_document,
)  # fmt: skip
SLIDES = Editor(
    "slides", "slides.v1", PRESENTATION, accounts.PRESENTATIONS, "presentationId", "BatchUpdatePresentationRequest",
    _show_deck, _edit_deck,
)  # fmt: skip


def _caller(editor: Editor, rate: str) -> Caller:
    who = caller()
    who.need(editor.scope, accounts.DRIVE, accounts.DRIVE_FILE)
    who.spend(rate, editor.service, "Write" if rate == WRITE_RATE else "Read")
    return who


def _file(editor: Editor, who: Caller, file_id: str, role: str) -> File:
    """The editors' own words for what Drive would call not found or not allowed."""
    with who.state.store.reading() as connection:
        found = files.find(connection, file_id)
        mine = -1 if found is None else who.role(connection, found)
    if found is None or mine < 0:
        raise GoogleError(404, "Requested entity was not found.")
    if mine < ROLES.index(role):
        raise GoogleError(403, "The caller does not have permission")
    if found.mime_type != editor.mime_type:
        message = "This operation is not supported for this document"
        raise GoogleError(400, message, status="FAILED_PRECONDITION")
    return found


def _create(editor: Editor) -> Json:
    """In the root of the caller's own Drive, for there is no other place to name."""
    who, asked = _caller(editor, WRITE_RATE), request.get_json(silent=True) or {}
    if who.is_service_account:
        raise GoogleError(403, NO_QUOTA, "storageQuotaExceeded", "usageLimits")
    now = who.state.clock.now()
    made = File(
        id=files.new_id(), name=asked.get("title") or "Untitled", mime_type=editor.mime_type,
        parent=f"root:{who.email}", owner=who.email,
        created=files.stamp(now), modified=files.stamp(now), is_app_made=True,
        content=blank_content(editor.mime_type),
    )  # fmt: skip
    with who.state.store.writing() as connection:
        files.save(connection, made)
        ledger.record(connection, face="google", action="create", key=made.ledger_key, payload=asked, at=now)
    return editor.show(made)


def _batch_update(editor: Editor, file_id: str) -> Json:
    """All of the requests or none, and only on the revision that was asked for."""
    who = _caller(editor, WRITE_RATE)
    asked = body(editor.api, editor.batch)
    _file(editor, who, file_id, "writer")
    requests, control = asked.get("requests", []), asked.get("writeControl", {})
    now = who.state.clock.now()
    with who.state.store.writing() as connection:
        old = files.find(connection, file_id)
        if old is None:
            raise GoogleError(404, "Requested entity was not found.")
        required = control.get("requiredRevisionId", old.revision_id)
        if required != old.revision_id:
            raise not_the_latest(required)
        content, replies = editor.edit(old.content, requests)
        new = files.touched(old, now, content) if requests else old
        files.save(connection, new)
        ledger.record(connection, face="google", action="batchUpdate", key=new.ledger_key, payload=asked, at=now)
    return {editor.id_name: file_id, "replies": replies, "writeControl": {"requiredRevisionId": new.revision_id}}


def add_editors(app: Flask) -> None:
    _add(app, DOCS, "documents")
    _add(app, SLIDES, "presentations")

    @app.get("/google/v1/presentations/<file_id>/pages/<page_id>", endpoint="google_slides_page")
    @answered
    def page(file_id: str, page_id: str) -> Json:
        found = _file(SLIDES, _caller(SLIDES, READ_RATE), file_id, "reader")
        for slide in Deck.from_json(found.content).slides:
            if slide.id == page_id:
                return slide_json(slide)
        raise GoogleError(404, f"The page ({page_id}) could not be found.")


def _add(app: Flask, editor: Editor, name: str) -> None:
    root = f"/google/v1/{name}"

    @app.post(root, endpoint=f"google_{name}_create")
    @answered
    def create() -> Json:
        return _create(editor)

    @app.get(f"{root}/<file_id>", endpoint=f"google_{name}_get")
    @answered
    def get(file_id: str) -> Json:
        return editor.show(_file(editor, _caller(editor, READ_RATE), file_id, "reader"))

    @app.post(f"{root}/<file_id>:batchUpdate", endpoint=f"google_{name}_batch_update")
    @answered
    def batch_update(file_id: str) -> Json:
        return _batch_update(editor, file_id)
