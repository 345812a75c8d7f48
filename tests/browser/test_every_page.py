"""Every page that links lead to, as four kinds of people: it answers, fits, and neither axe nor console complains."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import expect

from tests.access_matrix import ACCESS
from tests.chromium import complaints_about, listen_for_troubles

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import SignIn
    from tests.browser.demo import Demo

pytestmark = [pytest.mark.browser, pytest.mark.servers]
_RUN_ENDS_MILLISECONDS = 90_000
# Different enough to look at two of them.
TWICE = {"reports:launch", "milestones:detail", "milestones:timeline", "integrations:connection"}
FILES = {name for name in ACCESS if name.endswith(("_markdown", "_pptx", "_csv"))}
AT_THE_DOOR = re.compile("^account_(login|inactive|reset_password.*)$")
# Pieces that scripts ask for, pages of one-time links, pages for machines; and what the sample has none of.
# A launch that has everything, and whatever else home leads to.
STARTS = ("/launches/BOOK/", "/")
NOT_LINKED = {
    "livez",
    "readyz",
    "account_logout",
    "account_reauthenticate",
    "people:setup",
    "people:invitation",
    "milestones:row",
    "milestones:activity",
    "launches:comments",
    "integrations:connection_progress",
    "integrations:consent",
    "integrations:ask_consent",
    "reports:launch_forecast",
    "reports:portfolio_edition",
    "integrations:milestone_sources",
    "integrations:own_list",
    "integrations:progress_origin",
    "integrations:quarantine",
    "integrations:suggestions",
}


_SOUND: defaultdict[str, set[str]] = defaultdict(set)
"""By Luna's address: the kinds of pages that were found sound, whoever read them."""


def test_a_pm_can_read_every_page(sign_in: SignIn) -> None:
    assert len(walk(sign_in("ines"), on_phones=("/",))) > 35


def test_an_executive_can_read_every_page(sign_in: SignIn) -> None:
    assert len(walk(sign_in("martin"))) > 20


def test_a_guest_can_read_every_page(sign_in: SignIn) -> None:
    assert "people:profile" in walk(sign_in("nuno"), starts=["/"])


def test_an_admin_is_led_to_every_page_there_is(sign_in: SignIn) -> None:
    pages = {name for name, row in ACCESS.items() if row.get} - NOT_LINKED - FILES
    # The others were looked at on a phone as a PM.
    seen = walk(sign_in("hannah"), on_phones=("/settings/",))
    assert not {name for name in pages if not AT_THE_DOOR.match(name)} - seen.keys()


def test_what_opens_within_a_milestone_is_sound_as_a_page_of_its_own(sign_in: SignIn) -> None:
    page = sign_in("ines")
    page.emulate_media(reduced_motion="reduce")
    page.goto("/launches/BOOK/milestones/")
    first = page.get_by_role("link", name="Reception training kit", exact=True).get_attribute("href")
    assert first is not None
    number = resolve(first).kwargs["pk"]
    sources = f"/launches/BOOK/milestones/{number}/sources/"
    asana = page.context.request.get(sources).text().partition("?connection=")[2].partition('"')[0]
    panels = (sources, f"{sources}?connection={asana}", f"{sources}origin/", f"{sources}counting/")
    suggestions = f"/launches/BOOK/suggestions/milestones/{number}/"
    assert not [words for path in (*panels, suggestions) for words in _look_at(page, path)]


def test_a_list_of_ones_own_is_begun_looked_at_and_given_on_sound_pages(sign_in: SignIn, tmp_path: Path) -> None:
    page = sign_in("hannah")
    page.emulate_media(reduced_motion="reduce")
    assert not _look_at(page, "/settings/integrations/new/upload/")
    page.get_by_label("Name").fill("Print shop")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Tasks of Print shop")).to_be_visible()
    given = tmp_path / "tasks.csv"
    given.write_text("Key,Summary,Status\nA-1,Print it,Done\nA-2,Bind it,Moonwalking\n", encoding="utf-8")
    page.get_by_label("File").set_input_files(given)
    page.get_by_role("button", name="Look at it first").click()
    expect(page.get_by_text("1 task can be read, 1 row can’t. Nothing is kept yet.")).to_be_visible()
    assert not complaints_about(page)
    page.get_by_role("button", name="Take these tasks").click()
    expect(page.get_by_text("Holds")).to_be_visible()
    expect(page.locator("#run-progress")).to_contain_text("0 changed", timeout=_RUN_ENDS_MILLISECONDS)
    own = urlsplit(page.url).path
    pages = (own, f"{own}list/", f"{own}set-aside/", f"{own}edit/")
    assert not [words for path in pages for words in _look_at(page, path)]


def test_who_stands_at_the_door_can_read_every_page(chromium: Browser, demo: Demo) -> None:
    context = chromium.new_context(base_url=demo.url, reduced_motion="reduce")
    page = context.new_page()
    troubles = listen_for_troubles(page)
    for path in ("login/", "inactive/", "password/reset/", "password/reset/done/", "password/reset/key/done/"):
        assert not _look_at(page, f"/account/{path}")
    assert not troubles
    context.close()


def walk(page: Page, *, starts: Iterable[str] = STARTS, on_phones: tuple[str, ...] = ()) -> Counter[str]:
    """Follow links, to one page of each kind; how many were seen, by the name of their URL.

    Pages whose path begins with one of `on_phones` are looked at there too.
    """
    page.emulate_media(reduced_motion="reduce")
    seen: Counter[str] = Counter()
    known: set[str] = set()
    complaints: list[str] = []
    ahead = deque(starts)
    sound = frozenset(_SOUND[_site(page)])
    while ahead:
        path = ahead.popleft()
        name = _name_of(path)
        if path in known or seen[name] >= (2 if name in TWICE else 1):
            continue
        known.add(path)
        seen[name] += 1
        if name in sound:
            said, links = _ask_for(page, path)
        else:
            said, links = _look_at(page, path, on_a_phone=path.startswith(on_phones)), _links_on(page)
        complaints += said
        ahead += links
    assert not complaints, "\n".join(complaints)
    _SOUND[_site(page)] |= set(seen)
    return seen


def _ask_for(page: Page, path: str) -> tuple[list[str], list[str]]:
    """What is wrong with a page's answer, and where its links lead.

    Enough for a kind of page that was found sound before: whoever reads it, one template draws it.
    """
    answer = page.context.request.get(path)
    wrong = [] if answer.status == 200 else [f"{path}: {answer.status}"]
    finder = _LinkFinder()
    finder.feed(answer.text())
    return wrong, _own_paths(answer.url, finder.found)


class _LinkFinder(HTMLParser):
    """Collects where a page's links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def _look_at(page: Page, path: str, *, on_a_phone: bool = True) -> list[str]:
    """What is wrong with it on a desk in the light, on a small phone in the dark."""
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")
    answer = page.goto(path)
    assert answer is not None
    if answer.status != 200:
        return [f"{path}: {answer.status}"]
    if page.locator("[hx-trigger=load]").count():
        page.wait_for_load_state("networkidle")
    # A connection's page loads anew when its run ends.
    expect(page.locator("#run-progress progress")).to_have_count(0, timeout=_RUN_ENDS_MILLISECONDS)
    said = complaints_about(page)
    if on_a_phone:
        page.set_viewport_size({"width": 360, "height": 740})
        page.emulate_media(color_scheme="dark")
        said += [f"on a dark phone: {words}" for words in complaints_about(page)]
    return [f"{path}: {words}" for words in said]


def _site(page: Page) -> str:
    return urlsplit(page.url).netloc


def _links_on(page: Page) -> list[str]:
    """The paths of Luna's own pages that this one leads to."""
    # In drawings, too: there `link.href` is no string.
    hrefs: list[str] = page.locator("a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return _own_paths(page.url, hrefs)


def _own_paths(address: str, hrefs: list[str]) -> list[str]:
    """Those of Luna's own pages, where a page of that address leads by these links."""
    here = urlsplit(address).netloc
    paths = [url.path for url in (urlsplit(urljoin(address, href)) for href in hrefs) if url.netloc == here]
    return [path for path in dict.fromkeys(paths) if _name_of(path) not in FILES]


def _name_of(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        pytest.fail(f"a link leads to {path}, where nothing is")
