"""Google Workspace as a place: folders of Drive, each taking documents, sections of a running document, or decks."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from integrations.account import Access, AccountInfo, CheckReport, Step
from integrations.destinations.base import Parcel, Place, Sent
from integrations.destinations.google.client import GoogleClient
from integrations.destinations.google.docs import fill_document
from integrations.destinations.google.drive import DECK, DOCUMENT, Drive, File, Folder
from integrations.destinations.google.slides import SUBTITLE, TITLE, check_template, fill_deck
from integrations.domain.types import PlaceKind
from integrations.errors import ErrorKind, NotFoundError, ProviderError, RefusedError
from luna.lib.http import Limits

KEY_MARK, SERIES_MARK, TEMPLATE_MARK = "luna_k", "luna_run", "luna_t"
TEMPLATE_OPTION = "template_deck"
KINDS = {
    PlaceKind.DOCUMENT: "new document",
    PlaceKind.RUNNING_DOCUMENT: "running document",
    PlaceKind.DECK: "slides",
}
"""What a folder can take, in words."""
_LABELS = (
    ("Google accepts the credentials", "Google refuses the credentials"),
    ("Drive answers", "Drive can’t be used"),
    ("Docs and Slides answer", "Docs or Slides can’t be used"),
    ("Folders can be read", "Folders can’t be read"),
)
_ID = re.compile(r"/(?:folders|d)/([A-Za-z0-9_-]+)|[?&]id=([A-Za-z0-9_-]+)")
_NOT_PRIVATE = (
    "The launch is private, and this file is open to everyone with the link or in the organisation, or Google does not "
    "say to whom. Share it with named people only, then try again."
)


class GoogleDestination:
    """Makes and fills files through one connection."""

    look_up_grace = timedelta(minutes=10)
    """Google gives no figure for how long its search lags behind."""

    def __init__(self, access: Access, limits: Limits | None = None) -> None:
        self._client = GoogleClient(access, limits)
        self._drive = Drive(self._client)
        self._template = str(access.options.get(TEMPLATE_OPTION) or "")

    @property
    def acts_for_a_person(self) -> bool:
        """Whether files are made in a person's name, in whose Drive a folder can lie. Raises NeedsAttentionError."""
        return self._client.acts_for_a_person

    def check(self) -> CheckReport:
        """Token, Drive, Docs and Slides, folders: stops at the first that does not work."""
        done: list[Step] = []
        account = ""
        try:
            _ = self._client.token
            done.append(Step(_LABELS[0][0], "ok", "in a person’s name" if self.acts_for_a_person else ""))
            account = self._drive.whoami()
            done.append(Step(_LABELS[1][0], "ok", account))
            self._try_apis()
            done.append(Step(_LABELS[2][0], "ok"))
            found = len(self._drive.folders())
            done.append(Step(_LABELS[3][0], "ok", f"{found} to write into" if found else "none is shared with it yet"))
        except ProviderError as error:
            bad = Step(_LABELS[len(done)][1], "bad", error.detail)
            left = [Step(label, "not_tried") for label, _ in _LABELS[len(done) + 1 :]]
            return CheckReport((*done, bad, *left), error=error)
        return CheckReport(tuple(done), AccountInfo(account, account.partition("@")[2][:120]))

    def _try_apis(self) -> None:
        """Ask for a file that can't be there: its absence is the answer of an API that is switched on."""
        client = self._client
        for asked in (
            client.docs.documents().get(documentId="luna-test", fields="documentId"),
            client.slides.presentations().get(presentationId="luna-test", fields="presentationId"),
        ):
            try:
                client.call(asked)
            except RefusedError:
                continue

    def places(self) -> list[Place]:
        """Each folder that the account may write into, once for each kind."""
        return [place for folder in self._drive.folders() for place in self._places_in(folder)]

    def places_in(self, folder_id: str) -> list[Place]:
        """The one folder, once for each kind. Raises ProviderError."""
        return self._places_in(self._drive.folder(folder_id))

    def _places_in(self, folder: Folder) -> list[Place]:
        is_private = self._drive.is_private(folder.id)
        return [_place(folder, kind, is_private=is_private) for kind in KINDS]

    def place(self, external_id: str, kind: PlaceKind = PlaceKind.DOCUMENT) -> Place:
        """The folder as it is now, and who can see it."""
        folder = self._drive.folder(external_id)
        return _place(folder, kind, is_private=self._drive.is_private(folder.id))

    def make_folder(self, name: str) -> str:
        """The id of a new folder in the account's own Drive. Raises ProviderError."""
        return self._drive.make_folder(name).id

    def check_template(self, template_id: str) -> None:
        """Raises RefusedError where the deck can't serve as a template."""
        check_template(self._client, template_id)

    def create(self, parcel: Parcel) -> Sent:
        """Make the file, empty and marked with the key, in its folder; or take the running document that is there."""
        folder = self._drive.folder(parcel.external_id)
        if folder.is_trashed:
            raise NotFoundError("The folder lies in the bin. Restore it, or choose another one.")
        if parcel.kind is PlaceKind.RUNNING_DOCUMENT:
            there = self._running(parcel, folder)
            if there is not None:
                return _created(there)
        marks = _marks(parcel)
        if parcel.kind is not PlaceKind.DECK:
            return _created(self._drive.make(folder.id, mime_type=DOCUMENT, name=parcel.title, properties=marks))
        if not self._template:
            return _created(self._drive.make(folder.id, mime_type=DECK, name=parcel.title, properties=marks))
        check_template(self._client, self._template)
        marks |= {TEMPLATE_MARK: "1"}
        return _created(self._drive.copy(self._template, folder.id, name=parcel.title, properties=marks))

    def _running(self, parcel: Parcel, folder: Folder) -> File | None:
        """The document that Luna knows, if it is still there; else the one that its mark finds."""
        if parcel.known_id:
            try:
                return self._drive.file(parcel.known_id)
            except NotFoundError:
                pass
        return self._drive.marked(folder, SERIES_MARK, parcel.series)

    def fill(self, parcel: Parcel, remote_id: str) -> Sent:
        """Put the report into the file, unless it is there already."""
        file = self._drive.file(remote_id)
        if parcel.is_private and not self._drive.is_private(file.id):
            raise RefusedError(_NOT_PRIVATE, kind=ErrorKind.NO_RIGHTS)
        requests = list(parcel.payload["requests"])
        if parcel.kind is PlaceKind.DECK:
            said = {TITLE: parcel.title, SUBTITLE: parcel.subtitle} if TEMPLATE_MARK in file.properties else None
            fill_deck(self._client, file.id, requests, placeholders=said)
        else:
            fill_document(self._client, file.id, requests, key=parcel.key)
        return Sent(file.id, file.url)

    def find(self, parcel: Parcel, *, since: datetime) -> Sent | None:  # noqa: ARG002  a key is never used again
        """The file in the folder that carries the key, or the running document's mark."""
        folder = self._drive.folder(parcel.external_id)
        if parcel.kind is PlaceKind.RUNNING_DOCUMENT:
            found = self._running(parcel, folder)
        else:
            found = self._drive.marked(folder, KEY_MARK, parcel.key)
        return _created(found) if found else None


def id_in(text: str) -> str:
    """The id in a pasted link to a folder or file; the text itself where it is no link."""
    found = _ID.search(text)
    return (found[1] or found[2]) if found else text.strip()


def open_destination(access: Access) -> GoogleDestination:
    """What the registry calls."""
    return GoogleDestination(access)


def _marks(parcel: Parcel) -> dict[str, str]:
    marks = {KEY_MARK: parcel.key}
    return marks | {SERIES_MARK: parcel.series} if parcel.series else marks


def _created(file: File) -> Sent:
    return Sent(file.id, file.url, is_whole=False)


def _place(folder: Folder, kind: PlaceKind, *, is_private: bool) -> Place:
    trouble = ""
    if folder.is_trashed:
        trouble = "The folder lies in the bin. Restore it, or choose another one."
    elif not folder.can_write:
        trouble = "Luna’s account may not write there. Make it a Content manager of the shared drive, or an Editor."
    return Place(
        external_id=folder.id,
        name=f"{folder.name} · {KINDS.get(kind, KINDS[PlaceKind.DOCUMENT])}",
        is_private=is_private,
        is_archived=folder.is_trashed,
        can_post=folder.can_write and not folder.is_trashed,
        kind=kind,
        trouble=trouble,
    )
