"""An executive on the portfolio: from a launch at risk to the sentence, the figures and the tasks in two clicks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.servers]
FIGURES = re.compile(r"\d+ of \d+ tasks done")


class Clicks:
    """A hand that counts."""

    def __init__(self) -> None:
        self.number = 0

    def on(self, link: Locator) -> None:
        link.click()
        self.number += 1


def _row(page: Page, launch: str) -> Locator:
    return page.get_by_role("row").filter(has=page.get_by_role("link", name=launch, exact=True))


def _shows_what_is_behind(page: Page, sentence: str) -> None:
    """The sentence, the figures and the open tasks with their links into the tool stand there without a click more."""
    drawer = page.get_by_role("dialog")
    expect(drawer.locator(".reasons")).to_contain_text(sentence, ignore_case=True)
    expect(drawer.locator("summary").filter(has_text=FIGURES)).to_be_visible()
    first = drawer.locator("table.tasks tbody tr").first
    expect(first.get_by_role("link")).to_have_attribute("href", re.compile("^http"))
    expect(first.locator(".status")).not_to_have_text("Done")


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("address", ["/launches/?health=at_risk", "/launches/?view=green"])
def test_from_at_risk_to_the_tasks_by_the_health_word(sign_in: SignIn, address: str, width: int) -> None:
    page, clicks = sign_in("martin", width=width), Clicks()
    page.goto(address)

    clicks.on(_row(page, "Help centre in French").get_by_role("link", name="At risk"))
    reason = page.locator("#health .reasons a").first
    sentence = reason.inner_text().partition(": ")[2]
    clicks.on(reason)

    _shows_what_is_behind(page, sentence)
    assert clicks.number == 2


@pytest.mark.parametrize("width", [1440, 390])
def test_the_sentence_itself_is_one_click_away_from_the_tasks(sign_in: SignIn, width: int) -> None:
    page, clicks = sign_in("martin", width=width), Clicks()
    page.goto("/launches/?view=green")

    sentence = page.locator(".why .computed a").filter(has_text="Last 14 articles reviewed")
    said = sentence.inner_text().partition(": ")[2]
    clicks.on(sentence)

    _shows_what_is_behind(page, said)
    assert clicks.number == 1
