"""Charts: their points are reached by the keyboard and say their words, and so do lines that lead to milestones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.chromium import complaints_about

if TYPE_CHECKING:
    from tests.browser.conftest import SignIn

pytestmark = [pytest.mark.browser, pytest.mark.servers]


def test_the_points_of_a_trend_and_of_a_burn_up_say_their_words_to_a_keyboard(sign_in: SignIn) -> None:
    page = sign_in("martin")
    page.goto("/launches/BOOK/milestones/trend/")
    page.get_by_role("region", name="Trend as a drawing").focus()
    page.keyboard.press("Tab")
    line = page.locator(".drawing .trend .series:focus")
    expect(line).to_have_count(1)
    name = line.get_attribute("aria-label")
    assert name
    for _ in range(page.locator(".drawing .trend .series").count()):
        page.keyboard.press("Tab")
    point = page.locator(".trend .point:focus")
    expect(point.locator(".said")).to_be_visible()
    expect(point.locator(".said")).to_have_text(point.get_attribute("aria-label") or "–")
    assert not complaints_about(page)

    page.get_by_role("link", name="Calendar sync, two-way", exact=True).first.click()
    page.get_by_role("region", name="Burn-up as a drawing").focus()
    page.keyboard.press("Tab")
    first = page.locator(".drawing .burnup .point").first
    expect(first).to_be_focused()
    expect(first.locator(".said")).to_be_visible()
    expect(page.locator(".drawing .burnup .point").nth(1).locator(".said")).to_be_hidden()
    assert not complaints_about(page)
