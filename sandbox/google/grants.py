"""The tokens that were handed out: access, refresh, and the codes that a consent turns into."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime

ACCESS_SECONDS = 3600
CODE_SECONDS = 600
STARTS = {"access": "ya29.sandbox-", "refresh": "1//sandbox-", "code": "4/sandbox-"}


@dataclass(frozen=True)
class Grant:
    """`expires` in seconds since the epoch, 0 for never; `source` is the refresh token that an access token is from."""

    token: str
    kind: str
    subject: str
    scopes: frozenset[str]
    expires: float
    redirect_uri: str = ""
    challenge: str = ""
    source: str = ""


def give(
    connection: sqlite3.Connection,
    kind: str,
    *,
    subject: str,
    scopes: frozenset[str],
    expires: float,
    redirect_uri: str = "",
    challenge: str = "",
    source: str = "",
) -> str:
    """A new token, which is remembered."""
    token = STARTS[kind] + secrets.token_urlsafe(24)
    connection.execute(
        "INSERT INTO google_grant (token, kind, subject, scopes, expires, redirect_uri, challenge, source) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (token, kind, subject, " ".join(sorted(scopes)), expires, redirect_uri, challenge, source),
    )
    return token


def find(connection: sqlite3.Connection, kind: str, token: str, now: datetime) -> Grant | None:
    """The grant, while it holds."""
    row = connection.execute("SELECT * FROM google_grant WHERE token = ? AND kind = ?", (token, kind)).fetchone()
    if row is None or (row["expires"] and row["expires"] <= now.timestamp()):
        return None
    return Grant(**{**dict(row), "scopes": frozenset(str(row["scopes"]).split())})


def take(connection: sqlite3.Connection, token: str) -> None:
    """Forget one token, and what was made from it."""
    connection.execute("DELETE FROM google_grant WHERE token = ? OR source = ?", (token, token))


def revoke_all(connection: sqlite3.Connection, subject: str) -> None:
    """What a person does on their account's page: every token given in their name ends."""
    connection.execute("DELETE FROM google_grant WHERE subject = ?", (subject,))
