"""A call comes in: verified over its raw bytes, written down once, answered at once. Nothing is fetched here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db.models import F

from integrations.domain.types import ConnectionState, WebhookState
from integrations.models import InboundEvent, Webhook
from integrations.registry import part
from integrations.sources.webhooks import Delivery
from integrations.webhooks.secrets import seal, secret_of
from luna import clock
from luna.lib.prepared import Prepared

MOST_BYTES = 1_000_000
BATCH = timedelta(seconds=30)
"""All calls of the same half minute become due together, so that a flood costs a task one look in each."""
NOTED_EVERY = timedelta(minutes=1)
"""How often `last_event_at` is written; a flood writes it once."""
LISTENING = (WebhookState.ON, WebhookState.BY_HAND, WebhookState.FAILING)
LONGEST_SECRET = 200
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
"""What `new_path_key` makes; nothing else is looked for."""
_FIELDS = ("id", "connection_id", "state", "secret", "last_event_at")
_BY_KEY = Prepared(
    lambda path_key: Webhook.objects.filter(path_key=path_key).values_list(
        *_FIELDS, "connection__state", "connection__provider"
    ),
    path_key=str,
)


@dataclass(frozen=True)
class Accepted:
    """The call is the tool's. `headers` go into the answer."""

    headers: Mapping[str, str] = field(default_factory=dict)


def take_call(path_key: str, body: bytes, headers: Mapping[str, str]) -> Accepted | None:
    """Write the call down, or None for one that does not prove that it comes from the tool."""
    found = _BY_KEY.rows(path_key=path_key) if _KEY.fullmatch(path_key) else []
    if not found:
        return None
    *fields, connection_state, provider = found[0]
    webhook = Webhook(**dict(zip(_FIELDS, fields, strict=True)))
    if connection_state == ConnectionState.DISCONNECTED:
        return None
    if webhook.state == WebhookState.ASKED:
        return _shake_hands(webhook, provider, headers)
    if webhook.state not in LISTENING:
        return None
    if not _is_of_the_tool(webhook, provider, body, headers):
        Webhook.objects.filter(pk=webhook.pk).update(refused=F("refused") + 1)
        return None
    delivery: Delivery = part(provider, "webhook.read")(body, headers)
    _write_down(webhook, delivery)
    return Accepted()


def _is_of_the_tool(webhook: Webhook, provider: str, body: bytes, headers: Mapping[str, str]) -> bool:
    is_signed: bool = part(provider, "webhook.is_signed")(body, headers, secret_of(webhook))
    return is_signed


def _shake_hands(webhook: Webhook, provider: str, headers: Mapping[str, str]) -> Accepted | None:
    """Only while Luna's own registration is under way, and once: nobody can change a secret that stands."""
    name: str = part(provider, "webhook.HANDSHAKE")
    secret = headers.get(name, "") if name else ""
    if not (0 < len(secret) <= LONGEST_SECRET and secret.isascii() and secret.isprintable()):
        return None
    asked = Webhook.objects.filter(pk=webhook.pk, state=WebhookState.ASKED, secret="")
    return Accepted({name: secret}) if asked.update(secret=seal(secret, pk=webhook.pk)) else None


def _write_down(webhook: Webhook, delivery: Delivery) -> None:
    now = clock.now()
    if delivery.task_ids:
        event = InboundEvent(
            connection_id=webhook.connection_id,
            delivery_key=delivery.key,
            task_ids=list(delivery.task_ids),
            about={"kinds": delivery.kinds, "new": delivery.new_ids, "gone": delivery.gone_ids},
            received_at=now,
            due_at=end_of_batch(now),
        )
        # One statement, and a call that came before changes nothing.
        InboundEvent.objects.bulk_create([event], ignore_conflicts=True)
    if webhook.last_event_at is None or now - webhook.last_event_at > NOTED_EVERY:
        Webhook.objects.filter(pk=webhook.pk).update(last_event_at=now)


def end_of_batch(now: datetime) -> datetime:
    """When the calls that come in at `now` are looked into."""
    seconds = BATCH.total_seconds()
    return datetime.fromtimestamp((now.timestamp() // seconds + 1) * seconds, UTC)
