"""The Web API's chat methods: post, update, and the way to a message."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from sandbox import ledger
from sandbox.company.people import BOT_USER_ID, Channel
from sandbox.slack import messages
from sandbox.slack.blocks import are_too_long, complaints
from sandbox.slack.face import Answer, Call, SlackError, method
from sandbox.slack.messages import Message, message_json

POST_RATE = "slack post"
MAX_TEXT = 40_000
MAX_METADATA_BYTES = 16_000


@dataclass(frozen=True)
class Content:
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any] | None


def _content(call: Call) -> Content:
    """What is to be shown, or the error with which it is refused."""
    blocks = call.structure("blocks", "invalid_blocks_format")
    wrong = complaints(blocks) if blocks is not None else []
    if wrong:
        raise SlackError("invalid_blocks", tuple(wrong))
    blocks = blocks or []
    if are_too_long(blocks):
        raise SlackError("msg_blocks_too_long")
    text = call.text("text") or call.text("markdown_text")
    if not text and not blocks and not call.arguments.get("attachments"):
        raise SlackError("no_text")
    return Content(text[:MAX_TEXT], blocks, _metadata(call))


def _metadata(call: Call) -> dict[str, Any] | None:
    metadata = call.structure("metadata", "invalid_metadata_format")
    if metadata is None:
        return None
    if (
        not isinstance(metadata, dict)
        or not isinstance(metadata.get("event_payload"), dict)
        or not metadata.get("event_type")
    ):
        raise SlackError("invalid_metadata_format")
    if len(json.dumps(metadata)) > MAX_METADATA_BYTES:
        raise SlackError("metadata_too_large")
    return metadata


def _writable(call: Call, connection: sqlite3.Connection) -> Channel:
    channel = call.channel(connection)
    if channel.is_archived:
        raise SlackError("is_archived")
    if not messages.has_bot(connection, channel):
        raise SlackError("not_in_channel")
    return channel


@method("chat.postMessage")
def post_message(call: Call) -> Answer:
    call.need("chat:write")
    now = call.state.clock.now()
    with call.state.store.reading() as connection:
        channel = _writable(call, connection)
    content = _content(call)
    call.spend(POST_RATE, channel.id)
    with call.state.store.writing() as connection:
        ts = messages.new_ts(connection, channel.id, now)
        thread_ts = call.text("thread_ts") or None
        message = Message(channel.id, ts, BOT_USER_ID, content.text, content.blocks, content.metadata, thread_ts, None)
        messages.add(connection, message)
        payload = {"text": content.text, "blocks": content.blocks, "metadata": content.metadata}
        ledger.record(
            connection, face="slack", action="chat.postMessage", key=f"#{channel.name} {ts}", payload=payload, at=now
        )
    return {"channel": channel.id, "ts": ts, "message": message_json(message, with_metadata=True)}


@method("chat.update")
def update_message(call: Call) -> Answer:
    call.need("chat:write")
    now = call.state.clock.now()
    content = _content(call)
    with call.state.store.writing() as connection:
        channel = call.channel(connection)
        message = messages.find(connection, channel.id, call.text("ts"))
        if message is None:
            raise SlackError("message_not_found")
        edited_ts = f"{int(now.timestamp())}.000000"
        metadata = content.metadata or message.metadata
        message = replace(message, text=content.text, blocks=content.blocks, metadata=metadata, edited_ts=edited_ts)
        connection.execute(
            "UPDATE message SET text = ?, blocks = ?, metadata = ?, edited_ts = ? WHERE channel = ? AND ts = ?",
            (
                message.text, json.dumps(message.blocks), json.dumps(metadata) if metadata else None, edited_ts,
                channel.id, message.ts,
            ),
        )  # fmt: skip
        payload = {"text": content.text, "blocks": content.blocks, "metadata": metadata}
        key = f"#{channel.name} {message.ts}"
        ledger.record(connection, face="slack", action="chat.update", key=key, payload=payload, at=now)
    shown = message_json(message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


@method("chat.getPermalink")
def permalink(call: Call) -> Answer:
    with call.state.store.reading() as connection:
        channel = call.channel(connection)
        ts = call.text("message_ts")
        if messages.find(connection, channel.id, ts) is None:
            raise SlackError("message_not_found")
    return {"channel": channel.id, "permalink": f"{request.host_url}slack/channels/{channel.id}#{ts}"}
