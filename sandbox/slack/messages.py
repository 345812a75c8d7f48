"""Messages as a channel keeps them: posted once, edited in place, read back newest first."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.company.people import APP_ID, BOT_ID, BOT_NAME, BOT_USER_ID, CHANNELS, TEAM_ID, Channel

BY_NAME_OR_ID = {name: channel for channel in CHANNELS for name in (channel.id, channel.name, f"#{channel.name}")}


@dataclass(frozen=True)
class Message:
    channel: str
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any] | None
    thread_ts: str | None
    edited_ts: str | None

    @property
    def at_seconds(self) -> float:
        return float(self.ts)


def from_row(row: sqlite3.Row) -> Message:
    metadata = json.loads(row["metadata"]) if row["metadata"] else None
    return Message(
        row["channel"],
        row["ts"],
        row["user"],
        row["text"],
        json.loads(row["blocks"]),
        metadata,
        row["thread_ts"],
        row["edited_ts"],
    )


def new_ts(connection: sqlite3.Connection, channel: str, now: datetime) -> str:
    """Seconds and microseconds, unique in the channel and never going back."""
    micros = int(now.timestamp() * 1_000_000)
    last = connection.execute("SELECT max(ts) FROM message WHERE channel = ?", (channel,)).fetchone()[0]
    if last is not None:
        micros = max(micros, int(last.replace(".", "")) + 1)
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


def add(connection: sqlite3.Connection, message: Message) -> None:
    connection.execute(
        "INSERT INTO message (channel, ts, user, text, blocks, metadata, thread_ts) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            message.channel, message.ts, message.user, message.text, json.dumps(message.blocks),
            json.dumps(message.metadata) if message.metadata else None, message.thread_ts,
        ),
    )  # fmt: skip


def find(connection: sqlite3.Connection, channel: str, ts: str) -> Message | None:
    row = connection.execute("SELECT * FROM message WHERE channel = ? AND ts = ?", (channel, ts)).fetchone()
    return None if row is None else from_row(row)


def of_channel(connection: sqlite3.Connection, channel: str) -> list[Message]:
    """All of a channel's messages, oldest first."""
    rows = connection.execute("SELECT * FROM message WHERE channel = ? ORDER BY ts", (channel,))
    return [from_row(row) for row in rows]


def between(
    connection: sqlite3.Connection, channel: str, *, oldest: str, latest: str, inclusive: bool, limit: int
) -> list[Message]:
    """Newest first, at most `limit`. The bounds are written like a message's own ts, so that text compares exactly."""
    signs = (">=", "<=") if inclusive else (">", "<")
    statement = (
        f"SELECT * FROM message WHERE channel = ? AND ts {signs[0]} ? AND ts {signs[1]} ? "  # noqa: S608
        "ORDER BY ts DESC LIMIT ?"
    )
    return [from_row(row) for row in connection.execute(statement, (channel, oldest, latest, limit))]


def has_bot(connection: sqlite3.Connection, channel: Channel) -> bool:
    return connection.execute("SELECT 1 FROM membership WHERE channel = ?", (channel.id,)).fetchone() is not None


def message_json(message: Message, *, with_metadata: bool) -> dict[str, Any]:
    """The message as the Web API gives it; its metadata only where it is asked for."""
    shown: dict[str, Any] = {
        "type": "message",
        "user": message.user,
        "ts": message.ts,
        "text": message.text,
        "team": TEAM_ID,
        "bot_id": BOT_ID,
        "app_id": APP_ID,
        "bot_profile": {"id": BOT_ID, "app_id": APP_ID, "name": BOT_NAME, "team_id": TEAM_ID, "deleted": False},
    }
    if message.blocks:
        blocks = enumerate(message.blocks)
        shown["blocks"] = [{"block_id": f"b{place}", **block} for place, block in blocks]
    if message.thread_ts:
        shown["thread_ts"] = message.thread_ts
    if message.edited_ts:
        shown["edited"] = {"user": BOT_USER_ID, "ts": message.edited_ts}
    if with_metadata and message.metadata:
        shown["metadata"] = message.metadata
    return shown
