"""One-time tokens of links: shown once, kept as their SHA-256 alone."""

from __future__ import annotations

import hashlib
import secrets


def fresh_token() -> tuple[str, str]:
    """(token for the link, its hash for the database)."""
    token = secrets.token_urlsafe(32)
    return token, hash_of(token)


def hash_of(token: str) -> str:
    """What is kept of a token. It has 256 random bits, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
