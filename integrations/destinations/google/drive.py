"""Drive: folders and who can see them, files made once with Luna's key on them, and how they are found again.

A document that `documents.create` makes has no folder and no mark. So files are made by Drive, which takes folder, type
and `appProperties` in one call; these are private to Luna's Google Cloud project.
Source: https://developers.google.com/workspace/drive/api/reference/rest/v3/files
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.destinations.google.client import GoogleClient
from integrations.errors import ErrorKind, NotFoundError, RefusedError
from luna.lib.text import clean_line

FOLDER = "application/vnd.google-apps.folder"
DOCUMENT = "application/vnd.google-apps.document"
DECK = "application/vnd.google-apps.presentation"
MAX_FOLDERS = 12
_PAGES = 5
_FOLDER_FIELDS = "id,name,mimeType,trashed,driveId,capabilities(canAddChildren)"
_FILE_FIELDS = "id,name,trashed,webViewLink,createdTime,appProperties"

NO_FOLDER = (
    "Google knows no such folder, or Luna’s account may not see it. Share the folder with the account, or choose "
    "another one."
)
NOT_ITS_OWN = (
    "Luna knows no such folder: by a person’s consent it sees only folders that it made itself. Let it make one, or "
    "connect a service account with which the folder is shared."
)
GONE = (
    "The file that Luna had made was deleted before the report was in it. Try again, and Luna makes a new one; or "
    "choose another place."
)
_OPEN_TO_ALL = {"anyone", "domain"}


@dataclass(frozen=True)
class Folder:
    """A folder as it is now."""

    id: str
    name: str
    drive_id: str
    """Of the shared drive that it lies in; "" in a person's own Drive."""
    can_write: bool
    is_trashed: bool


@dataclass(frozen=True)
class File:
    """A document or deck that Luna made."""

    id: str
    url: str
    properties: Mapping[str, str]


class Drive:
    """The calls to Drive that Luna makes."""

    def __init__(self, client: GoogleClient) -> None:
        self._client = client

    def whoami(self) -> str:
        """The e-mail address of the account. Raises ProviderError."""
        about = self._client.call(self._client.drive.about().get(fields="user(emailAddress)"))
        return clean_line(str((about.get("user") or {}).get("emailAddress") or ""), limit=200)

    def folder(self, folder_id: str) -> Folder:
        """Raises NotFoundError, and RefusedError for what is no folder."""
        asked = self._files().get(fileId=folder_id, fields=_FOLDER_FIELDS, supportsAllDrives=True)
        data = self._client.call(asked, missing=NOT_ITS_OWN if self._client.sees_its_own_alone else NO_FOLDER)
        if data.get("mimeType") != FOLDER:
            raise RefusedError("This is a file, not a folder. Paste the link of the folder that it is in.")
        return _folder(data)

    def folders(self, size: int = MAX_FOLDERS) -> list[Folder]:
        """Folders that the account may write into, by name; only the first ones where there are very many."""
        asked: dict[str, Any] = {
            "q": f"mimeType = '{FOLDER}' and trashed = false",
            "corpora": "allDrives",
            "orderBy": "name",
            "fields": f"nextPageToken,files({_FOLDER_FIELDS})",
        }
        found = [folder for data in self._pages(asked) if (folder := _folder(data)).can_write]
        return sorted(found, key=lambda folder: folder.name.casefold())[:size]

    def make_folder(self, name: str) -> Folder:
        """A new folder in the account's own Drive. Raises AmbiguousError."""
        body = {"name": name, "mimeType": FOLDER}
        asked = self._files().create(body=body, fields=_FOLDER_FIELDS, supportsAllDrives=True)
        return _folder(self._client.create(asked))

    def is_private(self, file_id: str) -> bool:
        """Whether only named people and groups can see it. Where Google doesn't tell, it counts as open to all."""
        asked = self._client.drive.permissions()
        token: str | None = None
        for _ in range(_PAGES):
            page = asked.list(
                fileId=file_id, fields="nextPageToken,permissions(type)", supportsAllDrives=True, pageToken=token
            )
            try:
                data = self._client.call(page)
            except RefusedError:
                return False
            if any(one.get("type") in _OPEN_TO_ALL for one in data.get("permissions") or []):
                return False
            token = data.get("nextPageToken") or None
            if token is None:
                return bool(data.get("permissions"))
        return False

    def make(self, folder: str, *, mime_type: str, name: str, properties: Mapping[str, str]) -> File:
        """A new, empty file with its mark, in one call. Raises AmbiguousError when it may have been made."""
        body = {"name": name, "mimeType": mime_type, "parents": [folder], "appProperties": dict(properties)}
        asked = self._files().create(body=body, fields=_FILE_FIELDS, supportsAllDrives=True)
        return _file(self._client.create(asked, missing=NO_FOLDER))

    def copy(self, template: str, folder: str, *, name: str, properties: Mapping[str, str]) -> File:
        """A copy of the template with its mark, in one call. Raises AmbiguousError when it may have been made."""
        body = {"name": name, "parents": [folder], "appProperties": dict(properties)}
        asked = self._files().copy(fileId=template, body=body, fields=_FILE_FIELDS, supportsAllDrives=True)
        return _file(self._client.create(asked, missing=NO_FOLDER))

    def file(self, file_id: str) -> File:
        """Raises NotFoundError with the kind FILE_GONE when it was deleted, or lies in the bin."""
        try:
            asked = self._files().get(fileId=file_id, fields=_FILE_FIELDS, supportsAllDrives=True)
            data = self._client.call(asked, missing=GONE)
        except NotFoundError as error:
            raise NotFoundError(GONE, kind=ErrorKind.FILE_GONE, detail=error.detail) from None
        if data.get("trashed"):
            raise NotFoundError(GONE, kind=ErrorKind.FILE_GONE, detail="in the bin")
        return _file(data)

    def marked(self, folder: Folder, name: str, value: str) -> File | None:
        """The file in the folder that carries this property; the oldest, should there be two."""
        asked: dict[str, Any] = {
            "q": f"appProperties has {{ key='{_quoted(name)}' and value='{_quoted(value)}' }} "
            f"and '{_quoted(folder.id)}' in parents and trashed = false",
            "fields": f"nextPageToken,files({_FILE_FIELDS})",
        }
        if folder.drive_id:
            asked |= {"corpora": "drive", "driveId": folder.drive_id}
        found = sorted(self._pages(asked), key=lambda data: (str(data.get("createdTime")), str(data.get("id"))))
        return _file(found[0]) if found else None

    def _pages(self, asked: Mapping[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        token: str | None = None
        for _ in range(_PAGES):
            page = self._files().list(
                **asked, supportsAllDrives=True, includeItemsFromAllDrives=True, pageSize=100, pageToken=token
            )
            data = self._client.call(page)
            found += [one for one in data.get("files") or [] if isinstance(one, dict)]
            token = data.get("nextPageToken") or None
            if token is None:
                break
        return found

    def _files(self) -> Any:
        return self._client.drive.files()


def _folder(data: Mapping[str, Any]) -> Folder:
    return Folder(
        id=str(data.get("id") or ""),
        name=clean_line(str(data.get("name") or ""), limit=90),
        drive_id=str(data.get("driveId") or ""),
        can_write=bool((data.get("capabilities") or {}).get("canAddChildren")),
        is_trashed=bool(data.get("trashed")),
    )


def _file(data: Mapping[str, Any]) -> File:
    properties = {str(name): str(value) for name, value in (data.get("appProperties") or {}).items()}
    return File(str(data.get("id") or ""), str(data.get("webViewLink") or "")[:500], properties)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
