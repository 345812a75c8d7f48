"""Choosing what a connection offers: searched, with what is ticked kept."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import Connection
from integrations.sources.jira.cloud import client as jira_cloud
from people.models import User
from sandbox.control import SandboxControl

SignedIn = Callable[[User], Client]
PARTIAL = {"HX-Request": "true", "HX-Target": "div#offered"}


@pytest.fixture
def admin(signed_in: SignedIn, ada: User) -> Client:
    return signed_in(ada)


@pytest.fixture
def url(jira: Connection) -> str:
    return reverse("integrations:offer", args=[jira.pk])


def test_a_search_finds_by_key_and_name_and_keeps_what_is_ticked(admin: Client, url: str, jira: Connection) -> None:
    asked: dict[str, str | int | list[str]] = {"q": "PAY", "chosen": ["10000"], "version": jira.version}
    page = admin.get(url, asked)
    assert [label for _, label in page.context["ticked"]] == ["CAL · Calendar"]
    assert [label.partition(" ")[0] for _, label in page.context["found"]] == ["PAY"]
    assert 'name="chosen" value="10000" checked' in page.content.decode()
    part = admin.get(url, asked, headers=PARTIAL).content.decode()
    assert part.strip().startswith('<div id="offered"')
    assert "csrfmiddlewaretoken" not in part


def test_nothing_found_is_said_with_the_words_that_were_searched(admin: Client, url: str) -> None:
    page = admin.get(url, {"q": "<b>zzz"}, headers=PARTIAL).content.decode()
    assert "No other project has “&lt;b&gt;zzz”" in page


def test_a_search_asks_the_service_once(
    admin: Client, url: str, jira: Connection, sandbox_control: SandboxControl
) -> None:
    admin.get(url)
    sandbox_control.add_fault("jira", "status", match="project", status=500)
    assert [pk for pk, _ in admin.get(url, {"q": "cal", "chosen": []}).context["found"]] == ["10000"]
    assert "can’t be listed now" in admin.get(url).content.decode(), "opening the page asks again"


def test_what_was_ticked_before_and_after_a_search_is_saved(admin: Client, url: str, jira: Connection) -> None:
    saved = {"q": "PAY", "chosen": ["10000", "10001"], "version": jira.version}
    assert admin.post(url, saved).status_code == 303
    jira.refresh_from_db()
    assert [one["key"] for one in jira.offered] == ["CAL", "PAY"]


def test_a_choice_that_someone_else_changed_stays_ticked_with_its_search(
    admin: Client, url: str, jira: Connection
) -> None:
    stale = admin.post(url, {"chosen": ["10001"], "version": jira.version - 1})
    assert stale.status_code == 409
    page = stale.content.decode()
    assert "Someone else saved this" in page
    assert 'value="10001" checked' in page
    assert f'name="version" value="{jira.version}"' in page


@pytest.fixture
def few_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jira lists two projects and no more; PAY is none of them."""
    monkeypatch.setattr(jira_cloud, "PROJECTS_PAGE", 2)
    monkeypatch.setattr(jira_cloud, "MAX_PROJECT_PAGES", 1)


@pytest.mark.usefixtures("few_listed")
def test_a_project_beyond_those_listed_is_found_by_its_words(admin: Client, url: str, jira: Connection) -> None:
    page = admin.get(url)
    assert len(page.context["found"]) <= 2
    assert "There are more projects than Luna lists here" in page.content.decode()
    found = admin.get(url, {"q": "pay"}).context["found"]
    assert [(pk, label.partition(" ")[0]) for pk, label in found] == [("10001", "PAY")]
    kept = admin.get(url, {"q": "cal", "chosen": ["10001"]}).context["ticked"]
    assert [pk for pk, _ in kept] == ["10001"], "what was found stays ticked while one searches on"
    assert admin.post(url, {"q": "", "chosen": ["10001", "10000"], "version": jira.version}).status_code == 303
    jira.refresh_from_db()
    assert {one["key"] for one in jira.offered} == {"CAL", "PAY"}


@pytest.mark.usefixtures("few_listed")
def test_what_is_no_project_can_t_be_chosen(admin: Client, url: str, jira: Connection) -> None:
    assert admin.post(url, {"chosen": ["99999"], "version": jira.version}).status_code == 422


def test_where_all_is_listed_nothing_is_said_of_more(admin: Client, url: str) -> None:
    assert "There are more" not in admin.get(url).content.decode()
