"""Files, permissions and shared drives as Drive answers them."""

from __future__ import annotations

import hashlib
import sqlite3

from sandbox.google import files
from sandbox.google.files import FOLDER, ROLES, Access, File
from sandbox.google.units import Json

WRITER = ROLES.index("writer")


def _permission_id(line: Access) -> str:
    if line.type == "anyone":
        return "anyoneWithLink"
    return str(int(hashlib.sha256(f"{line.type} {line.who}".encode()).hexdigest()[:16], 16)).zfill(20)


def permission_json(line: Access, file: File) -> Json:
    answer: Json = {"kind": "drive#permission", "id": _permission_id(line), "type": line.type, "role": line.role}
    if line.type == "user":
        answer |= {"emailAddress": line.who, "displayName": files.name_of(line.who), "deleted": False}
    if line.type == "domain":
        answer |= {"domain": line.who, "displayName": line.who, "allowFileDiscovery": False}
    if line.type == "anyone":
        answer |= {"allowFileDiscovery": False}
    if file.drive_id:
        is_inherited = line.file != file.id
        kind = "member" if line.file == file.drive_id else "file"
        detail: Json = {"permissionType": kind, "role": line.role, "inherited": is_inherited}
        answer["permissionDetails"] = [detail | ({"inheritedFrom": line.file} if is_inherited else {})]
    return answer


def _user(email: str, caller: str) -> Json:
    name = files.name_of(email)
    return {"kind": "drive#user", "displayName": name, "me": email == caller, "emailAddress": email}


def file_json(connection: sqlite3.Connection, file: File, email: str, root: str) -> Json:
    """Everything about a file, for `email`; `root` is the sandbox's address with its slash."""
    lines = files.access(connection, file)
    role = files.role_of(lines, email)
    may_write = role >= WRITER
    my_root = f"root:{file.owner}"
    answer: Json = {
        "kind": "drive#file", "id": file.id, "name": file.name, "mimeType": file.mime_type,
        "description": file.description, "starred": False, "trashed": file.is_trashed, "explicitlyTrashed": False,
        "parents": ["0A" + file.owner.partition("@")[0] if file.parent == my_root else file.parent],
        "spaces": ["drive"], "version": str(file.revision), "webViewLink": root + file.path, "size": "1024",
        "createdTime": file.created, "modifiedTime": file.modified,
        "appProperties": file.app_properties, "ownedByMe": file.owner == email,
        "shared": len({(line.type, line.who) for line in lines}) > 1, "isAppAuthorized": file.is_app_made,
        "capabilities": {
            "canEdit": may_write, "canRename": may_write, "canTrash": may_write, "canShare": may_write,
            "canReadRevisions": may_write, "canCopy": file.mime_type != FOLDER, "canDownload": True,
            "canComment": role >= ROLES.index("commenter"), "canDelete": role >= ROLES.index("organizer"),
            "canAddChildren": may_write and file.mime_type == FOLDER, "canListChildren": file.mime_type == FOLDER,
        },
    }  # fmt: skip
    if file.drive_id:
        return answer | {"driveId": file.drive_id, "teamDriveId": file.drive_id}
    # Items of a shared drive have no owners, and their permissions are only in permissions.list.
    answer["owners"] = [_user(file.owner, email)]
    if may_write:
        answer["permissions"] = [permission_json(line, file) for line in lines]
    return answer


def drive_json(drive_id: str, name: str) -> Json:
    capabilities = {"canAddChildren": True, "canEdit": True, "canListChildren": True}
    return {"kind": "drive#drive", "id": drive_id, "name": name, "hidden": False, "capabilities": capabilities}
