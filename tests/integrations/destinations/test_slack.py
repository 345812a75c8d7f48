"""Slack through the real SDK, against the sandbox: one message, found again by its key, and every refusal in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings

from integrations.account import Access
from integrations.destinations.base import Parcel
from integrations.destinations.slack.client import _REFUSED, _SIGN_IN
from integrations.destinations.slack.destination import SlackDestination
from integrations.domain.types import PlaceKind
from integrations.errors import (
    CannotLookUpError,
    ErrorKind,
    NeedsAttentionError,
    NotFoundError,
    ProviderError,
    RefusedError,
)
from luna.lib.redaction import Secret
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.destinations.contract import DestinationContract
from tests.integrations.world import BOT_TOKEN, open_to
from tests.moving_clock import MovingClock

BOOK = "C02BOOK"
PAYLOAD = {"text": "Hello", "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}]}
POST = "chat.postMessage"


def parcel(key: str = "k1", channel: str = BOOK) -> Parcel:
    return Parcel(channel, PlaceKind.CHANNEL, key, "Hello", PAYLOAD)


@pytest.fixture
def slack(sandbox: SandboxServer, settings: LazySettings) -> SlackDestination:
    open_to(sandbox, settings)
    return SlackDestination(Access("", "", Secret(BOT_TOKEN)))


class TestContract(DestinationContract):
    """Slack keeps every place's promises."""

    face = "slack"
    create_call = POST
    look_up_call = "conversations.history"
    slow_down = {"ok": False, "error": "ratelimited"}

    @pytest.fixture
    def client(self, slack: SlackDestination) -> SlackDestination:
        return slack

    @pytest.fixture
    def refused_client(self, sandbox: SandboxServer, settings: LazySettings) -> SlackDestination:
        open_to(sandbox, settings)
        return SlackDestination(Access("", "", Secret("xoxb-revoked")))

    @pytest.fixture
    def parcel(self) -> Parcel:
        return parcel()

    def arrived(self, control: SandboxControl) -> int:
        return control.post_count("launch-book")


def test_a_message_is_sent_once_and_found_by_its_key(
    slack: SlackDestination, sandbox: SandboxServer, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    began = clock.now()
    sent = slack.create(parcel())
    assert sent.url == f"{sandbox.url}/slack/channels/{BOOK}#{sent.remote_id}"
    assert sandbox_control.post_count("launch-book") == 1
    assert slack.find(parcel(), since=began) == sent
    assert slack.find(parcel("k2"), since=began) is None
    assert slack.find(parcel(), since=began + timedelta(minutes=5)) is None


def test_it_is_found_behind_many_others(
    slack: SlackDestination, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    sandbox_control.set_rate("slack post", per_second=1000, burst=1000)
    began = clock.now()
    keys = [f"k{number}" for number in range(12)]
    for key in keys:
        slack.create(parcel(key))
    assert all(slack.find(parcel(key), since=began) for key in keys)


@pytest.mark.parametrize(
    ("channel", "kind", "what_to_do"),
    [
        ("C404", ErrorKind.CHANNEL_UNKNOWN, "choose another channel"),
        ("C07RANDOM", ErrorKind.NOT_IN_CHANNEL, "/invite"),
    ],
)
def test_a_channel_that_does_not_take_it_says_what_to_do(
    channel: str, kind: ErrorKind, what_to_do: str, slack: SlackDestination
) -> None:
    with pytest.raises(RefusedError) as refused:
        slack.create(parcel(channel=channel))
    assert refused.value.kind == kind
    assert what_to_do in refused.value.sentence


@pytest.mark.parametrize("word", [*_REFUSED, *_SIGN_IN, "missing_scope", "something_new"])
def test_every_refusal_has_a_sentence_of_its_own(
    word: str, slack: SlackDestination, sandbox_control: SandboxControl
) -> None:
    body = {"ok": False, "error": word, "needed": "chat:write"}
    sandbox_control.add_fault("slack", "status", match=POST, status=200, body=body)
    with pytest.raises(ProviderError) as refused:
        slack.create(parcel())
    assert isinstance(refused.value, NeedsAttentionError if word in _SIGN_IN else RefusedError)
    assert refused.value.sentence.count(".") >= 1
    assert sandbox_control.post_count("launch-book") == 0


def test_without_the_scope_for_history_nobody_can_look(
    slack: SlackDestination, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    body = {"ok": False, "error": "missing_scope", "needed": "channels:history"}
    sandbox_control.add_fault("slack", "status", match="conversations.history", status=200, body=body)
    with pytest.raises(CannotLookUpError, match="channels:history"):
        slack.find(parcel(), since=clock.now())


def test_a_message_without_a_link_is_sent_all_the_same(
    slack: SlackDestination, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("slack", "reset_before", match="chat.getPermalink")
    assert slack.create(parcel()).url == ""


def test_places_are_told_as_they_are_now(slack: SlackDestination) -> None:
    names = {place.name for place in slack.places()}
    assert "launch-book" in names
    assert "old-project" not in names, "it is archived"
    assert slack.place("C05EUDATA").is_private
    with pytest.raises(NotFoundError):
        slack.place("C404")


@pytest.mark.parametrize("token", ["xoxb-revoked", "nonsense"])
def test_a_bad_token_fails_the_check_in_words(token: str, sandbox: SandboxServer, settings: LazySettings) -> None:
    open_to(sandbox, settings)
    report = SlackDestination(Access("", "", Secret(token))).check()
    assert isinstance(report.error, NeedsAttentionError)
    assert "new bot token" in report.error.sentence


def test_html_instead_of_json_is_named(slack: SlackDestination, sandbox_control: SandboxControl) -> None:
    sandbox_control.add_fault("slack", "html", match="auth.test")
    report = slack.check()
    assert report.error is not None
    assert "web page" in report.error.sentence


def test_proxies_of_the_environment_are_not_used(slack: SlackDestination, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    fresh = SlackDestination(Access("", "", Secret(BOT_TOKEN)))
    assert fresh.check().error is None
