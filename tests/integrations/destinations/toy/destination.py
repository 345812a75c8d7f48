"""A board on which notes are pinned, kept in a dictionary."""

from __future__ import annotations

from datetime import datetime, timedelta

from integrations.account import Access, AccountInfo, CheckReport, Step
from integrations.destinations.base import Parcel, Place, Sent
from integrations.domain.types import PlaceKind
from integrations.errors import AmbiguousError, ErrorKind, NeedsAttentionError, NotFoundError

PINNED: dict[str, str] = {}
"""The notes by their key."""


class ToyBoard:
    """One board; its first answer gets lost."""

    look_up_grace = timedelta(0)
    answers_lost = 0

    def __init__(self, access: Access) -> None:
        self._access = access

    def check(self) -> CheckReport:
        if self._access.secret.reveal() != "toy-token":
            error = NeedsAttentionError("The board refuses this token. Use the other one.", kind=ErrorKind.REFUSED)
            return CheckReport((Step("Sign-in refused", "bad"),), error=error)
        return CheckReport((Step("Signed in", "ok"),), AccountInfo("toy", "Toys"))

    def places(self) -> list[Place]:
        return [Place("B1", "toy-board", is_private=False)]

    def place(self, external_id: str, kind: PlaceKind = PlaceKind.CHANNEL) -> Place:
        found = [place for place in self.places() if (place.external_id, place.kind) == (external_id, kind)]
        if not found:
            raise NotFoundError("This board is gone. Choose another one.")
        return found[0]

    def create(self, parcel: Parcel) -> Sent:
        PINNED[parcel.key] = str(parcel.payload["text"])
        if not ToyBoard.answers_lost:
            ToyBoard.answers_lost += 1
            raise AmbiguousError("The board did not answer. Luna looks whether the note is there.")
        return Sent(parcel.key, f"https://toys.example/{parcel.key}")

    def fill(self, parcel: Parcel, remote_id: str) -> Sent:
        raise NotImplementedError("a note is whole once it is pinned")

    def find(self, parcel: Parcel, *, since: datetime) -> Sent | None:  # noqa: ARG002  it keeps no times
        return Sent(parcel.key, f"https://toys.example/{parcel.key}") if parcel.key in PINNED else None


def open_destination(access: Access) -> ToyBoard:
    """What the registry calls."""
    return ToyBoard(access)
