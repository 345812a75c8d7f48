"""The append-only list of every side effect that a face accepted: it alone decides what was lost or doubled."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from datetime import datetime
from typing import Any


def payload_hash(payload: object) -> str:
    """SHA-256 of the payload as JSON with sorted keys: equal payloads, equal hash."""
    return hashlib.sha256(json.dumps(payload, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def record(connection: sqlite3.Connection, *, face: str, action: str, key: str, payload: object, at: datetime) -> None:
    """Write one line in the transaction of the effect itself, so that neither can exist without the other."""
    connection.execute(
        "INSERT INTO ledger (face, action, key, payload_hash, at) VALUES (?, ?, ?, ?, ?)",
        (face, action, key, payload_hash(payload), at.isoformat()),
    )


def entries(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """All lines, oldest first."""
    return [dict(row) for row in connection.execute("SELECT * FROM ledger ORDER BY id")]
