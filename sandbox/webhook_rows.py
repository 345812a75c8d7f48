"""The webhooks that tools keep, whichever way they were registered, and the calls that go out to them."""

from __future__ import annotations

import sqlite3
from typing import Any

import requests

from sandbox.state import the_state
from sandbox.store import count_up

SCHEMA = """
CREATE TABLE IF NOT EXISTS webhooks (
    id TEXT PRIMARY KEY, face TEXT NOT NULL, scope TEXT NOT NULL, target TEXT NOT NULL, secret TEXT NOT NULL,
    standing TEXT NOT NULL DEFAULT 'active'
);
"""
PATIENCE_SECONDS = 10
Json = dict[str, Any]


def rows(**wanted: str) -> list[Json]:
    with the_state().store.reading() as connection:
        found = [dict(row) for row in connection.execute("SELECT * FROM webhooks ORDER BY id")]
    return [row for row in found if all(row[name] == value for name, value in wanted.items())]


def add(connection: sqlite3.Connection, face: str, scope: str, target: str, secret: str) -> Json:
    number = count_up(connection, "webhooks", start=500)
    row = {"id": str(number), "face": face, "scope": scope, "target": target, "secret": secret, "standing": "active"}
    connection.execute("INSERT INTO webhooks VALUES (:id, :face, :scope, :target, :secret, :standing)", row)
    return row


def remove(pk: str) -> None:
    with the_state().store.writing() as connection:
        connection.execute("DELETE FROM webhooks WHERE id = ?", (pk,))


def post(target: str, body: bytes, headers: dict[str, str]) -> requests.Response | None:
    """None where nobody answers."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            sent = {"Content-Type": "application/json", **headers}
            return session.post(target, data=body, headers=sent, timeout=PATIENCE_SECONDS, allow_redirects=False)
        except requests.RequestException:
            return None
