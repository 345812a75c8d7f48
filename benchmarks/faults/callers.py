"""One plain call to every service through Luna's own clients, wherever the service is said to be."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from django.conf import LazySettings

from integrations.account import Access
from integrations.destinations.base import Parcel
from integrations.destinations.google.credentials import PersonGrant, sealed_form
from integrations.destinations.google.destination import GoogleDestination
from integrations.destinations.slack.destination import SlackDestination
from integrations.domain.types import PlaceKind
from integrations.errors import ProviderError
from integrations.sources.asana.source import AsanaSource
from integrations.sources.clickup.source import ClickUpSource
from integrations.sources.jira.cloud.source import CloudSource
from luna.lib.http import Limits
from luna.lib.redaction import Secret

SECRET = "a-secret-that-nobody-should-hear"
GRANT = sealed_form(PersonGrant("client.apps.googleusercontent.com", SECRET, SECRET))
_PARCEL = Parcel("C01LAUNCHES", PlaceKind.CHANNEL, "k1", "Hello", {"text": "Hello"})


@dataclass(frozen=True)
class Ended:
    """How a call ended, after how many seconds. `error` is the class's name, empty when it brought an answer."""

    seconds: float
    error: str
    is_named: bool
    """Whether it ended in an answer, or in one of integrations/errors.py with a sentence."""


@dataclass(frozen=True)
class Caller:
    """`call` opens a client of the service at an address, asks for something small and closes it."""

    name: str
    call: Callable[[str, Limits], object]

    def ended(self, url: str, limits: Limits) -> Ended:
        """Call, and tell how it ended."""
        began = time.monotonic()
        error, is_named = "", True
        try:
            self.call(url, limits)
        except ProviderError as named:
            error, is_named = type(named).__name__, bool(named.sentence) and SECRET not in f"{named}{named.detail}"
        except BaseException as strange:
            error, is_named = f"{type(strange).__name__}: {strange}"[:120], False
        return Ended(time.monotonic() - began, error, is_named)


def _jira(url: str, limits: Limits) -> object:
    with closing(CloudSource(Access(url, "ines@fernhill.example", Secret(SECRET)), None, limits)) as client:
        return client.projects()


def _asana(url: str, limits: Limits) -> object:
    with closing(AsanaSource(Access(url, "", Secret(SECRET)), None, limits)) as client:
        return client.projects()


def _clickup(url: str, limits: Limits) -> object:
    with closing(ClickUpSource(Access(url, "", Secret(SECRET)), None, limits)) as client:
        return client.projects()


def _slack(url: str, limits: Limits) -> object:
    return SlackDestination(Access(f"{url}/", "", Secret(SECRET)), limits).places()


def _slack_post(url: str, limits: Limits) -> object:
    return SlackDestination(Access(f"{url}/", "", Secret(SECRET)), limits).create(_PARCEL)


def google_at(settings: LazySettings) -> Caller:
    """Google's address is a setting: whoever calls several at once sets it, and waits until the call is under way."""

    def call(url: str, limits: Limits) -> object:
        settings.GOOGLE_URL = url
        return GoogleDestination(Access("", "luna", GRANT), limits).places()

    return Caller("Google", call)


def callers(settings: LazySettings) -> list[Caller]:
    """All five services, and a call that makes something."""
    found = [Caller("Jira", _jira), Caller("Asana", _asana), Caller("ClickUp", _clickup)]
    return [*found, Caller("Slack", _slack), Caller("Slack, posting", _slack_post), google_at(settings)]
