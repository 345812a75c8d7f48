"""Drive v3: files and folders, shared drives, and who may read what.

Source: developers.google.com/workspace/drive/api/reference/rest/v3.
"""

from __future__ import annotations

import base64
import binascii
import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Flask, request

from sandbox import ledger
from sandbox.google import accounts, files, queries
from sandbox.google.answers import GoogleError, not_found
from sandbox.google.blank import blank_content
from sandbox.google.door import DRIVE_RATE, Caller, answered, body, caller, flag
from sandbox.google.drive_json import drive_json, file_json, permission_json
from sandbox.google.files import DOCUMENT, FOLDER, PRESENTATION, ROLES, File
from sandbox.google.units import Json

API = "drive.v3"
ROOT = "/google/drive/v3"
BRIEF = ("kind", "id", "name", "mimeType")
NO_QUOTA = (
    "Service Accounts do not have storage quota. Leverage shared drives "
    "(https://developers.google.com/workspace/drive/api/guides/about-shareddrives), or use OAuth delegation "
    "(http://support.google.com/a/answer/7281227) instead."
)
MOST_PROPERTY_BYTES, MOST_PROPERTIES = 124, 30
WRITE_SCOPES = (accounts.DRIVE, accounts.DRIVE_FILE)
READ_SCOPES = (*WRITE_SCOPES, accounts.DRIVE_READONLY)


def _caller(*scopes: str) -> Caller:
    found = caller()
    found.need(*scopes)
    found.spend(DRIVE_RATE, "drive", "Queries")
    return found


def _narrow(answer: Json) -> Json:
    """Without a mask only the few fields that Drive gives by default."""
    if request.args.get("fields"):
        return answer
    return {name: answer[name] for name in BRIEF}


def _properties(old: dict[str, str], new: dict[str, Any]) -> dict[str, str]:
    """A property set to null goes."""
    merged = {name: value for name, value in (old | new).items() if value is not None}
    for name, value in merged.items():
        if len(f"{name}{value}".encode()) > MOST_PROPERTY_BYTES:
            message = f"The appProperties pair {name} is longer than {MOST_PROPERTY_BYTES} bytes."
            raise GoogleError(400, message, reason="invalid")
    if len(merged) > MOST_PROPERTIES:
        raise GoogleError(400, f"More than {MOST_PROPERTIES} appProperties.", reason="invalid")
    return merged


def _place(who: Caller, connection: sqlite3.Connection, parents: list[str]) -> tuple[str, str, str]:
    """Where a new file goes: its parent, its shared drive and its owner."""
    if len(parents) > 1:
        message = "A shared drive item must have exactly one parent."
        raise GoogleError(403, message, reason="teamDrivesParentLimit")
    parent = parents[0] if parents else "root"
    if parent == "root":
        folder = None
    elif parent in files.shared_drives(connection):
        if not flag("supportsAllDrives") or files.role_of(files.own_access(connection, parent), who.email) < 0:
            raise not_found(parent)
        return parent, parent, ""
    else:
        folder = who.file(connection, parent, role="writer", drives=flag("supportsAllDrives"))
        if folder.mime_type != FOLDER:
            message = "The specified parent is not a folder."
            raise GoogleError(403, message, reason="parentNotAFolder")
    if folder is not None and folder.drive_id:
        return folder.id, folder.drive_id, ""
    if who.is_service_account:
        raise GoogleError(403, NO_QUOTA, reason="storageQuotaExceeded", domain="usageLimits")
    return (folder.id if folder else f"root:{who.email}"), "", who.email


def _create(who: Caller, asked: Json, content: Json | None = None) -> File:
    mime_type = asked.get("mimeType", "application/octet-stream")
    if mime_type not in {FOLDER, DOCUMENT, PRESENTATION}:
        raise GoogleError(400, f"The sandbox keeps no files of the type {mime_type}.", reason="invalid")
    if "id" in asked and mime_type != FOLDER:
        message = "Generated IDs are not supported for Docs Editors formats."
        raise GoogleError(400, message, reason="invalid")
    now = who.state.clock.now()
    with who.state.store.writing() as connection:
        file_id = asked.get("id") or files.new_id()
        if files.find(connection, file_id):
            raise GoogleError(409, "A file already exists with the provided ID.", reason="fileIdInUse")
        parent, drive_id, owner = _place(who, connection, asked.get("parents", []))
        made = File(
            id=file_id, name=asked.get("name") or "Untitled", mime_type=mime_type, parent=parent, drive_id=drive_id,
            owner=owner, created=files.stamp(now), modified=files.stamp(now), is_app_made=True,
            app_properties=_properties({}, asked.get("appProperties", {})), description=asked.get("description", ""),
            content=content if content is not None else blank_content(mime_type),
        )  # fmt: skip
        files.save(connection, made)
        ledger.record(connection, face="google", action="create", key=made.ledger_key, payload=asked, at=now)
    return made


def _shown(who: Caller, file: File) -> Json:
    with who.state.store.reading() as connection:
        return _narrow(file_json(connection, file, who.email, request.host_url))


def add_drive(app: Flask) -> None:
    _add_files(app)
    _add_changes(app)
    _add_removal(app)
    _add_others(app)


def _add_files(app: Flask) -> None:
    @app.post(f"{ROOT}/files", endpoint="google_files_create")
    @answered
    def create() -> Json:
        who = _caller(*WRITE_SCOPES)
        return _shown(who, _create(who, body(API, "File")))

    @app.get(f"{ROOT}/files/<file_id>", endpoint="google_files_get")
    @answered
    def get(file_id: str) -> Json:
        who = _caller(*READ_SCOPES)
        with who.state.store.reading() as connection:
            found = who.file(connection, file_id, drives=flag("supportsAllDrives"))
        return _shown(who, found)

    @app.get(f"{ROOT}/files", endpoint="google_files_list")
    @answered
    def listed() -> Json:
        who = _caller(*READ_SCOPES)
        with who.state.store.reading() as connection:
            found, token = _page(_matching(who, connection), who)
            rows = [_in_list(file_json(connection, one, who.email, request.host_url)) for one in found]
        more = {"nextPageToken": token} if token else {}
        return {"kind": "drive#fileList", "incompleteSearch": False, "files": rows} | more


def _in_list(answer: Json) -> Json:
    """Without a mask of its own, a file in a list has only the few fields either."""
    return answer if request.args.get("fields") else {name: answer[name] for name in BRIEF}


def _matching(who: Caller, connection: sqlite3.Connection) -> list[File]:
    """The files that the query wants and the caller sees. What a search finds may lag behind what there is."""
    if flag("includeItemsFromAllDrives") and not flag("supportsAllDrives"):
        message = "The supportsAllDrives parameter must be set to true with includeItemsFromAllDrives."
        raise GoogleError(400, message, reason="invalid")
    wanted = queries.test_of(request.args.get("q", ""))
    standing = who.state.faults.listed()
    lag = max((one.seconds for one in standing if (one.face, one.kind) == ("google", "index_lag")), default=0.0)
    newest = files.stamp(who.state.clock.now() - timedelta(seconds=lag))
    drive_id = request.args.get("driveId")
    found = [
        file
        for file in files.everything(connection)
        if (not file.drive_id or flag("includeItemsFromAllDrives"))
        and (drive_id is None or file.drive_id == drive_id)
        and file.created <= newest
        and wanted(file)
        and who.finds(connection, file)
    ]
    return _ordered(found, request.args.get("orderBy", ""))


def _ordered(found: list[File], order: str) -> list[File]:
    name, _, way = order.partition(" ")
    if not name:
        return found
    keys = {"createdTime": "created", "modifiedTime": "modified", "name": "name"}
    if name not in keys or way not in {"", "desc"}:
        raise GoogleError(400, "Invalid Value", reason="invalid")
    return sorted(found, key=lambda file: str(getattr(file, keys[name])), reverse=way == "desc")


def _page(found: list[File], who: Caller) -> tuple[list[File], str]:
    """One page, and the token of the next where there is one."""
    try:
        size = int(request.args.get("pageSize", 100))
        token = request.args.get("pageToken", "")
        start = int(base64.urlsafe_b64decode(token.removeprefix("~!!~").encode())) if token else 0
    except (ValueError, binascii.Error):
        raise GoogleError(400, "Invalid Value", reason="invalid") from None
    if not 1 <= size <= 1000:
        message = "Invalid value. Values must be within the range: [1, 1000]"
        raise GoogleError(400, message, reason="invalidParameter")
    if who.state.faults.stands("short_pages"):
        size = max(1, size // 2)
    stop = start + size
    more = "~!!~" + base64.urlsafe_b64encode(str(stop).encode()).decode() if stop < len(found) else ""
    return found[start:stop], more


def _add_changes(app: Flask) -> None:
    @app.patch(f"{ROOT}/files/<file_id>", endpoint="google_files_update")
    @answered
    def update(file_id: str) -> Json:
        who, asked = _caller(*WRITE_SCOPES), body(API, "File")
        now = who.state.clock.now()
        with who.state.store.writing() as connection:
            old = who.file(connection, file_id, role="writer", drives=flag("supportsAllDrives"))
            new = replace(
                old,
                name=asked.get("name", old.name),
                description=asked.get("description", old.description),
                is_trashed=asked.get("trashed", old.is_trashed),
                app_properties=_properties(old.app_properties, asked.get("appProperties", {})),
                modified=files.stamp(now),
            )
            if request.args.get("addParents"):
                parent, drive_id, owner = _place(who, connection, [request.args["addParents"]])
                new = replace(new, parent=parent, drive_id=drive_id, owner=owner)
            files.save(connection, new)
            ledger.record(connection, face="google", action="update", key=new.ledger_key, payload=asked, at=now)
        return _shown(who, new)

    @app.post(f"{ROOT}/files/<file_id>/copy", endpoint="google_files_copy")
    @answered
    def copy(file_id: str) -> Json:
        who, asked = _caller(*WRITE_SCOPES), body(API, "File")
        with who.state.store.reading() as connection:
            found = who.file(connection, file_id, drives=flag("supportsAllDrives"))
        if found.mime_type == FOLDER:
            raise GoogleError(403, "This file cannot be copied by the user.", reason="cannotCopyFile")
        parents = [found.parent] if found.drive_id else ["root"]
        defaults = {"name": f"Copy of {found.name}", "parents": parents}
        return _shown(who, _create(who, defaults | asked | {"mimeType": found.mime_type}, found.content))


def _add_removal(app: Flask) -> None:
    @app.delete(f"{ROOT}/files/<file_id>", endpoint="google_files_delete")
    @answered
    def delete(file_id: str) -> Json:
        who = _caller(*WRITE_SCOPES)
        with who.state.store.writing() as connection:
            found = who.file(connection, file_id, role="organizer", drives=flag("supportsAllDrives"))
            files.delete(connection, found)
            now = who.state.clock.now()
            ledger.record(connection, face="google", action="delete", key=found.ledger_key, payload={}, at=now)
        return {}


def _add_others(app: Flask) -> None:
    @app.get(f"{ROOT}/files/<file_id>/permissions", endpoint="google_permissions_list")
    @answered
    def permissions(file_id: str) -> Json:
        who = _caller(*READ_SCOPES)
        with who.state.store.reading() as connection:
            found = who.file(connection, file_id, role="writer", drives=flag("supportsAllDrives"))
            lines = files.access(connection, found)
        strongest = {(line.type, line.who): line for line in sorted(lines, key=lambda line: ROLES.index(line.role))}
        rows = [permission_json(line, found) for line in strongest.values()]
        if not request.args.get("fields"):
            rows = [{name: row[name] for name in ("kind", "id", "type", "role")} for row in rows]
        return {"kind": "drive#permissionList", "permissions": rows}

    @app.get(f"{ROOT}/drives", endpoint="google_drives_list")
    @answered
    def drives() -> Json:
        return {"kind": "drive#driveList", "drives": [drive_json(*one) for one in _own_drives().items()]}

    @app.get(f"{ROOT}/drives/<drive_id>", endpoint="google_drives_get")
    @answered
    def drive(drive_id: str) -> Json:
        if (name := _own_drives().get(drive_id)) is not None:
            return drive_json(drive_id, name)
        raise GoogleError(404, f"Shared drive not found: {drive_id}", reason="notFound")

    @app.get(f"{ROOT}/about", endpoint="google_about")
    @answered
    def about() -> Json:
        who = _caller(*READ_SCOPES)
        if not request.args.get("fields"):
            raise GoogleError(400, "The 'fields' parameter is required for this method.", reason="required")
        user = {"kind": "drive#user", "displayName": files.name_of(who.email), "me": True, "emailAddress": who.email}
        return {"kind": "drive#about", "user": user}


def _own_drives() -> dict[str, str]:
    """The shared drives that the caller is a member of: their names by id."""
    who = _caller(accounts.DRIVE, accounts.DRIVE_READONLY)
    with who.state.store.reading() as connection:
        return {
            drive: name
            for drive, name in files.shared_drives(connection).items()
            if files.role_of(files.own_access(connection, drive), who.email) >= 0
        }
