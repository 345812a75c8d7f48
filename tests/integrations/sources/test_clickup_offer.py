"""Lists beyond those that ClickUp's walk finds: added by their address, and kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from integrations.models import Connection
from integrations.sources.clickup import source as clickup_source
from people.models import User
from sandbox.clickup.workspace import DELETED_LIST_ID, ODDS, SEARCH, TOKEN
from sandbox.server import SandboxServer
from tests.integrations.sources.test_clickup_source import opened


@pytest.fixture
def admin(signed_in: Callable[[User], Client], ada: User) -> Client:
    return signed_in(ada)


@pytest.fixture
def connection(
    sandbox: SandboxServer, settings: LazySettings, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> Connection:
    """Made through the pages, by a Luna that stops before the first list."""
    monkeypatch.setattr(clickup_source, "MOST_WALK_CALLS", 1)
    opened(sandbox, settings).close()
    admin.post(reverse("integrations:connect", args=["clickup"]), {"name": "ClickUp", "token": TOKEN})
    return Connection.objects.get()


def offered(connection: Connection) -> list[str]:
    connection.refresh_from_db()
    return [one["name"] for one in connection.offered]


def test_a_list_that_was_not_found_is_added_by_its_address(admin: Client, connection: Connection) -> None:
    page = reverse("integrations:offer", args=[connection.pk])
    add = reverse("integrations:add_project", args=[connection.pk])
    assert "Add a list that is missing" in admin.get(page).content.decode()
    for link in (f"https://app.clickup.com/9012000001/v/li/{SEARCH}", ODDS, SEARCH):
        assert admin.post(add, {"link": link}).headers["Location"] == page
    assert offered(connection) == ["Product ops / Odds and ends", "Product ops / Launch work / French search"]
    shown = admin.get(page)
    assert [pk for pk, _ in shown.context["ticked"]] == [ODDS, SEARCH]
    admin.post(page, {"chosen": [SEARCH], "version": connection.version})
    assert offered(connection) == ["Product ops / Launch work / French search"]


@pytest.mark.parametrize(
    ("link", "said"),
    [(DELETED_LIST_ID, "There is no list"), ("the search list", "is no list of ClickUp’s"), ("", "required")],
)
def test_what_is_no_list_is_said_at_the_field(admin: Client, connection: Connection, link: str, said: str) -> None:
    answer = admin.post(reverse("integrations:add_project", args=[connection.pk]), {"link": link})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert offered(connection) == []


def test_a_walk_that_stopped_says_so(
    sandbox: SandboxServer, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(opened(sandbox, settings)) as client:
        assert client.check().steps[-1].detail == "5 found"
        monkeypatch.setattr(clickup_source, "MOST_WALK_CALLS", 1)
        assert client.check().steps[-1].detail == "0 found, and there are more"
