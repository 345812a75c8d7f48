"""The files of Drive: folders, documents and decks, where they lie and who may do what with them."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sandbox.company.people import BY_EMAIL
from sandbox.google.units import Json

FOLDER = "application/vnd.google-apps.folder"
DOCUMENT = "application/vnd.google-apps.document"
PRESENTATION = "application/vnd.google-apps.presentation"
ROLES = ("reader", "commenter", "writer", "fileOrganizer", "organizer", "owner")
LEDGER_KEYS = ("luna_k", "luna_run")


@dataclass(frozen=True)
class Access:
    """One line of who may: `who` is an address, a domain, or nothing for anyone."""

    file: str
    type: str
    who: str
    role: str

    def reaches(self, email: str) -> bool:
        match self.type:
            case "anyone":
                return True
            case "domain":
                return email.endswith(f"@{self.who}")
            case _:
                return email == self.who


@dataclass(frozen=True)
class File:
    """`drive_id` is empty in somebody's My Drive, where `owner` is that person; `parent` may be the drive itself.

    `is_app_made`: Luna made it, or a person opened it with Luna. A folder's content may say that it is `limited`: what
    the drive or the folders above it allow doesn't count for it.
    """

    id: str
    name: str
    mime_type: str
    parent: str
    created: str
    modified: str
    drive_id: str = ""
    owner: str = ""
    app_properties: dict[str, str] = field(default_factory=dict)
    is_app_made: bool = False
    is_trashed: bool = False
    revision: int = 1
    content: Json = field(default_factory=dict)
    description: str = ""

    @property
    def ledger_key(self) -> str:
        """What the ledger calls it: the key that Luna put on it, or its name."""
        return next((self.app_properties[name] for name in LEDGER_KEYS if name in self.app_properties), self.name)

    @property
    def revision_id(self) -> str:
        """What Docs and Slides call this state of it; it is another after every write."""
        return f"ALm37BV{self.id[-6:]}-{self.revision:05d}"

    @property
    def path(self) -> str:
        """Where people look at it, under the sandbox's Google pages."""
        folder = {FOLDER: "drive/folders", DOCUMENT: "document/d", PRESENTATION: "presentation/d"}[self.mime_type]
        return f"google/{folder}/{self.id}" + ("" if self.mime_type == FOLDER else "/edit")


COLUMNS = (
    "id", "name", "mime_type", "parent", "created", "modified", "drive_id", "owner", "app_properties", "is_app_made",
    "is_trashed", "revision", "content", "description",
)  # fmt: skip
SAVE = (
    f"INSERT OR REPLACE INTO google_file ({', '.join(COLUMNS)}) "  # noqa: S608 - our own columns
    f"VALUES ({', '.join('?' * len(COLUMNS))})"
)


def new_id() -> str:
    """An id as Google makes them: opaque."""
    return "1" + secrets.token_urlsafe(24)


def stamp(now: datetime) -> str:
    """RFC 3339 with milliseconds, as Drive writes times."""
    return f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"


def save(connection: sqlite3.Connection, file: File) -> None:
    values = vars(file) | {"app_properties": json.dumps(file.app_properties), "content": json.dumps(file.content)}
    connection.execute(SAVE, [values[name] for name in COLUMNS])


def _file(row: sqlite3.Row) -> File:
    values = dict(row)
    values |= {"app_properties": json.loads(row["app_properties"]), "content": json.loads(row["content"])}
    return File(**(values | {name: bool(row[name]) for name in ("is_app_made", "is_trashed")}))


def find(connection: sqlite3.Connection, file_id: str) -> File | None:
    row = connection.execute("SELECT * FROM google_file WHERE id = ?", (file_id,)).fetchone()
    return None if row is None else _file(row)


def everything(connection: sqlite3.Connection) -> list[File]:
    """All files, the latest change first."""
    return [_file(row) for row in connection.execute("SELECT * FROM google_file ORDER BY modified DESC, id")]


def inside(connection: sqlite3.Connection, folder: str) -> list[File]:
    """What lies in a folder or a drive and is not in the bin, by name, folders first."""
    rows = connection.execute("SELECT * FROM google_file WHERE parent = ? AND NOT is_trashed", (folder,))
    return sorted(map(_file, rows), key=lambda file: (file.mime_type != FOLDER, file.name))


def shared_drives(connection: sqlite3.Connection) -> dict[str, str]:
    """Their names by id."""
    return {str(row["id"]): str(row["name"]) for row in connection.execute("SELECT id, name FROM google_drive")}


def delete(connection: sqlite3.Connection, file: File) -> None:
    """The file and, of a folder, everything in it."""
    for one in inside(connection, file.id):
        delete(connection, one)
    connection.execute("DELETE FROM google_file WHERE id = ?", (file.id,))
    connection.execute("DELETE FROM google_permission WHERE file = ?", (file.id,))


def share(connection: sqlite3.Connection, file: str, kind: str, who: str, role: str | None) -> None:
    """Let somebody in, or with no role take their line away."""
    connection.execute("DELETE FROM google_permission WHERE file = ? AND type = ? AND who = ?", (file, kind, who))
    if role is not None:
        connection.execute(
            "INSERT INTO google_permission (file, type, who, role) VALUES (?, ?, ?, ?)", (file, kind, who, role)
        )


def own_access(connection: sqlite3.Connection, file_id: str) -> list[Access]:
    rows = connection.execute("SELECT file, type, who, role FROM google_permission WHERE file = ?", (file_id,))
    return [Access(**dict(row)) for row in rows]


def access(connection: sqlite3.Connection, file: File) -> list[Access]:
    """Every line that counts for a file: its own and those of what it lies in, up to one that is limited."""
    lines = own_access(connection, file.id)
    if file.owner:
        lines.append(Access(file.id, "user", file.owner, "owner"))
    if file.content.get("limited"):
        return lines
    above = find(connection, file.parent)
    return lines + (access(connection, above) if above else own_access(connection, file.parent))


def role_of(lines: Iterable[Access], email: str) -> int:
    """The strongest role as its place in ROLES; -1 where there is none."""
    return max((ROLES.index(line.role) for line in lines if line.reaches(email)), default=-1)


def touched(file: File, now: datetime, content: Json | None = None) -> File:
    """The file after a write."""
    return replace(file, modified=stamp(now), revision=file.revision + 1, content=content or file.content)


def name_of(email: str) -> str:
    person = BY_EMAIL.get(email)
    return person.name if person else email.partition("@")[0]
