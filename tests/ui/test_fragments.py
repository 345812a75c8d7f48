"""One view answers with the page or with its part; news and redirects travel with either."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.test import Client, RequestFactory

from luna.ui.htmx import next_url

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries


def aimed(target: str, **more: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target, **more}


def test_the_page_for_people_and_the_part_for_htmx(site: Client) -> None:
    page, part = site.get("/"), site.get("/", headers=aimed("div#rows"))
    assert b"<!doctype html>" in page.content
    assert part.content.lstrip().startswith(b'<div id="rows"')
    assert part.content.strip() in page.content
    assert "HX-Request" in page["Vary"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        aimed("body"),
        aimed("div#elsewhere"),
        {"HX-Target": "div#rows"},
        aimed("div#rows", **{"HX-History-Restore-Request": "true"}),
    ],
)
def test_anything_else_gets_the_whole_page(site: Client, headers: dict[str, str]) -> None:
    assert b"<!doctype html>" in site.get("/", headers=headers).content


def test_the_drawer_gets_the_part_of_the_thing(site: Client) -> None:
    part = site.get("/items/2/", headers=aimed("div#drawer-body")).content
    assert part.lstrip().startswith(b'<div class="drawer-head">')
    assert b"tabs" not in part


def test_errors_keep_the_input_and_say_422(site: Client) -> None:
    answer = site.post("/", {"name": "", "state": "completed", "notes": "Long thoughts"})
    assert answer.status_code == 422
    assert b"Long thoughts" in answer.content


def test_a_post_leads_elsewhere_with_its_news(site: Client) -> None:
    answer = site.post("/", {"name": "Beta", "state": "completed"})
    assert (answer.status_code, answer["Location"]) == (303, "/")
    page = site.get("/").content.decode()
    assert "<p>Saved.</p>" in page
    assert '<form method="post" action="/undo/">' in page
    assert "<p>Saved.</p>" not in site.get("/").content.decode()


def test_htmx_is_led_by_header(site: Client) -> None:
    answer = site.post("/", {"name": "Beta", "state": "completed"}, headers=aimed("form"))
    assert (answer.status_code, answer["HX-Redirect"], answer.content) == (200, "/", b"")
    assert "<p>Saved.</p>" in site.get("/").content.decode()


def test_a_fragment_brings_its_news_along(site: Client) -> None:
    answer = site.post("/items/2/", {"name": "x"}, headers=aimed("div#drawer-body"))
    html = answer.content.decode()
    assert '<hx-partial hx-target="#toasts" hx-swap="beforeend">' in html
    assert "Renamed." in html
    assert json.loads(answer["HX-Trigger"]) == {"milestones-changed": {"target": "body"}}


@pytest.mark.parametrize(
    ("wanted", "where"),
    [
        ("/launches/", "/launches/"),
        ("https://elsewhere.example/", "/me/"),
        ("//elsewhere.example", "/me/"),
        ("javascript:alert(1)", "/me/"),
        ("", "/me/"),
    ],
)
def test_next_stays_on_this_site(wanted: str, where: str) -> None:
    assert next_url(RequestFactory().post("/", {"next": wanted}), "/me/") == where


def test_the_shell_asks_the_database_nothing_of_its_own(
    site: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):  # The session and its person.
        site.get("/")
