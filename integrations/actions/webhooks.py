"""Switching a tool's calls on and off."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from integrations.domain.types import WebhookState
from integrations.models import Connection, Webhook
from integrations.registry import part
from integrations.webhooks.keeping import LOOK_EVERY, WATCH, begin
from integrations.webhooks.secrets import address_of, new_path_key, new_secret, seal, secret_of
from integrations.webhooks.ways import ways_of
from luna import clock
from luna.events.log import record
from luna.lib import crypto, work

if TYPE_CHECKING:
    from people.models import User


@dataclass(frozen=True)
class ByHand:
    """What an admin enters in the tool. It is told once; switching on again makes another."""

    address: str
    secret: str
    """Empty where the tool signs nothing: then the address itself is the secret."""


def switch_on_webhooks(*, connection: Connection, by_hand: bool = False, actor: User) -> ByHand | None:
    """Have Luna register for calls; or what an admin has to enter in the tool, where its API does not let Luna."""
    with transaction.atomic():
        Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        record("connection.webhooks_on", connection, actor=actor)
        ways = ways_of(connection)
        if ways.by_hand and (by_hand or not ways.by_luna):
            return _by_hand(connection)
        known = Webhook.objects.filter(connection=connection)
        known.filter(Q(state=WebhookState.OFF, remote_id="") | Q(state=WebhookState.BY_HAND)).delete()
        if known.exists():
            known.filter(state=WebhookState.OFF).update(state=WebhookState.FAILING)
            work.wish(WATCH, known)
        else:
            begin(connection)
    return None


def _by_hand(connection: Connection) -> ByHand:
    path_key = new_path_key()
    is_signed: bool = part(connection.provider, "webhook.IS_SIGNED")
    secret = new_secret() if is_signed else ""
    now = clock.now()
    known = Webhook.objects.filter(connection=connection)
    known.filter(remote_id="").delete()
    known.update(state=WebhookState.OFF)
    work.wish(WATCH, known)
    webhook = Webhook.objects.create(
        connection=connection, path_key=path_key, state=WebhookState.BY_HAND, created_at=now, due_at=now + LOOK_EVERY
    )
    if secret:
        webhook.secret = seal(secret, pk=webhook.pk)
        webhook.save(update_fields=["secret"])
    return ByHand(address_of(path_key), secret)


def switch_off_webhooks(*, connection: Connection, actor: User) -> None:
    """Listen no more, at once; what Luna registered is taken back by the worker."""
    with transaction.atomic():
        known = Webhook.objects.filter(connection=connection)
        known.filter(remote_id="").delete()
        known.update(state=WebhookState.OFF)
        work.wish(WATCH, known)
        record("connection.webhooks_off", connection, actor=actor)


def reseal_webhooks() -> int:
    """Encrypt every stored secret again with the first key; how many were under another one. For `rotate_keys`.

    One whose key is gone is left: nothing verifies with it, and switching on again makes another.
    """
    resealed = 0
    for webhook in Webhook.objects.exclude(secret=""):
        plain = secret_of(webhook)
        if plain and crypto.key_id_of(webhook.secret) != crypto.current_key_id():
            new = seal(plain, pk=webhook.pk)
            resealed += Webhook.objects.filter(pk=webhook.pk, secret=webhook.secret).update(secret=new)
    return resealed
