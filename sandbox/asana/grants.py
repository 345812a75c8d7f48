"""What a person's consent gave: codes, good once, refresh tokens, and access tokens, good for an hour."""

from __future__ import annotations

import secrets
import sqlite3

SCHEMA = """
CREATE TABLE IF NOT EXISTS asana_grant (
    token TEXT PRIMARY KEY, kind TEXT NOT NULL, at INTEGER NOT NULL, challenge TEXT NOT NULL
);
"""
CLIENT_ID = "1200000000000777"
CLIENT_SECRET = "sandbox-asana-client-secret"
ACCESS_MS = 3_600_000


def give(connection: sqlite3.Connection, kind: str, now_ms: int, challenge: str = "") -> str:
    """A new `code`, `refresh` or `access` token, which is remembered."""
    token = secrets.token_hex(24)
    connection.execute("INSERT INTO asana_grant VALUES (?, ?, ?, ?)", (token, kind, now_ms, challenge))
    return token


def challenge_of(connection: sqlite3.Connection, code: str) -> str | None:
    """Use a code up; with what it was asked for, or None where there was none."""
    found = connection.execute(
        "DELETE FROM asana_grant WHERE token = ? AND kind = 'code' RETURNING challenge", (code,)
    ).fetchone()
    return None if found is None else str(found["challenge"])


def holds(connection: sqlite3.Connection, kind: str, token: str, *, since_ms: int = 0) -> bool:
    found = connection.execute(
        "SELECT 1 FROM asana_grant WHERE token = ? AND kind = ? AND at > ?", (token, kind, since_ms)
    )
    return found.fetchone() is not None


def take_all(connection: sqlite3.Connection) -> None:
    """What a person does who removes the app."""
    connection.execute("DELETE FROM asana_grant")
