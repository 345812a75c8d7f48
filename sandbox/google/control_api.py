"""The sandbox's own API for Google at /_sandbox/google: key files, who may see what, what was made, revoking."""

from __future__ import annotations

from flask import Flask, Response, abort, jsonify, request

from sandbox.google import accounts, files, grants
from sandbox.google.deck import Deck
from sandbox.google.document import Document
from sandbox.google.files import DOCUMENT, FOLDER, File
from sandbox.google.units import Json
from sandbox.state import the_state

ROOT = "/_sandbox/google"


def add_controls(app: Flask) -> None:
    @app.get(f"{ROOT}/service-account.json")
    def google_key_file() -> Response:
        """The key file of the account `name`: luna (the default), outsider, or deleted."""
        account = accounts.BY_NAME.get(request.args.get("name", accounts.LUNA.name))
        if account is None:
            abort(404, "No such service account.")
        with the_state().store.reading() as connection:
            return jsonify(accounts.key_file(connection, account, request.host_url))

    @app.get(f"{ROOT}/client.json")
    def google_client() -> Response:
        """The OAuth client of Luna."""
        return jsonify(client_id=accounts.CLIENT_ID, client_secret=accounts.CLIENT_SECRET)

    @app.post(f"{ROOT}/revoke")
    def google_revoke_person() -> Response:
        """Every token in the name of `email` ends."""
        with the_state().store.writing() as connection:
            grants.revoke_all(connection, str(_posted().get("email", "")))
        return jsonify(ok=True)

    _add_files(app)


def _posted() -> Json:
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        abort(400, "A JSON object is needed.")
    return data


def _brief(file: File) -> Json:
    plain = {name: value for name, value in vars(file).items() if name != "content"}
    return plain | {"text": text_of(file), "revision_id": file.revision_id}


def text_of(file: File) -> str:
    """All words of a document, or of a deck's shapes and tables slide by slide."""
    if file.mime_type == FOLDER:
        return ""
    if file.mime_type == DOCUMENT:
        return Document.from_json(file.content).text
    return "".join(text.plain for text in Deck.from_json(file.content).texts([]))


def _add_files(app: Flask) -> None:
    @app.get(f"{ROOT}/files")
    def google_files() -> Response:
        """Every file with its words; of the folder `folder` alone, if that is given."""
        folder = request.args.get("folder")
        with the_state().store.reading() as connection:
            found = files.everything(connection)
        return jsonify([_brief(one) for one in found if folder in {None, one.parent}])

    @app.delete(f"{ROOT}/files/<file_id>")
    def google_delete(file_id: str) -> Response:
        """As a person deletes it for good."""
        with the_state().store.writing() as connection:
            found = files.find(connection, file_id)
            if found is None:
                abort(404, "No such file.")
            files.delete(connection, found)
        return jsonify(ok=True)

    @app.post(f"{ROOT}/files/<file_id>/share")
    def google_share(file_id: str) -> Response:
        """`type` (user, domain, anyone), `who`, and a `role`, or null to take the line away; also of the drive."""
        data = _posted()
        with the_state().store.writing() as connection:
            files.share(connection, file_id, str(data["type"]), str(data.get("who", "")), data.get("role"))
        return jsonify(ok=True)

    @app.post(f"{ROOT}/files/<file_id>/type")
    def google_type(file_id: str) -> Response:
        """A person types `text` at the start of a document, so that its revision is another."""
        state, text = the_state(), str(_posted().get("text", ""))
        with state.store.writing() as connection:
            found = files.find(connection, file_id)
            if found is None or found.mime_type != DOCUMENT:
                abort(404, "No such document.")
            document = Document.from_json(found.content)
            document.insert(1, text)
            files.save(connection, files.touched(found, state.clock.now(), document.as_json()))
        return jsonify(ok=True)
