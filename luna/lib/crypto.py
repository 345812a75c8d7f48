"""Secrets at rest: AES-256-GCM with key ids; associated data bind a ciphertext to its row (OWASP ASVS 5.0, 11.3.2)."""

from __future__ import annotations

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

_VERSION = "v1"


class UnreadableSecretError(Exception):
    """The stored secret can't be read: its key is missing, or it was moved or changed."""


def encrypt(plain: str, *, bound_to: str) -> str:
    """`plain` as `v1:key id:base64(nonce + ciphertext)` under the first key, readable only with the same `bound_to`."""
    key_id, key = next(iter(settings.ENCRYPTION_KEYS.items()))
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(key).encrypt(nonce, plain.encode(), bound_to.encode())
    return f"{_VERSION}:{key_id}:{base64.b64encode(nonce + sealed).decode()}"


def decrypt(stored: str, *, bound_to: str) -> str:
    """What `encrypt` was given. Raises UnreadableSecretError."""
    version, key_id, encoded = [*stored.split(":", 2), "", ""][:3]
    key = settings.ENCRYPTION_KEYS.get(key_id)
    if version != _VERSION or key is None:
        raise UnreadableSecretError(f"no encryption key with the id {key_id!r} is configured")
    try:
        raw = base64.b64decode(encoded, validate=True)
        return AESGCM(key).decrypt(raw[:12], raw[12:], bound_to.encode()).decode()
    except (InvalidTag, ValueError):
        raise UnreadableSecretError("the stored secret does not belong to this row and address") from None


def key_id_of(stored: str) -> str:
    """The id of the key that `stored` was encrypted with."""
    return stored.split(":", 2)[1]


def current_key_id() -> str:
    """The id of the key that new secrets are encrypted with."""
    return next(iter(settings.ENCRYPTION_KEYS))
