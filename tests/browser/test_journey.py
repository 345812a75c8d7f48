"""The whole line as a PM walks it: from an empty launch to its digest in the sandbox's Slack, Docs and Slides."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import Page, expect

from luna import clock
from tests.chromium import complaints_about

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.conftest import SignIn
    from tests.browser.demo import Demo

pytestmark = [pytest.mark.browser, pytest.mark.servers]
CHANNEL = "launches"
PLACES = (f"Slack: #{CHANNEL}", "Google Docs: Launch reports · new document", "Google Slides: Launch reports · slides")
PHONE = 720
"""Narrower than this, a row has no room to be edited in."""
FIVE = ("Contract signed", "Import runs alone", "Voice in the visit note", "Ten clinics on it", "Go/no-go")


@dataclass
class Journey:
    """One PM's page, on the way with one launch."""

    page: Page
    demo: Demo
    key: str
    name: str

    def create_the_launch(self) -> None:
        self.page.goto("/launches/")
        self.page.get_by_role("link", name="New launch", exact=True).first.click()
        self.main.get_by_label("Name").fill(self.name)
        self.main.get_by_label("Key").fill(self.key)
        self.main.get_by_label("Outcome").fill("Clinics start in a day, not in a month.")
        self.main.get_by_label("Target date").fill(_day(120))
        self.page.get_by_role("button", name="Create the launch").click()
        expect(self.page.get_by_role("heading", name=self.name)).to_be_visible()
        self.looks_sound()

    def paste_five_milestones(self) -> None:
        self.main.get_by_label("Add milestones").focus()
        lines = [f"- {name} | {_day(20 + 20 * number)}" for number, name in enumerate(FIVE)]
        self.page.keyboard.insert_text("\n".join(lines))
        self.page.get_by_role("button", name="Add", exact=True).click()
        expect(self.toasts).to_contain_text("5 milestones added.")
        expect(self.page.locator("#rows tbody tr")).to_have_count(5)

    def set_owner_and_due_day_in_the_row(self, milestone: str) -> None:
        row = self.page.locator("#rows tbody tr").filter(has_text=milestone)
        row.get_by_role("link", name=f"Edit {milestone}").click()
        form = self.page.get_by_role("form", name=f"Edit {milestone}")
        form.get_by_label("Owner").select_option(label="Rafael Lima")
        form.get_by_label("Due").fill(_day(30))
        form.get_by_text("Why the due date moves").click()
        form.get_by_label("Reason").fill("The vendor needs ten days more.")
        form.get_by_role("button", name="Save").click()
        expect(row).to_contain_text("Rafael Lima")
        expect(row).to_contain_text("in 4 weeks")

    def set_owner_and_due_day_in_the_drawer(self, milestone: str) -> None:
        """Where the row has no room for it: on a phone."""
        drawer = self.open_milestone(milestone)
        drawer.get_by_role("link", name="Edit", exact=True).click()
        drawer.get_by_label("Owner").select_option(label="Rafael Lima")
        drawer.get_by_label(re.compile(r"^Due")).fill(_day(30))
        drawer.get_by_label("Why the due date moves").fill("The vendor needs ten days more.")
        drawer.get_by_role("button", name=re.compile("^Save")).click()
        expect(drawer.get_by_role("heading", name=milestone, exact=True)).to_be_visible()
        expect(drawer).to_contain_text("Rafael Lima")

    def open_milestone(self, milestone: str) -> Locator:
        """Its drawer, from the list."""
        self.page.goto(f"/launches/{self.key}/milestones/")
        self.page.get_by_role("link", name=milestone, exact=True).click()
        drawer = self.page.locator("#drawer")
        expect(drawer.get_by_role("heading", name=milestone, exact=True)).to_be_visible()
        return drawer

    def link(self, milestone: str, kind: str, query: str, *, says: str) -> None:
        """Tasks of Jira by a key or a query; the bar shows while they are read."""
        drawer = self.link_from(milestone, "Fernhill Jira")
        drawer.get_by_label("Choose tasks by").select_option(label=kind)
        drawer.get_by_label("Epic or JQL query").fill(query)
        # The first look must take long enough to be seen.
        self.demo.sandbox.add_fault("jira", "delay", match="search/jql", times=3, seconds=1)
        self.check_and_link(drawer, "Fernhill Jira", says=says)

    def pick(self, milestone: str, tool: str, tasks: str, *, says: str) -> None:
        """Tasks of a tool that tells what can be picked."""
        drawer = self.link_from(milestone, tool)
        drawer.get_by_label("Tasks of").select_option(label=tasks)
        self.check_and_link(drawer, tool, says=says)

    def link_from(self, milestone: str, tool: str) -> Locator:
        drawer = self.open_milestone(milestone)
        drawer.get_by_role("navigation", name="Link tasks from").get_by_role("link", name=tool, exact=True).click()
        expect(drawer.get_by_role("form", name=f"Link tasks from {tool}")).to_be_visible()
        return drawer

    def check_and_link(self, drawer: Locator, tool: str, *, says: str) -> None:
        """Check with count and sample, then link."""
        drawer.get_by_role("button", name="Check").click()
        found = drawer.get_by_role("status").filter(has_text="About")
        expect(found).to_contain_text(says)
        expect(found.get_by_role("listitem")).to_have_count(5)
        self.looks_sound()
        drawer.get_by_role("button", name="Link these tasks").click()
        expect(drawer.get_by_role("progressbar", name=f"Reading {tool}")).to_be_visible()
        expect(drawer.locator("#source_figures li").filter(has_text=tool)).to_contain_text("as of just now")
        self.demo.sandbox.clear_faults()

    def sync_again_and_see_where_progress_comes_from(self, milestone: str, figure: str) -> None:
        drawer = self.open_milestone(milestone)
        self.demo.sandbox.add_fault("jira", "delay", match="search/jql", times=3, seconds=1)
        drawer.get_by_role("button", name="Sync now").click()
        expect(drawer.get_by_role("progressbar", name="Reading Fernhill Jira")).to_be_visible()
        expect(drawer.get_by_role("progressbar")).to_have_count(0)
        self.demo.sandbox.clear_faults()
        expect(drawer.locator("#source_figures")).to_contain_text(figure)
        expect(drawer.locator("#source_figures")).to_contain_text("Fernhill Jira, as of just now")
        self.looks_sound()

    def let_one_wait_for_another(self, waiting: str, first: str) -> None:
        """A dependency; the other way round it is refused, with the names of the circle."""
        drawer = self.open_milestone(waiting)
        self._choose_predecessor(drawer, first)
        expect(drawer.locator("ul.lines").first).to_contain_text(first)
        drawer = self.open_milestone(first)
        self._choose_predecessor(drawer, waiting)
        expect(drawer.get_by_text(f"“{waiting}” → “{first}” → “{waiting}”")).to_be_visible()

    @staticmethod
    def _choose_predecessor(drawer: Locator, name: str) -> None:
        drawer.get_by_role("link", name="Change", exact=True).click()
        drawer.get_by_label("It waits for").select_option(label=name)
        drawer.get_by_role("button", name="Let it wait").click()

    def raise_a_risk(self) -> None:
        self.tab("Risks")
        self.page.get_by_role("link", name="Add a risk").first.click()
        drawer = self.page.locator("#drawer")
        drawer.get_by_label("What may happen").fill("The vendor is sold")
        drawer.get_by_label("Probability").select_option(index=3)
        drawer.get_by_role("button", name="Save the risk").click()
        expect(self.page.locator("#rows")).to_contain_text("The vendor is sold")

    def record_a_decision(self) -> None:
        self.tab("Decisions")
        self.page.get_by_role("link", name="Ask for a decision").first.click()
        drawer = self.page.locator("#drawer")
        drawer.get_by_label("What is to be decided").fill("Do we import old letters?")
        drawer.get_by_label("Who decides").select_option(label="Ines Carvalho")
        drawer.get_by_role("button", name="Save the decision").click()
        self.page.get_by_role("link", name="Do we import old letters?").click()
        drawer.get_by_label("What was decided").fill("Only those of the last two years.")
        drawer.get_by_role("button", name="Record the decision").click()
        expect(self.page.locator("#rows")).to_contain_text("Decided just now")
        expect(self.page.locator("#rows")).to_contain_text("Only those of the last two years.")

    def ask_for_an_approval(self, milestone: str, approver: str) -> None:
        self.tab("Approvals")
        self.page.get_by_role("link", name="Ask for an approval").first.click()
        drawer = self.page.locator("#drawer")
        drawer.get_by_label("What is to be approved").fill("The vendor's contract")
        drawer.get_by_label(re.compile("^For")).select_option(label=milestone)
        drawer.get_by_label(approver).check()
        drawer.get_by_role("button", name="Ask", exact=True).click()
        expect(self.page.locator("#rows")).to_contain_text("The vendor's contract")

    def write_an_update(self) -> None:
        self.tab("Updates")
        self.page.get_by_role("link", name="Write the first update").click()
        self.main.get_by_label("On track").check()
        self.main.get_by_label("Headline").fill("Two teams are on it, and the vendor answers.")
        self.main.get_by_label("Next steps").fill("- Sign the contract")
        self.page.get_by_role("button", name="Publish the update").click()
        expect(self.page.get_by_role("heading", name="Two teams are on it")).to_be_visible()

    def create_a_schedule(self) -> None:
        self.tab("Reports")
        self.page.get_by_role("link", name="New schedule").click()
        self.main.get_by_label("Every").select_option(label="Thursday")
        self.main.get_by_label("At", exact=True).fill("16:30")
        self.main.get_by_label(f"#{CHANNEL}").check()
        self.page.get_by_role("button", name="Save").click()
        expect(self.page.locator(".panel table").first).to_contain_text(f"#{CHANNEL}")

    def preview_and_send(self) -> None:
        self.tab("Reports")
        self.page.get_by_role("link", name="Preview and send").click()
        self.main.get_by_label("Commentary").fill("Thank you all for a quick start.")
        self.page.get_by_role("button", name="Show it in the preview").click()
        slack = self.page.get_by_role("region", name="Slack")
        expect(slack).to_contain_text("Thank you all for a quick start.")
        expect(slack).to_contain_text(self.name)
        self.looks_sound()
        for place in PLACES:
            self.main.get_by_label(place).check()
        self.page.get_by_role("button", name="Send now").click()
        expect(self.toasts).to_contain_text("On its way.")

    def open_it_in_the_sandbox(self) -> None:
        """The message, then the document, then the slides."""
        history = self.page.url
        self._follow("Open in Slack")
        message = self.page.get_by_role("article").filter(has_text=self.name)
        expect(message).to_have_count(1)
        expect(message).to_contain_text("Thank you all for a quick start.")
        self.looks_sound()
        for link in ("Open the document", "Open the slides"):
            self.page.goto(history)
            self._follow(link)
            expect(self.page.get_by_text("Thank you all for a quick start.").first).to_be_attached()
            expect(self.page.get_by_text("Import runs alone").first).to_be_attached()
            self.looks_sound()

    def _follow(self, link: str) -> None:
        self.page.get_by_role("link", name=link).click()
        self.page.wait_for_url(re.compile(re.escape(self.demo.sandbox_url)))

    def tab(self, name: str) -> None:
        self.page.goto(f"/launches/{self.key}/")
        self.page.get_by_role("navigation", name=self.name).get_by_role("link", name=name).click()
        expect(self.page.get_by_role("link", name=name).and_(self.page.locator("[aria-current=page]"))).to_be_visible()

    def looks_sound(self) -> None:
        assert not complaints_about(self.page), self.page.url

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    @property
    def toasts(self) -> Locator:
        return self.page.locator("#toasts")


def _day(days: int) -> str:
    return (clock.today("Europe/Lisbon") + timedelta(days=days)).isoformat()


# With LUNA_TEST_EVERY_WALK on both widths in both themes; a run of all tests walks at the desk on one database, in the
# pocket on the other.
_WALKS = {
    "sqlite": [(1440, "light", "START1")],
    "postgres": [(390, "dark", "START2")],
    "every": [(1440, "light", "START1"), (390, "dark", "START2"), (1440, "dark", "START3"), (390, "light", "START4")],
}
_WALKED = "every" if os.environ.get("LUNA_TEST_EVERY_WALK") else os.environ.get("LUNA_TEST_DB", "sqlite")


@pytest.mark.parametrize(("width", "scheme", "key"), _WALKS[_WALKED])
def test_a_pm_takes_a_launch_from_its_name_to_its_digest(
    sign_in: SignIn, demo: Demo, width: int, scheme: Literal["light", "dark"], key: str
) -> None:
    way = Journey(sign_in("ines", width=width, scheme=scheme), demo, key, f"Start in a day ({key})")
    sent_before = demo.sandbox.post_count(CHANNEL)
    way.create_the_launch()
    way.paste_five_milestones()
    if width < PHONE:
        way.set_owner_and_due_day_in_the_drawer("Contract signed")
    else:
        way.set_owner_and_due_day_in_the_row("Contract signed")
    way.link("Import runs alone", "Epic", "ONB-1", says="13 tasks in “Import from MediDesk”")
    way.link("Voice in the visit note", "JQL query", "project = VOI AND statusCategory != Done", says="tasks")
    way.pick("Ten clinics on it", "Fernhill Asana", "Self-booking: legal and launch / Public launch", says="9 tasks")
    way.pick("Ten clinics on it", "Fernhill ClickUp", "Product ops / Launch work / French search", says="10 tasks")
    way.sync_again_and_see_where_progress_comes_from("Import runs alone", "9 of 13")
    way.let_one_wait_for_another("Ten clinics on it", "Import runs alone")
    way.raise_a_risk()
    way.record_a_decision()
    way.ask_for_an_approval("Contract signed", "Martin Hale")
    _approve(sign_in("martin", width=width, scheme=scheme), way)
    way.write_an_update()
    way.create_a_schedule()
    way.preview_and_send()
    way.open_it_in_the_sandbox()
    assert demo.sandbox.post_count(CHANNEL) == sent_before + 1
    assert sorted(_files_about(demo, way.name)) == ["document", "presentation"]


def _files_about(demo: Demo, name: str) -> list[str]:
    """The kinds of the files in the sandbox's Drive whose name begins with the launch's."""
    with urllib.request.urlopen(f"{demo.sandbox_url}/_sandbox/google/files", timeout=20) as answer:  # noqa: S310 (ours)
        found = json.load(answer)
    return [str(one["mime_type"]).rpartition(".")[2] for one in found if one["name"].startswith(name)]


def _approve(page: Page, way: Journey) -> None:
    """Who was asked finds it at home, and votes."""
    page.get_by_role("link", name="The vendor's contract").first.click()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator("article").filter(has_text="The vendor's contract")).to_contain_text("Approved")
    way.tab("Approvals")
    expect(way.page.locator("#rows")).to_contain_text("Approved")
