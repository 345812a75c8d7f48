"""The shell in a real browser: drawer, palette, keys, sorting, toasts, theme; nothing for axe, nothing too wide."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.ui.conftest import OpenWindow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_link_opens_the_drawer_and_back_closes_it(window: OpenWindow) -> None:
    page = window()
    page.get_by_role("link", name="Calendar sync").click()
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("heading", name="Calendar sync")).to_be_focused()
    expect(page).to_have_url(re.compile("/items/2/$"))
    expect(page).to_have_title("Calendar sync · Luna")
    page.go_back()
    expect(drawer).to_be_hidden()
    expect(page).to_have_url(re.compile("/$"))
    expect(page).to_have_title("Milestones · Luna")
    expect(page.get_by_role("link", name="Calendar sync")).to_be_focused()


def test_escape_leaves_the_drawer_and_its_address(window: OpenWindow) -> None:
    page = window()
    page.get_by_role("link", name="Pilot").click()
    expect(page.locator("#drawer h2").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    page.wait_for_url(re.compile("[0-9]/$"))
    expect(page.get_by_role("heading", name="Milestones")).to_be_visible()


def test_the_drawers_address_is_a_page_of_its_own(window: OpenWindow) -> None:
    page = window()
    page.get_by_role("link", name="Calendar sync").click()
    expect(page.locator("#drawer h2").first).to_be_visible()
    page.reload()
    expect(page.get_by_role("navigation", name="Patient self-booking")).to_be_visible()
    expect(page.get_by_role("heading", name="Calendar sync")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Milestones")).to_be_visible()


def test_the_drawer_leads_on_and_back_step_by_step(window: OpenWindow) -> None:
    page = window()
    page.get_by_role("link", name="Calendar sync").click()
    drawer = page.locator("#drawer")
    drawer.get_by_role("link", name="Booking page").click()
    expect(drawer.get_by_role("heading", name="Booking page")).to_be_visible()
    page.go_back()
    expect(drawer.get_by_role("heading", name="Calendar sync")).to_be_visible()
    expect(page).to_have_url(re.compile("/items/2/$"))
    drawer.get_by_role("link", name="Booking page").click()
    expect(drawer.get_by_role("heading", name="Booking page")).to_be_visible()
    drawer.get_by_role("link", name="Close").click()
    expect(drawer).to_be_hidden()
    expect(page).to_have_url(re.compile("[0-9]/$"))
    expect(page.get_by_role("heading", name="Milestones")).to_be_visible()


def test_on_the_things_own_page_links_lead_to_pages(window: OpenWindow) -> None:
    page = window()
    page.goto("/items/2/")
    page.get_by_role("link", name="Booking page").click()
    expect(page).to_have_url(re.compile("/items/1/$"))
    expect(page.locator("main").get_by_role("heading", name="Booking page")).to_be_visible()


def test_a_save_in_the_drawer_says_so_and_freshens_the_list(window: OpenWindow) -> None:
    page = window()
    page.get_by_role("link", name="Calendar sync").click()
    with page.expect_response(lambda answer: answer.request.headers.get("hx-target") == "div#rows"):
        page.locator("#drawer").get_by_role("button", name="Rename").click()
    page.locator("#toasts").filter(has_text="Renamed.").get_by_role("button", name="Dismiss").click()
    expect(page.locator("#toasts")).not_to_contain_text("Renamed.")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.get_by_role("link", name="Pilot")).to_be_visible()


def test_something_gone_is_said_and_the_drawer_stays_away(window: OpenWindow) -> None:
    page = window()
    page.evaluate("document.querySelector('a.opens-drawer').href = '/nowhere/'")
    page.locator("a.opens-drawer").first.click()
    expect(page.locator("#toasts")).to_contain_text("This is gone")
    expect(page.locator("#drawer")).to_be_hidden()


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_an_answer_that_says_what_is_wrong_is_not_called_a_fault_of_luna(window: OpenWindow, status: int) -> None:
    page = window()
    answer = '<div id="rows">The file is larger than 10 MB.</div>'
    page.route("**/?q=*", lambda route: route.fulfill(status=status, content_type="text/html", body=answer))
    page.get_by_label("Named").fill("big")
    expect(page.locator("#rows")).to_have_text("The file is larger than 10 MB.")
    expect(page.locator("#toasts")).to_be_empty()


def test_the_palette_finds_and_goes(window: OpenWindow) -> None:
    page = window()
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Search or jump to")
    expect(box).to_be_focused()
    box.fill("calendar")
    expect(page.locator("#palette").get_by_role("option")).to_have_count(1)
    expect(page.locator("#palette").get_by_role("option", selected=True)).to_have_text("Calendar sync")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/items/2/$"))


def test_arrows_choose_in_the_palette(window: OpenWindow) -> None:
    page = window()
    page.keyboard.press("/")
    expect(page.locator("#palette").get_by_role("option")).to_have_count(3)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#palette").get_by_role("option", selected=True)).to_have_text("Calendar sync")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#palette").get_by_role("option", selected=True)).to_have_text("Pilot")
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


def test_single_keys_move_and_show_themselves(window: OpenWindow) -> None:
    page = window()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Calendar sync")).to_be_focused()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name="Booking page")).to_be_focused()
    page.keyboard.press("c")
    expect(page.locator("#create-menu").get_by_role("link", name="New launch")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.get_by_label("Single keys work").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#palette")).to_be_hidden()


def test_a_page_ties_a_key_to_its_own_button(window: OpenWindow) -> None:
    page = window()
    page.goto("/items/2/")
    page.keyboard.press("e")
    expect(page).to_have_url(re.compile("/launches/BOOK/edit/$"))


def test_keys_rest_while_typing(window: OpenWindow) -> None:
    page = window()
    page.get_by_label("Name", exact=True).press_sequentially("c/j?")
    expect(page.get_by_label("Name", exact=True)).to_have_value("c/j?")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_lines_are_moved_by_keyboard(window: OpenWindow) -> None:
    page = window()
    grip = page.get_by_role("button", name="Move Booking page")
    grip.focus()
    with page.expect_request("**/sort/") as posted:
        page.keyboard.press("ArrowDown")
    assert posted.value.post_data == "id=1&before=3"
    expect(grip).to_be_focused()
    expect(page.locator("#announcer")).to_have_text("Now 2 of 3.")
    expect(page.locator("tbody tr").nth(1)).to_contain_text("Booking page")


def test_lines_are_moved_by_dragging(window: OpenWindow) -> None:
    page = window()
    expect(page.locator("script[src*=sortable]")).to_have_count(1)
    with page.expect_request("**/sort/") as posted:
        page.get_by_role("button", name="Move Pilot").drag_to(page.get_by_role("button", name="Move Booking page"))
    assert posted.value.post_data == "id=3&before=1"


def test_a_filter_keeps_the_focus_and_the_address(window: OpenWindow) -> None:
    page = window()
    page.get_by_label("Named").press_sequentially("pil")
    expect(page.locator("#rows tbody tr")).to_have_count(1)
    expect(page.get_by_label("Named")).to_be_focused()
    expect(page).to_have_url(re.compile(r"\?q=pil$"))
    page.go_back()
    page.wait_for_url(re.compile(r"q=pi$|/$"))


def test_a_question_comes_before_what_is_deleted(window: OpenWindow) -> None:
    page = window()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_contain_text("Delete Pilot?")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#toasts")).not_to_contain_text("Back again.")
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#toasts")).to_contain_text("Back again.")


def test_a_wrong_field_gets_the_focus(window: OpenWindow) -> None:
    page = window()
    page.get_by_label("Name", exact=True).fill(" ")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    expect(page.locator(".error")).to_contain_text("required")


def test_the_theme_changes_at_once(window: OpenWindow) -> None:
    page = window()
    page.get_by_role("button", name=re.compile("profile")).click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_for_axe_and_nothing_too_wide(window: OpenWindow, width: int, scheme: Literal["light", "dark"]) -> None:
    page = window(width=width, scheme=scheme)
    for path in ("/", "/items/2/", "/search/", "/account/logout/", "/nowhere/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = Axe().run(page).response["violations"]
        assert not found, (path, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_for_axe_in_what_floats(window: OpenWindow, scheme: Literal["light", "dark"]) -> None:
    page = window(scheme=scheme)
    page.get_by_role("link", name="Calendar sync").click()
    expect(page.locator("#drawer h2").first).to_be_visible()
    assert not Axe().run(page).response["violations"]
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#palette").get_by_role("option")).to_have_count(3)
    assert not Axe().run(page).response["violations"]
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert not Axe().run(page).response["violations"]
