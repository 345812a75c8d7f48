"""Slack as a place: channels, one message per delivery, and how to find it again."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from integrations.account import Access, AccountInfo, CheckReport, Step
from integrations.destinations.base import Parcel, Place, Sent
from integrations.destinations.slack.client import SlackClient
from integrations.domain.types import PlaceKind
from integrations.errors import CannotLookUpError, ErrorKind, ProviderError
from luna.lib.http import Limits
from luna.lib.text import clean_line

EVENT_TYPE = "luna_report"
LOOK_BACK = timedelta(seconds=60)
MAX_PAGES = 50
_NAMESPACE = uuid.UUID("0d4a35a5-5f4f-4c0e-8d2e-6f9f2a1f7c11")


class SlackDestination:
    """Posts through one connection."""

    look_up_grace = timedelta(seconds=60)

    def __init__(self, access: Access, limits: Limits | None = None) -> None:
        self._client = SlackClient(access, limits)

    def check(self) -> CheckReport:
        """Sign-in, then whether channels can be listed."""
        try:
            who = self._client.call("auth.test")
        except ProviderError as error:
            bad = Step("The token is refused", "bad", error.detail)
            return CheckReport((bad, Step("Channels can be read", "not_tried")), error=error)
        signed_in = Step("Slack accepts the token", "ok", clean_line(str(who.get("team") or ""), limit=80))
        try:
            found = [place for place in self.places() if place.can_post]
        except ProviderError as error:
            return CheckReport((signed_in, Step("Channels can’t be read", "bad", error.detail)), error=error)
        info = AccountInfo(
            account=clean_line(str(who.get("user") or ""), limit=200),
            workspace=clean_line(str(who.get("team") or ""), limit=120),
        )
        return CheckReport((signed_in, Step("Channels can be read", "ok", f"the bot is in {len(found)}")), info)

    def places(self) -> list[Place]:
        """All channels that the bot sees, archived ones left out."""
        asked = {"types": "public_channel,private_channel", "exclude_archived": "true", "limit": 200}
        return [_place(channel) for channel in self._pages("conversations.list", asked, "channels")]

    def place(self, external_id: str, kind: PlaceKind = PlaceKind.CHANNEL) -> Place:  # noqa: ARG002  one kind only
        """The channel as it is now."""
        channel = self._client.call("conversations.info", channel=external_id).get("channel")
        return _place(channel if isinstance(channel, dict) else {})

    def create(self, parcel: Parcel) -> Sent:
        """Post one message, whole; the payload holds `text` and `blocks`."""
        answer = self._client.create(
            "chat.postMessage",
            {
                "channel": parcel.external_id,
                "text": parcel.payload.get("text", ""),
                "blocks": parcel.payload.get("blocks") or None,
                "metadata": {"event_type": EVENT_TYPE, "event_payload": {"k": parcel.key}},
                # Undocumented in Slack; costs nothing, and nothing relies on it.
                "client_msg_id": str(uuid.uuid5(_NAMESPACE, parcel.key)),
                "unfurl_links": False,
                "unfurl_media": False,
            },
        )
        ts = str(answer.get("ts") or "")
        return Sent(ts, self._permalink(parcel.external_id, ts))

    def fill(self, parcel: Parcel, remote_id: str) -> Sent:
        """A message is posted whole: nothing is left to do."""
        return Sent(remote_id, self._permalink(parcel.external_id, remote_id))

    def find(self, parcel: Parcel, *, since: datetime) -> Sent | None:
        """Look through the channel's history for the key. The oldest wins, should there be two."""
        asked = {
            "channel": parcel.external_id,
            "oldest": f"{(since - LOOK_BACK).timestamp():.6f}",
            "include_all_metadata": "true",
            "limit": 200,
        }
        try:
            found = [
                str(one.get("ts"))
                for one in self._pages("conversations.history", asked, "messages")
                if _has(one, parcel.key)
            ]
        except ProviderError as error:
            if error.kind not in {ErrorKind.MISSING_SCOPE, ErrorKind.NOT_IN_CHANNEL}:
                raise
            raise CannotLookUpError(
                f"Luna can’t see whether it arrived: {error.sentence} Look into the channel, then say here.",
                kind=error.kind,
                detail=error.detail,
            ) from None
        return Sent(found[-1], self._permalink(parcel.external_id, found[-1])) if found else None

    def _pages(self, method: str, asked: dict[str, Any], items: str) -> Iterator[dict[str, Any]]:
        cursor = None
        for _ in range(MAX_PAGES):
            answer = self._client.call(method, **asked, cursor=cursor)
            yield from (one for one in answer.get(items) or [] if isinstance(one, dict))
            following = (answer.get("response_metadata") or {}).get("next_cursor") or None
            if following is None or following == cursor:
                return
            cursor = following

    def _permalink(self, channel: str, ts: str) -> str:
        """The message is there whether or not Slack says where."""
        try:
            return str(self._client.call("chat.getPermalink", channel=channel, message_ts=ts).get("permalink") or "")[
                :500
            ]
        except ProviderError:
            return ""


def _has(message: Mapping[str, Any], key: str) -> bool:
    metadata = message.get("metadata")
    if not isinstance(metadata, Mapping) or metadata.get("event_type") != EVENT_TYPE:
        return False
    payload = metadata.get("event_payload")
    return isinstance(payload, Mapping) and payload.get("k") == key


def _place(channel: Mapping[str, Any]) -> Place:
    is_archived, is_member = bool(channel.get("is_archived")), bool(channel.get("is_member"))
    trouble = "" if is_member else "Luna’s bot is not in it. Type /invite @Luna there."
    if is_archived:
        trouble = "It is archived. Unarchive it in Slack, or choose another channel."
    return Place(
        external_id=str(channel.get("id") or ""),
        name=clean_line(str(channel.get("name") or ""), limit=120),
        is_private=bool(channel.get("is_private")),
        is_archived=is_archived,
        can_post=is_member,
        trouble=trouble,
    )


def open_destination(access: Access) -> SlackDestination:
    """What the registry calls."""
    return SlackDestination(access)
