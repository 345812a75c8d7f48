"""The tokens that an OAuth app was given: codes, access tokens, and refresh tokens, each good for one refresh."""

from __future__ import annotations

import secrets
import sqlite3

SECONDS = {"code": 600, "access": 3600, "refresh": 90 * 86_400}


def give(connection: sqlite3.Connection, kind: str, *, now: float, scope: str, redirect_uri: str = "") -> str:
    """A new token, which is remembered."""
    token = f"sandbox-{kind}-{secrets.token_urlsafe(24)}"
    connection.execute(
        "INSERT INTO jira_grant (token, kind, scope, expires, redirect_uri) VALUES (?, ?, ?, ?, ?)",
        (token, kind, scope, now + SECONDS[kind], redirect_uri),
    )
    return token


def find(connection: sqlite3.Connection, kind: str, token: str, *, now: float) -> sqlite3.Row | None:
    """The token, while it holds."""
    statement = "SELECT * FROM jira_grant WHERE token = ? AND kind = ? AND expires > ?"
    found: sqlite3.Row | None = connection.execute(statement, (token, kind, now)).fetchone()
    return found


def take(connection: sqlite3.Connection, token: str) -> None:
    """Forget it: codes and refresh tokens are good once."""
    connection.execute("DELETE FROM jira_grant WHERE token = ?", (token,))
