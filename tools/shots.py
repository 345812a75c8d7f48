"""Makes the pictures of README and docs: the demo on a folder of its own, looked at with the machine's Chromium."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from playwright.sync_api import sync_playwright

from luna.demo.company import PASSWORD
from tests.browser.demo import Demo, address_of
from tests.chromium import OPTIONS, find_chromium
from tests.faults.installation import wait_until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
_DESK, _PHONE = (1440, 900), (390, 844)


@dataclass(frozen=True)
class Shot:
    """One picture: whose page, how wide, in which theme, and how to get there."""

    name: str
    go: Callable[[Page, Demo], object]
    who: str = "ines"
    size: tuple[int, int] = _DESK
    theme: Literal["light", "dark"] = "light"


def _open(path: str) -> Callable[[Page, Demo], object]:
    return lambda page, _demo: page.goto(path, wait_until="networkidle")


def _open_drawer(page: Page, _demo: Demo) -> None:
    page.goto("/launches/BOOK/milestones/")
    page.get_by_role("link", name="Calendar sync, two-way", exact=True).click()
    page.locator("#drawer").get_by_text("as of").first.wait_for()


def _open_message(page: Page, demo: Demo) -> None:
    page.goto("/launches/BOOK/reports/")
    link = str(page.get_by_role("link", name="Open in Slack").first.get_attribute("href"))
    # From the channel's top, not from the message that the link points to.
    page.goto(link.partition("#")[0])
    assert page.url.startswith(demo.sandbox_url)  # noqa: S101  the demo posts nowhere else


def _open_file(link: str) -> Callable[[Page, Demo], object]:
    """What was written into Google Drive, as the sandbox draws it."""

    def go(page: Page, demo: Demo) -> None:
        page.goto("/launches/BOOK/reports/")
        page.goto(str(page.get_by_role("link", name=link).first.get_attribute("href")))
        assert page.url.startswith(demo.sandbox_url)  # noqa: S101  the demo writes nowhere else

    return go


SHOTS = (
    Shot("portfolio", _open("/launches/"), who="martin"),
    Shot("portfolio-phone-dark", _open("/launches/"), who="martin", size=_PHONE, theme="dark"),
    Shot("launch", _open("/launches/BOOK/")),
    Shot("milestone-dark", _open_drawer, theme="dark"),
    Shot("digest-preview", _open("/launches/BOOK/reports/preview/")),
    Shot("digest-in-slack", _open_message, size=(900, 900)),
    Shot("digest-in-docs", _open_file("Open the document"), size=(900, 900)),
    Shot("digest-in-slides", _open_file("Open the slides"), size=(900, 900)),
    Shot("roadmap", _open("/portfolio/report/roadmap/"), who="martin"),
    Shot("connection", _open("/settings/integrations/1/"), who="hannah"),
)


def main() -> int:
    chromium = find_chromium()
    if chromium is None:
        print("No Chromium on this machine: install it to make the pictures.", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="luna-shots-") as folder, sync_playwright() as playwright:
        demo = Demo.make(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        try:
            demo.start()
            demo.wait_for_sandbox()
            wait_until(lambda: demo.sandbox.post_count("launch-book") > 0, "the first digest")
            for shot in SHOTS:
                _take(browser, demo, shot)
        finally:
            browser.close()
            demo.stop()
    return 0


def _take(browser: Browser, demo: Demo, shot: Shot) -> None:
    width, height = shot.size
    context = browser.new_context(
        base_url=demo.url,
        viewport={"width": width, "height": height},
        color_scheme=shot.theme,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/account/login/")
    page.get_by_label("E-mail").fill(address_of(shot.who))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("navigation", name="Luna").first.wait_for()
    shot.go(page, demo)
    page.screenshot(path=IMAGES / f"{shot.name}.png")
    print(f"docs/images/{shot.name}.png")
    context.close()


if __name__ == "__main__":
    sys.exit(main())
