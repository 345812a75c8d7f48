"""Secrets at rest."""

from __future__ import annotations

import base64
import secrets

import pytest
from pytest_django import Settings

from luna.lib.crypto import UnreadableSecretError, current_key_id, decrypt, encrypt, key_id_of


def test_a_secret_comes_back_only_in_its_own_row() -> None:
    stored = encrypt("xoxb-canary", bound_to="connection:1:https://a.example")
    assert "canary" not in stored
    assert decrypt(stored, bound_to="connection:1:https://a.example") == "xoxb-canary"
    for elsewhere in ("connection:2:https://a.example", "connection:1:https://evil.example"):
        with pytest.raises(UnreadableSecretError):
            decrypt(stored, bound_to=elsewhere)


def test_a_new_first_key_is_used_and_the_old_one_still_reads(settings: Settings) -> None:
    stored = encrypt("token", bound_to="row")
    old = dict(settings.ENCRYPTION_KEYS)
    settings.ENCRYPTION_KEYS = {"k9": secrets.token_bytes(32), **old}
    assert current_key_id() == "k9"
    assert key_id_of(encrypt("token", bound_to="row")) == "k9"
    assert decrypt(stored, bound_to="row") == "token"
    settings.ENCRYPTION_KEYS = {"k9": settings.ENCRYPTION_KEYS["k9"]}
    with pytest.raises(UnreadableSecretError, match="no encryption key"):
        decrypt(stored, bound_to="row")


def test_a_changed_ciphertext_is_refused() -> None:
    version, key_id, encoded = encrypt("token", bound_to="row").split(":")
    raw = bytearray(base64.b64decode(encoded))
    raw[-1] ^= 1
    with pytest.raises(UnreadableSecretError):
        decrypt(f"{version}:{key_id}:not base64", bound_to="row")
    with pytest.raises(UnreadableSecretError):
        decrypt(f"{version}:{key_id}:{base64.b64encode(raw).decode()}", bound_to="row")
