"""The small site of tests/ui/site.py, with its own templates beside Luna's."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest
from django.test import Client

from tests.chromium import listen_for_troubles
from tests.people import person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer

    OpenWindow = Callable[..., Page]


@pytest.fixture
def site(settings: Settings, db: None) -> Client:
    """Ana, signed in, on the small site."""
    client = Client()
    use_site(settings)
    client.force_login(person("ana"))
    return client


def use_site(settings: Settings) -> None:
    """Point Django at the small site's URLs and templates."""
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "tests.ui.site"


@pytest.fixture
def window(chromium: Browser, live_server: LiveServer, settings: Settings) -> Iterator[OpenWindow]:
    """`window(width=390, scheme="dark")`: Ana's signed-in page on the small site. No console error is forgiven."""
    use_site(settings)
    client = Client()
    client.force_login(person("ana"))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    troubles: list[list[str]] = []
    contexts: list[BrowserContext] = []

    def open_window(width: int = 1280, scheme: Literal["light", "dark"] = "light") -> Page:
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": width, "height": 800}, color_scheme=scheme
        )
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        context.set_default_timeout(5000)
        contexts.append(context)
        page = context.new_page()
        troubles.append(listen_for_troubles(page))
        page.goto("/")
        return page

    yield open_window
    for context in contexts:
        context.close()
    answers = re.compile(r"status of (400|404|409|413|422)")
    assert not [said for page in troubles for said in page if not answers.search(said)]
