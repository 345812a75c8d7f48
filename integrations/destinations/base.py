"""What Luna asks of a place that reports go to. A client verifies and sends; wording is none of its business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from integrations.account import CheckReport


@dataclass(frozen=True)
class Place:
    """Somewhere to send to, as the provider tells it now."""

    external_id: str
    name: str
    is_private: bool
    is_archived: bool = False
    can_post: bool = True
    """Whether Luna's account is a member, where the provider asks for that."""


@dataclass(frozen=True)
class Sent:
    """What came of a delivery: the provider's id and an address that opens it ("" when none could be had)."""

    remote_id: str
    url: str


class DestinationClient(Protocol):
    """One connection to a place, opened for a few calls.

    Every method may raise `integrations.errors.RetryLaterError`, `NeedsAttentionError` or `RefusedError`.
    """

    def check(self) -> CheckReport:
        """Try the credentials with cheap calls. Raises nothing: what failed stands in the report."""
        ...

    def places(self) -> list[Place]:
        """Everywhere that one could send to, archived ones left out."""
        ...

    def place(self, external_id: str) -> Place:
        """That one as it is now. Raises NotFoundError."""
        ...

    def send(self, external_id: str, payload: Mapping[str, Any], *, key: str) -> Sent:
        """Deliver once, with the idempotency key in the creating call. One attempt, no retry inside.

        Raises AmbiguousError when it may have arrived; every other error means that it did not.
        """
        ...

    def find(self, external_id: str, *, key: str, since: datetime) -> Sent | None:
        """What was sent with `key` since about `since`, or None when it is not there.

        Raises CannotLookUpError when the provider doesn't let Luna look.
        """
        ...
