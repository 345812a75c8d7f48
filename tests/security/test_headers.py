"""The same headers on every kind of answer, and no inline code on any page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client

from luna.ui.middleware import HEADERS
from tests.faults.installation import ROOT
from tests.people import PASSWORD

if TYPE_CHECKING:
    from pathlib import Path

    from django.http.response import HttpResponseBase

    from people.models import User

_HTMX = {"HX-Request": "true"}
_SAY = "import json, luna.settings as s; print(json.dumps({n: getattr(s, n, None) for n in dir(s) if 'COOKIE' in n}))"

pytestmark = pytest.mark.urls("tests.security.broken_site")


class InlineFinder(HTMLParser):
    """Collects what a strict policy would block: style elements and attributes, handlers, scripts in the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_code = tag == "script" and "src" not in given and given.get("type") != "application/json"
        if tag == "style" or is_code:
            self.found.append(f"<{tag}>")
        self.found += [
            f"<{tag} {name}>" for name in given if name == "style" or (name.startswith("on") and name.isalpha())
        ]


def _missing(answer: HttpResponseBase) -> list[str]:
    """The headers that are not there or not as they should be."""
    wrong = [name for name, value in HEADERS.items() if answer.headers.get(name) != value]
    return wrong if "Cache-Control" in answer.headers else [*wrong, "Cache-Control"]


def _guest(gus: User) -> Client:
    client = Client()
    client.force_login(gus)
    return client


@dataclass(frozen=True)
class Kind:
    """How one kind of answer is had, and its status."""

    status: int
    url: str
    """A URL's name, or a path."""
    ask: Callable[[Client, str], Any] = Client.get
    is_stranger: bool = False


def _by_htmx(client: Client, url: str) -> Any:
    return client.get(url, headers=_HTMX)


def _without_token(_client: Client, url: str) -> Any:
    return Client(enforce_csrf_checks=True).post(url)


def _elsewhere(client: Client, url: str) -> Any:
    return client.get(url, headers={"host": "elsewhere.example"})


def _too_much(client: Client, url: str) -> Any:
    return client.post(url, {"theme": "x" * 3_000_000})


KINDS = {
    "page": Kind(200, "reports:home"),
    "fragment": Kind(200, "milestones:row", _by_htmx),
    "form refused": Kind(422, "launches:create", Client.post),
    "unknown": Kind(404, "/nowhere/"),
    "unknown fragment": Kind(404, "/nowhere/", _by_htmx),
    "method refused": Kind(405, "people:theme"),
    "token missing": Kind(403, "people:theme", _without_token),
    "sign in": Kind(302, "reports:home", is_stranger=True),
    "sign in by htmx": Kind(200, "reports:home", _by_htmx, is_stranger=True),
    "slash added": Kind(301, "/launches"),
    "static": Kind(200, "/static/icons.svg"),
    "static, unknown": Kind(404, "/static/nothing.svg"),
    "download": Kind(200, "reports:edition_markdown"),
    "probe": Kind(200, "livez", is_stranger=True),
    "broken": Kind(500, "/broken/"),
    "foreign host": Kind(400, "reports:home", _elsewhere),
    "too large": Kind(400, "people:theme", _too_much),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_has_the_headers(kind: str, admin: Client, urls: dict[str, str]) -> None:
    wanted = KINDS[kind]
    answer = wanted.ask(Client() if wanted.is_stranger else admin, urls.get(wanted.url, wanted.url))
    answer.close()
    assert answer.status_code == wanted.status
    assert not _missing(answer)


def test_a_refusal_has_the_headers(gus: User, urls: dict[str, str]) -> None:
    answer = _guest(gus).get(urls["people:workspace"])
    assert answer.status_code == 403
    assert not _missing(answer)


def test_a_broken_page_tells_nothing(admin: Client) -> None:
    page = admin.get("/broken/").content.decode()
    assert "in a minute" in page
    assert "canary" not in page
    assert "RuntimeError" not in page


def test_every_url_has_the_headers_and_no_inline_code(admin: Client, urls: dict[str, str]) -> None:
    wrong: dict[str, list[str]] = {}
    for name, url in urls.items():
        for headers in ({}, _HTMX):
            answer = admin.get(url, headers=headers)
            finder = InlineFinder()
            if answer.headers.get("Content-Type", "").startswith("text/html"):
                finder.feed(answer.content.decode())
            if found := _missing(answer) + finder.found:
                wrong[name] = found
    assert not wrong


def test_cookies_over_https_are_for_this_host_and_for_http_alone(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LUNA_")}
    environment |= {"LUNA_DATA_DIR": str(tmp_path), "LUNA_BASE_URL": "https://luna.example.com"}
    said = subprocess.run(
        [sys.executable, "-c", _SAY], cwd=ROOT, env=environment, check=True, capture_output=True, timeout=60
    )
    cookies = json.loads(said.stdout)
    for kind in ("SESSION", "CSRF"):
        # The prefix makes browsers insist on Secure, on the path / and on no domain.
        assert cookies[f"{kind}_COOKIE_NAME"].startswith("__Host-")
        assert cookies[f"{kind}_COOKIE_SECURE"] is cookies[f"{kind}_COOKIE_HTTPONLY"] is True
        assert f"{kind}_COOKIE_DOMAIN" not in cookies
        assert f"{kind}_COOKIE_PATH" not in cookies


def test_cookies_are_not_sent_from_elsewhere_nor_read_by_scripts(ada: User) -> None:
    answer = Client().post("/account/login/", {"login": ada.email, "password": PASSWORD})
    assert {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME} <= answer.cookies.keys()
    for cookie in answer.cookies.values():
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax"), cookie
