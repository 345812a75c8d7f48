"""Nothing changes by a request that another site could have caused, and nothing by looking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client

from tests.security.tables import fingerprints

if TYPE_CHECKING:
    from people.models import User

_REFUSED = b"Please send that again"
_SAFE = ("GET", "HEAD", "OPTIONS")
_HTMX = {"HX-Request": "true"}
# Called by programs, which have no session: a signature and an unguessable address, or a key of its own, open these.
_FOR_PROGRAMS = {"integrations:hook", "integrations:take_json"}
# Files may come here: their size and the sender's rights are looked at before a token is read from their form
# (tests/integrations/test_upload_pages.py).
_FOR_FILES = {"integrations:own_list", "integrations:check_list"}


@pytest.fixture
def browser(ada: User) -> Client:
    """Ada's browser, whose tokens are looked at."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    return client


def _token(browser: Client) -> str:
    browser.get("/")
    return browser.cookies[settings.CSRF_COOKIE_NAME].value


def _guarded(urls: dict[str, str]) -> dict[str, str]:
    return {name: url for name, url in urls.items() if name not in _FOR_PROGRAMS | _FOR_FILES}


def test_every_url_refuses_a_request_without_its_token(urls: dict[str, str], browser: Client) -> None:
    before = fingerprints()
    stranger = Client(enforce_csrf_checks=True)
    ways = [(browser, "POST", {}), (browser, "POST", _HTMX), (stranger, "POST", {})]
    ways += [(browser, method, {}) for method in ("PUT", "PATCH", "DELETE")]
    accepted = []
    for name, url in _guarded(urls).items():
        for visitor, method, headers in ways:
            answer = visitor.generic(method, url, headers=headers)
            if answer.status_code != 403 or _REFUSED not in answer.content:
                accepted.append(f"{method} {name}: {answer.status_code}")
    assert not accepted
    assert fingerprints() == before


def test_every_url_refuses_a_foreign_origin_with_the_right_token(urls: dict[str, str], browser: Client) -> None:
    token = _token(browser)
    headers = {"X-CSRFToken": token, "Origin": "https://elsewhere.example"}
    statuses = {name: browser.post(url, headers=headers).status_code for name, url in _guarded(urls).items()}
    assert set(statuses.values()) == {403}, statuses


def test_the_right_token_is_taken(browser: Client, urls: dict[str, str]) -> None:
    token = _token(browser)
    answer = browser.post(urls["people:theme"], {"theme": "dark"}, headers={"X-CSRFToken": token})
    assert answer.status_code < 400


def test_looking_changes_nothing(urls: dict[str, str], admin: Client) -> None:
    before = fingerprints()
    changed = []
    for name, url in urls.items():
        for method in _SAFE:
            for headers in ({}, _HTMX):
                admin.generic(method, url, headers=headers)
        after = fingerprints()
        changed += [f"{name}: {table}" for table in after if after[table] != before[table]]
        before = after
    assert len(before) > 20
    assert not changed
