"""A webhook's address and secret."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.urls import reverse

from integrations.domain.types import ConnectionState
from integrations.models import Webhook
from luna.lib import crypto

KEY_BYTES = 32
"""43 characters of an address that nobody guesses."""


def new_path_key() -> str:
    """The end of an address."""
    return secrets.token_urlsafe(KEY_BYTES)


def address_of(path_key: str) -> str:
    """Where the tool calls."""
    return f"{settings.BASE_URL.rstrip('/')}{reverse('integrations:hook', args=[path_key])}"


def is_left_behind(url: str) -> bool:
    """Whether it is an address of this Luna's at which no connection listens any more."""
    path_key = url.rstrip("/").rpartition("/")[2]
    if not path_key or url != address_of(path_key):
        return False
    known = Webhook.objects.filter(path_key=path_key)
    return not known.exclude(connection__state=ConnectionState.DISCONNECTED).exists()


def seal(secret: str, *, pk: int) -> str:
    """The ciphertext for that row."""
    return crypto.encrypt(secret, bound_to=f"webhook:{pk}")


def secret_of(webhook: Webhook) -> str:
    """What the tool signs with; empty where there is none, or it can't be opened."""
    if not webhook.secret:
        return ""
    try:
        return crypto.decrypt(webhook.secret, bound_to=f"webhook:{webhook.pk}")
    except crypto.UnreadableSecretError:
        return ""


def new_secret() -> str:
    """For a tool that an admin tells what to sign with."""
    return secrets.token_urlsafe(KEY_BYTES)
