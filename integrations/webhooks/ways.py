"""How a connection's tool can come to call Luna: asked by Luna, or told by an admin."""

from __future__ import annotations

from dataclasses import dataclass

from integrations.credentials import access_of
from integrations.errors import NeedsAttentionError
from integrations.models import Connection
from integrations.registry import PROVIDERS, part


@dataclass(frozen=True)
class Ways:
    """Neither where the tool can't call."""

    by_luna: bool = False
    by_hand: bool = False

    def __bool__(self) -> bool:
        """Whether there is one."""
        return self.by_luna or self.by_hand


def ways_of(connection: Connection) -> Ways:
    """What its page offers; no query."""
    known = PROVIDERS[connection.provider].webhooks
    if known != "either":
        return Ways(by_luna=known == "registered")
    try:
        by_luna: bool = part(connection.provider, "registration.can_ask")(access_of(connection))
    except NeedsAttentionError:
        by_luna = False
    return Ways(by_luna=by_luna, by_hand=True)
