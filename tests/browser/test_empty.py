"""A Luna with nobody in it: its first admin is made by the printed link, and every empty page of hers is sound."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.demo import Demo
from tests.browser.test_every_page import walk
from tests.chromium import complaints_about, listen_for_troubles
from tests.faults.installation import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.servers]
_LINK = re.compile(r"http://[^/\s]+(/[a-z/]*setup/\S+)")


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Luna as it is on its first day."""
    started = Demo.make(tmp_path_factory.mktemp("empty"), has_sample=False)
    try:
        started.start()
        yield started
    finally:
        started.stop()


def test_the_first_admin_finds_every_empty_page_sound(chromium: Browser, empty: Demo) -> None:
    wait_until(lambda: _LINK.search(empty.words) is not None, "the link for the first admin")
    link = _LINK.search(empty.words)
    assert link is not None
    context = chromium.new_context(base_url=empty.url)
    page = context.new_page()
    troubles = listen_for_troubles(page)
    page.goto(link.group(1))
    assert not complaints_about(page)
    page.get_by_label("Your name").fill("Ada First")
    page.get_by_label("Your company or department").fill("Empty House")
    page.get_by_label("E-mail").fill("ada@luna.test")
    page.get_by_label("Password").fill("a-moon-over-an-empty-house")
    page.get_by_role("button", name="Start").click()
    expect(page).to_have_url(re.compile(r":\d+/launches/$"))
    seen = walk(page, starts=["/", "/launches/", "/reports/", "/settings/"], on_phones=("/",))
    assert len(seen) > 12
    assert not troubles
    context.close()
