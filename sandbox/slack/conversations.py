"""The Web API's methods about the workspace: who calls, its channels and people, and what a channel holds."""

from __future__ import annotations

import base64
import binascii
import sqlite3
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import request

from sandbox import ledger
from sandbox.company.people import (
    BOT_ID,
    BOT_NAME,
    BOT_USER_ID,
    BY_EMAIL,
    BY_SLACK_ID,
    CHANNELS,
    PEOPLE,
    TEAM_ID,
    TEAM_NAME,
    Channel,
    Person,
)  # fmt: skip
from sandbox.slack import messages
from sandbox.slack.face import Answer, Call, SlackError, method
from sandbox.slack.messages import message_json

CREATED = 1_700_000_000
LAST_INSTANT = "9999999999"


def _cursor(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _opened(cursor: str) -> str:
    try:
        return base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise SlackError("invalid_cursor") from None


def _limit(call: Call, default: int) -> int:
    limit = int(call.number("limit", default, "invalid_limit"))
    if not 1 <= limit <= 1000:
        raise SlackError("invalid_limit")
    return limit


def _bound(call: Call, name: str, default: str) -> str:
    """An instant as ten digits and six, whatever way it was written."""
    try:
        return f"{Decimal(call.text(name) or default):017.6f}"
    except InvalidOperation:
        raise SlackError(f"invalid_ts_{name}") from None


def channel_json(connection: sqlite3.Connection, channel: Channel) -> dict[str, Any]:
    is_member = messages.has_bot(connection, channel)
    note = {"value": channel.topic, "creator": PEOPLE[0].slack_id, "last_set": CREATED}
    return {
        "id": channel.id, "name": channel.name, "name_normalized": channel.name, "is_channel": not channel.is_private,
        "is_group": channel.is_private, "is_im": False, "is_mpim": False, "is_private": channel.is_private,
        "is_archived": channel.is_archived, "is_general": channel.is_general, "is_shared": False,
        "is_ext_shared": False, "is_org_shared": False, "is_pending_ext_shared": False, "is_member": is_member,
        "created": CREATED, "creator": PEOPLE[0].slack_id,
        "unlinked": 0, "updated": CREATED * 1000, "context_team_id": TEAM_ID,
        "topic": note, "purpose": note, "previous_names": [], "num_members": len(PEOPLE) if channel.is_general else 5,
    }  # fmt: skip


def user_json(person: Person) -> dict[str, Any]:
    profile = {"real_name": person.name, "display_name": person.name.split()[0], "email": person.email, "team": TEAM_ID}
    return {
        "id": person.slack_id, "team_id": TEAM_ID, "name": person.email.partition("@")[0], "real_name": person.name,
        "deleted": not person.is_active, "is_bot": False, "is_app_user": False, "tz": "Europe/Lisbon",
        "tz_label": "Western European Time", "tz_offset": 0, "updated": CREATED, "profile": profile,
    }  # fmt: skip


@method("auth.test")
def auth_test(_call: Call) -> Answer:
    return {
        "url": f"{request.host_url}slack/",
        "team": TEAM_NAME,
        "user": BOT_NAME.lower(),
        "team_id": TEAM_ID,
        "user_id": BOT_USER_ID,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


@method("team.info")
def team_info(call: Call) -> Answer:
    call.need("team:read")
    return {
        "team": {"id": TEAM_ID, "name": TEAM_NAME, "domain": "fernhill", "email_domain": "fernhill.example", "icon": {}}
    }


@method("users.info")
def users_info(call: Call) -> Answer:
    call.need("users:read")
    person = BY_SLACK_ID.get(call.text("user"))
    if person is None:
        raise SlackError("user_not_found")
    return {"user": user_json(person)}


@method("users.lookupByEmail")
def users_by_email(call: Call) -> Answer:
    call.need("users:read.email")
    person = BY_EMAIL.get(call.text("email").lower())
    if person is None or not person.is_active:
        raise SlackError("users_not_found")
    return {"user": user_json(person)}


@method("conversations.list")
def conversations_list(call: Call) -> Answer:
    types = set(call.text("types", "public_channel").replace(" ", "").split(","))
    if not types <= {"public_channel", "private_channel", "mpim", "im"}:
        raise SlackError("invalid_types")
    if "public_channel" in types:
        call.need("channels:read")
    if "private_channel" in types:
        call.need("groups:read")
    with call.state.store.reading() as connection:
        shown = [
            channel_json(connection, channel)
            for channel in CHANNELS
            if ("private_channel" if channel.is_private else "public_channel") in types
            and not (channel.is_archived and call.flag("exclude_archived"))
            and (not channel.is_private or messages.has_bot(connection, channel))
        ]
    limit, cursor = _limit(call, 100), call.text("cursor")
    ids = [one["id"] for one in shown]
    after = _opened(cursor).removeprefix("channel:") if cursor else ""
    if after and after not in ids:
        raise SlackError("invalid_cursor")
    start = ids.index(after) if after else 0
    rest = ids[start + limit :]
    next_cursor = _cursor(f"channel:{rest[0]}") if rest else ""
    return {"channels": shown[start : start + limit], "response_metadata": {"next_cursor": next_cursor}}


@method("conversations.info")
def conversations_info(call: Call) -> Answer:
    call.need("channels:read", "groups:read")
    with call.state.store.reading() as connection:
        return {"channel": channel_json(connection, call.channel(connection))}


@method("conversations.join")
def conversations_join(call: Call) -> Answer:
    call.need("channels:join")
    with call.state.store.writing() as connection:
        channel = call.channel(connection)
        if channel.is_archived:
            raise SlackError("is_archived")
        if channel.is_private:
            raise SlackError("method_not_supported_for_channel_type")
        added = connection.execute("INSERT OR IGNORE INTO membership (channel) VALUES (?)", (channel.id,)).rowcount
        if added:
            now = call.state.clock.now()
            ledger.record(
                connection, face="slack", action="conversations.join", key=f"#{channel.name}", payload={}, at=now
            )
        return {"channel": channel_json(connection, channel)}


@method("conversations.history")
def conversations_history(call: Call) -> Answer:
    call.need("channels:history", "groups:history")
    limit = _limit(call, 100)
    oldest = _bound(call, "oldest", "0")
    latest = _bound(call, "latest", LAST_INSTANT)
    inclusive = call.flag("inclusive")
    with call.state.store.reading() as connection:
        channel = call.channel(connection)
        if not messages.has_bot(connection, channel):
            raise SlackError("not_in_channel")
        if call.text("cursor"):
            latest, inclusive = _opened(call.text("cursor")).removeprefix("before:"), False
        found = messages.between(
            connection, channel.id, oldest=oldest, latest=latest, inclusive=inclusive, limit=limit + 1
        )
    shown = found[:limit]
    more = len(found) > limit
    answer: Answer = {
        "messages": [message_json(message, with_metadata=call.flag("include_all_metadata")) for message in shown],
        "has_more": more,
        "pin_count": 0,
    }
    if more:
        answer["response_metadata"] = {"next_cursor": _cursor(f"before:{shown[-1].ts}")}
    return answer
