"""The machine's own Chromium, and what every page has to bear: axe, narrow windows, no console error."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

_NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = ["--no-sandbox", "--disable-gpu"]
# Only what is wrong is told; the style sheets are there already and needn't be fetched for axe.
_RUN_AXE = "axe.run(document, { resultTypes: ['violations'], preload: false })"


def find_chromium() -> str | None:
    """Its path; None where there is none."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's own Chromium, without a window."""
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=OPTIONS)
        yield browser
        browser.close()


def listen_for_troubles(page: Page) -> list[str]:
    """What scripts throw and the console calls an error (a refusal by the page's policy too), as it comes."""
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    return troubles


def complaints_about(page: Page) -> list[str]:
    """What axe finds, and whether the page can be scrolled sideways."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(_RUN_AXE)["violations"]
    said = [f"axe {one['id']}: {[node['html'][:200] for node in one['nodes']][:3]}" for one in found]
    wide = int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
    return [*said, *([f"{wide} px too wide"] if wide > 0 else [])]
