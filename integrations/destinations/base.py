"""What Luna asks of a place that reports go to. A client verifies and sends; wording is none of its business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from integrations.account import CheckReport
from integrations.domain.types import PlaceKind


@dataclass(frozen=True)
class Place:
    """Somewhere to send to, as the provider tells it now."""

    external_id: str
    name: str
    is_private: bool
    is_archived: bool = False
    can_post: bool = True
    """Whether Luna's account may write there."""
    kind: PlaceKind = PlaceKind.CHANNEL
    trouble: str = ""
    """What keeps Luna from sending there now and what to do, in words; empty when nothing does."""

    @property
    def choice_id(self) -> str:
        """Names the place in a form: one folder is several places."""
        return self.external_id if self.kind == PlaceKind.CHANNEL else f"{self.kind}:{self.external_id}"


@dataclass(frozen=True)
class Parcel:
    """One report on its way to one place."""

    external_id: str
    kind: PlaceKind
    key: str
    """The idempotency key: the same for every try of this delivery, and for no other."""
    title: str
    payload: Mapping[str, Any]
    """What the place's renderer made."""
    subtitle: str = ""
    """One line about the period, where a place shows one beside the title."""
    series: str = ""
    """What a running document belongs to: the same for every edition of it."""
    is_private: bool = False
    """Whether only named people may see it where it goes."""
    known_id: str = ""
    """The running document as Luna knows it from the last edition; "" when there was none."""


@dataclass(frozen=True)
class Sent:
    """What came of a delivery: the provider's id and an address that opens it ("" when none could be had)."""

    remote_id: str
    url: str
    is_whole: bool = True
    """Whether nothing more is to be done; else `fill` has to follow."""


class DestinationClient(Protocol):
    """One connection to a place, opened for a few calls.

    Every method may raise `integrations.errors.RetryLaterError`, `NeedsAttentionError` or `RefusedError`.
    """

    look_up_grace: timedelta
    """So long what was accepted may take to be found by a look-up: absence counts only after it."""

    def check(self) -> CheckReport:
        """Try the credentials with cheap calls. Raises nothing: what failed stands in the report."""
        ...

    def places(self) -> list[Place]:
        """Where one could send to, archived ones left out; the likeliest ones where there are very many."""
        ...

    def place(self, external_id: str, kind: PlaceKind = PlaceKind.CHANNEL) -> Place:
        """That one as it is now. Raises NotFoundError."""
        ...

    def create(self, parcel: Parcel) -> Sent:
        """Make it, with the idempotency key in the creating call. One attempt, no retry inside.

        What is not whole then exists, empty, and is known by its id. Raises AmbiguousError when it may have been
        made; every other error means that it was not.
        """
        ...

    def fill(self, parcel: Parcel, remote_id: str) -> Sent:
        """Put the report into what `create` made. Looks first, so that a second call changes nothing.

        Raises RefusedError with the kind FILE_GONE when it is not there any more.
        """
        ...

    def find(self, parcel: Parcel, *, since: datetime) -> Sent | None:
        """What was made with the parcel's key since about `since`, or None when it is not there.

        The oldest, should there be two. Raises CannotLookUpError when the provider doesn't let Luna look.
        """
        ...
