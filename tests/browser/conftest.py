"""The demo, once for all browser tests, and windows in which its people sign in."""

from __future__ import annotations

import re
from contextlib import ExitStack
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from luna.demo.company import PASSWORD
from tests.browser.demo import Demo, address_of
from tests.chromium import listen_for_troubles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

    SignIn = Callable[..., Page]

_PATIENCE_MILLISECONDS = 15_000
expect.set_options(timeout=_PATIENCE_MILLISECONDS)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Luna with its sample company, started once for all tests of this folder."""
    started = Demo.make(tmp_path_factory.mktemp("demo"))
    try:
        started.start()
        started.wait_for_sandbox()
        yield started
    finally:
        started.stop()


@pytest.fixture
def sign_in(chromium: Browser, demo: Demo) -> Iterator[SignIn]:
    """`sign_in("ines", width=390, scheme="dark")`: that person's page. No console error is forgiven."""
    troubles: list[list[str]] = []
    with ExitStack() as contexts:

        def window_of(nick: str, *, width: int = 1440, scheme: Literal["light", "dark"] = "light") -> Page:
            height = 844 if width < 700 else 900
            context = chromium.new_context(
                base_url=demo.url, viewport={"width": width, "height": height}, color_scheme=scheme
            )
            contexts.callback(context.close)
            context.set_default_timeout(_PATIENCE_MILLISECONDS)
            page = context.new_page()
            troubles.append(listen_for_troubles(page))
            _enter(page, nick)
            return page

        yield window_of
    # Forms that were refused say 422 on purpose.
    assert not [said for window in troubles for said in window if "status of 422" not in said]


def _enter(page: Page, nick: str) -> None:
    page.goto("/account/login/")
    page.get_by_label("E-mail").fill(address_of(nick))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r":\d+/$"))
