"""The shares of a milestone's tasks on a phone: the tasks' names have the whole width."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.test import Client
from django.urls import reverse

from tests.factories import make_connection, make_launch, make_milestone
from tests.integrations.counted import count, put, read_source
from tests.people import person

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from pytest_django import Settings
    from pytest_django.live_server_helper import LiveServer


def test_a_shared_task_is_named_above_its_field(chromium: Browser, live_server: LiveServer, settings: Settings) -> None:
    launch = make_launch(person("ana"), key="BOOK")
    one, other = make_milestone(launch, "Pilot"), make_milestone(launch, "Public launch")
    source = read_source(one, make_connection())
    put(source, "T-1", title="Handle errors in the two-way sync of Outlook’s calendar")
    put(read_source(other, source.connection, "B"), "T-1")
    count(one, other)
    client = Client()
    client.force_login(launch.owner)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    try:
        page = context.new_page()
        page.goto(reverse("integrations:counting", args=["BOOK", one.pk]))
        name = page.locator(".shares li > span").first.bounding_box()
        field = page.locator("input[name=percent]").bounding_box()
    finally:
        context.close()
    assert name is not None
    assert field is not None
    assert name["y"] + name["height"] <= field["y"]
    assert name["width"] > 250
