"""What a person's consent gave: codes, good once, and tokens, which hold until they are taken back."""

from __future__ import annotations

import secrets
import sqlite3

SCHEMA = "CREATE TABLE IF NOT EXISTS clickup_grant (token TEXT PRIMARY KEY, kind TEXT NOT NULL);"
CLIENT_ID = "SANDBOXCLICKUPAPP"
CLIENT_SECRET = "sandbox-clickup-client-secret"


def give(connection: sqlite3.Connection, kind: str) -> str:
    """A new `code` or `access` token, which is remembered."""
    token = secrets.token_hex(24)
    connection.execute("INSERT INTO clickup_grant VALUES (?, ?)", (token, kind))
    return token


def holds(connection: sqlite3.Connection, kind: str, token: str) -> bool:
    found = connection.execute("SELECT 1 FROM clickup_grant WHERE token = ? AND kind = ?", (token, kind))
    return found.fetchone() is not None


def take(connection: sqlite3.Connection, kind: str, token: str) -> bool:
    """Use it up; whether there was one."""
    taken = connection.execute("DELETE FROM clickup_grant WHERE token = ? AND kind = ?", (token, kind))
    return taken.rowcount == 1


def take_all(connection: sqlite3.Connection) -> None:
    """What a person does who disconnects the app."""
    connection.execute("DELETE FROM clickup_grant")
