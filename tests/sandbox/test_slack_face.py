"""The Slack face with the vendor's own client: posting, reading back, channels, people, refusals and limits."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.control import SandboxControl
from tests.sandbox import shapes
from tests.sandbox.conftest import slack_client
from tests.sandbox.shapes import misfits

BOOK = "C02BOOK"
MARK = {"event_type": "luna_report", "event_payload": {"delivery": "17"}}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def refusal(client: WebClient, method: str, **arguments: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as error:
        client.api_call(method, json=arguments)
    answer = error.value.response.data
    assert isinstance(answer, dict)
    assert error.value.response.status_code == 200
    return answer


def test_who_calls(slack: WebClient) -> None:
    answer = slack.auth_test()
    assert misfits(answer.data, shapes.SLACK_AUTH) == []
    assert slack.team_info()["team"]["name"] == "Fernhill"


def test_a_message_is_posted_found_by_its_metadata_and_updated(slack: WebClient, control: SandboxControl) -> None:
    posted = slack.chat_postMessage(
        channel="#launch-book", text="Week 47", blocks=[section("*Week 47*")], metadata=MARK, client_msg_id="1-2-3",
        unfurl_links=False,
    )  # fmt: skip
    assert misfits(posted.data, shapes.SLACK_POSTED) == []
    ts = posted["ts"]
    bare = slack.conversations_history(channel=BOOK)["messages"]
    full = slack.conversations_history(channel=BOOK, oldest=ts, inclusive=True, include_all_metadata=True)["messages"]
    assert "metadata" not in bare[0]
    assert [(one["ts"], one["metadata"]) for one in full] == [(ts, MARK)]
    slack.chat_update(channel=BOOK, ts=ts, text="Week 47, corrected")
    (message,) = control.messages("launch-book")
    assert (message["text"], message["ts"], message["metadata"]) == ("Week 47, corrected", ts, MARK)
    assert "edited" in message
    assert control.post_count("#launch-book") == 1
    assert [line["action"] for line in control.ledger()] == ["chat.postMessage", "chat.update"]


def test_the_permalink_leads_to_the_message_on_its_page(slack: WebClient) -> None:
    ts = slack.chat_postMessage(channel=BOOK, text="Where am I?")["ts"]
    link = slack.chat_getPermalink(channel=BOOK, message_ts=ts)["permalink"]
    assert link.endswith(f"/slack/channels/{BOOK}#{ts}")
    assert f'id="{ts}"' in requests.get(link, timeout=5).text


def test_form_bodies_carry_blocks_as_json_in_a_string(sandbox_url: str, control: SandboxControl) -> None:
    form = {"channel": BOOK, "text": "x", "blocks": '[{"type": "divider"}]', "token": "xoxb-sandbox"}
    answer = requests.post(f"{sandbox_url}/slack/api/chat.postMessage", data=form, timeout=5).json()
    assert answer["message"]["blocks"][0]["type"] == "divider"


def test_history_goes_back_page_by_page(slack: WebClient, control: SandboxControl) -> None:
    control.set_rate("slack post", per_second=100, burst=100)
    sent = [slack.chat_postMessage(channel=BOOK, text=str(number))["ts"] for number in range(7)]
    seen = [
        message["ts"] for page in slack.conversations_history(channel=BOOK, limit=3) for message in page["messages"]
    ]
    assert seen == sent[::-1]
    between = slack.conversations_history(channel=BOOK, oldest=sent[1], latest=sent[4])["messages"]
    assert [message["ts"] for message in between] == [sent[3], sent[2]]


def test_channels_are_listed_in_pages_and_the_secret_one_is_not(slack: WebClient) -> None:
    members: dict[str, bool] = {}
    for page in slack.conversations_list(types="public_channel,private_channel", limit=3, exclude_archived=True):
        assert misfits(page.data, shapes.SLACK_CHANNELS) == []
        assert len(page["channels"]) == 3
        members |= {channel["name"]: channel["is_member"] for channel in page["channels"]}
    assert members == {
        "launches": True,
        "launch-book": True,
        "launch-payde": True,
        "launch-clinicapp": True,
        "launch-eudata": True,
        "random": False,
    }


def test_joining_lets_the_bot_post(slack: WebClient, control: SandboxControl) -> None:
    assert refusal(slack, "chat.postMessage", channel="C07RANDOM", text="Hello")["error"] == "not_in_channel"
    slack.conversations_join(channel="C07RANDOM")
    assert slack.conversations_info(channel="C07RANDOM")["channel"]["is_member"] is True
    slack.chat_postMessage(channel="C07RANDOM", text="Hello")
    assert control.post_count("random") == 1


def test_people(slack: WebClient) -> None:
    ines = slack.users_lookupByEmail(email="ines@fernhill.example")["user"]
    assert misfits(ines, shapes.SLACK_USER) == []
    assert slack.users_info(user=ines["id"])["user"] == ines
    assert refusal(slack, "users.lookupByEmail", email="no@one.example")["error"] == "users_not_found"


def test_refusals_each_have_their_word(slack: WebClient, control: SandboxControl) -> None:
    cases: dict[str, dict[str, Any]] = {
        "channel_not_found": {"channel": "C06LEADERSHIP", "text": "x"},
        "not_in_channel": {"channel": "random", "text": "x"},
        "is_archived": {"channel": "old-project", "text": "x"},
        "no_text": {"channel": BOOK},
        "invalid_blocks_format": {"channel": BOOK, "blocks": "[{"},
        "invalid_blocks": {"channel": BOOK, "text": "x", "blocks": [section("")]},
        "msg_blocks_too_long": {"channel": BOOK, "text": "x", "blocks": [section("x" * 2900)] * 5},
        "invalid_metadata_format": {"channel": BOOK, "text": "x", "metadata": {"event_type": "x"}},
        "metadata_too_large": {"channel": BOOK, "text": "x", "metadata": MARK | {"event_payload": {"x": "y" * 20_000}}},
    }
    assert {word: refusal(slack, "chat.postMessage", **case)["error"] for word, case in cases.items()} == {
        word: word for word in cases
    }
    assert refusal(slack, "no.such.method")["error"] == "unknown_method"
    assert refusal(slack, "chat.update", channel=BOOK, ts="1.2", text="x")["error"] == "message_not_found"
    assert control.ledger() == []


def test_broken_blocks_are_told_with_a_pointer(slack: WebClient) -> None:
    button = {"type": "button", "text": {"type": "plain_text", "text": "b" * 76}}
    field = {"type": "mrkdwn", "text": "f" * 2001}
    cases: dict[str, Any] = {
        "/blocks": [{"type": "divider"}] * 51,
        "/blocks/0/text/text": [section("x" * 3001)],
        "/blocks/1/text/text": [section("x"), {"type": "header", "text": {"type": "plain_text", "text": "h" * 151}}],
        "/blocks/0/text": [{"type": "header", "text": {"type": "mrkdwn", "text": "h"}}],
        "/blocks/0/elements": [{"type": "context", "elements": [{"type": "mrkdwn", "text": "c"}] * 11}],
        "/blocks/0/elements/0/text/text": [{"type": "actions", "elements": [button]}],
        "/blocks/0/fields/0/text": [{"type": "section", "fields": [field]}],
        "/blocks/0/type": [{"type": "marquee"}],
    }
    for pointer, blocks in cases.items():
        answer = refusal(slack, "chat.postMessage", channel=BOOK, text="x", blocks=blocks)
        assert answer["error"] == "invalid_blocks"
        (message,) = answer["response_metadata"]["messages"]
        assert message.endswith(f"[json-pointer:{pointer}]")


def test_tokens_and_scopes(sandbox_url: str, control: SandboxControl) -> None:
    words = {"nonsense": "invalid_auth", "xoxb-revoked": "token_revoked", "xoxb-inactive": "account_inactive"}
    for token, word in words.items():
        assert refusal(slack_client(sandbox_url, token), "auth.test")["error"] == word
    assert requests.post(f"{sandbox_url}/slack/api/auth.test", timeout=5).json() == {"ok": False, "error": "not_authed"}
    narrow = slack_client(sandbox_url, "xoxb-narrow")
    answer = refusal(narrow, "conversations.history", channel=BOOK)
    assert (answer["error"], answer["needed"]) == ("missing_scope", "channels:history")


def test_one_message_a_second_per_channel_after_a_small_burst(slack: WebClient, control: SandboxControl) -> None:
    for number in range(5):
        slack.chat_postMessage(channel=BOOK, text=str(number))
    with pytest.raises(SlackApiError) as error:
        slack.chat_postMessage(channel=BOOK, text="one too many")
    answer = error.value.response
    assert (answer.status_code, answer["error"], answer.headers["Retry-After"]) == (429, "ratelimited", "1")
    slack.chat_postMessage(channel="C03PAYDE", text="another channel is free")
    control.move_clock(days=1)
    slack.chat_postMessage(channel=BOOK, text="later")
    assert control.post_count("launch-book") == 6
