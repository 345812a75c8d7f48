"""What a task tool calls Luna with, and how Luna asks it to: the one shape for all of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

from integrations.sources.base import SourceQuery

MOST_IDS = 500
"""Of one call: a tool that names more is caught up with by the next poll."""
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass(frozen=True)
class Delivery:
    """One call as a hint: which tasks to look at. `key` is the same each time the tool sends it again, and fits 64."""

    key: str
    task_ids: tuple[str, ...] = ()
    """Without any there is nothing to look at: a heartbeat, or nothing that Luna reads."""
    new_ids: tuple[str, ...] = ()
    """Those of them that were created, or came to where they are."""
    gone_ids: tuple[str, ...] = ()
    """Those of them that were deleted."""
    kinds: tuple[str, ...] = ()
    """What happened, in the tool's words."""


@dataclass(frozen=True)
class Registration:
    """A tool's promise to call. `secret` is None where the tool hands it over by a handshake instead."""

    remote_id: str
    secret: str | None
    expires_at: datetime | None = None
    """When the tool stops calling unless it is asked to go on; None where it does not by itself."""


class Standing(StrEnum):
    """How the tool sees a webhook."""

    WELL = "well"
    FAILING = "failing"
    """It is still there, but the tool's calls do not get through."""
    DROPPED = "dropped"
    """It is gone, or the tool calls no more: it has to be registered again."""


@dataclass(frozen=True)
class Health:
    """How a webhook stands, and a sentence where it is not well."""

    standing: Standing
    sentence: str = ""
    secret: str | None = None
    """What the tool signs with from now on, where that can change without a new registration."""
    expires_at: datetime | None = None


class WebhookRegistrar(Protocol):
    """Asks one tool to call. Every method may raise what `TaskSourceClient`'s may."""

    def scopes(self, queries: Sequence[SourceQuery]) -> list[str]:
        """What has to be watched for these sources: one webhook for each."""
        ...

    def register(self, scope: str, address: str) -> Registration:
        """Have the tool call `address` from now on. A handshake comes in before this returns."""
        ...

    def health(self, scope: str, remote_id: str) -> Health:
        """How it stands there; what would expire soon is renewed."""
        ...

    def remove(self, remote_id: str) -> None:
        """Have it stop; nothing happens where it is gone already."""
        ...

    def close(self) -> None:
        """Let the kept connections go."""
        ...


@runtime_checkable
class SharesAnAddress(Protocol):
    """What a WebhookRegistrar has besides, where a tool keeps one account of all addresses that an app gave it."""

    def clear(self, is_left: Callable[[str], bool]) -> None:
        """Have the tool stop calling the addresses of which `is_left` says that nobody listens there any more."""
        ...


def is_signed_with(secret: str, body: bytes, said: str) -> bool:
    """Whether `said` is the hexadecimal HMAC-SHA256 of the raw body. An empty secret signs nothing."""
    if not secret:
        return False
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), said.encode("utf-8", "replace"))


def digest(*parts: bytes) -> str:
    """A key for what has no id of its own."""
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def as_object(body: bytes) -> Mapping[str, Any]:
    """The body's JSON object; an empty one where it is none. Only for bodies that proved where they come from."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def part_of(value: object, name: str) -> Mapping[str, Any]:
    """The object called `name` within `value`; an empty one where there is none."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def ids_among(values: Iterable[object]) -> tuple[str, ...]:
    """Those of `values` that can be a task's id, each once, in their order."""
    texts = (str(value) for value in values if isinstance(value, str | int) and not isinstance(value, bool))
    return tuple(dict.fromkeys(text for text in texts if _ID.fullmatch(text)))[:MOST_IDS]
