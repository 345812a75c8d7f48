"""What the connection's page says of its tool's calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from integrations.domain.types import WebhookState
from integrations.models import Connection, Webhook
from integrations.webhooks.ways import Ways, ways_of

WORDS = {
    WebhookState.OFF: "waits for something to watch",
    WebhookState.ASKED: "Luna is asking the tool to call",
    WebhookState.ON: "the tool calls when something changes",
    WebhookState.BY_HAND: "entered in the tool by an admin",
    WebhookState.FAILING: "calls do not get through",
}


@dataclass(frozen=True)
class WebhookLine:
    """One webhook: its state in words, when it last called, and what is wrong."""

    state: str
    words: str
    scope: str
    last_event_at: datetime | None
    refused: int
    sentence: str


@dataclass(frozen=True)
class WebhookLines:
    """All of a connection's."""

    ways: Ways
    lines: tuple[WebhookLine, ...]

    @property
    def is_by_hand(self) -> bool:
        """Whether an admin was given what to enter."""
        return any(line.state == WebhookState.BY_HAND for line in self.lines)


def webhook_lines(connection: Connection) -> WebhookLines:
    """For the section on the connection's page; one query."""
    rows = Webhook.objects.filter(connection=connection).order_by("scope", "pk")
    lines = tuple(
        WebhookLine(
            row.state, WORDS[WebhookState(row.state)], row.scope, row.last_event_at, row.refused, row.error_sentence
        )
        for row in rows
        if not (row.state == WebhookState.OFF and row.remote_id)
    )
    return WebhookLines(ways_of(connection), lines)
