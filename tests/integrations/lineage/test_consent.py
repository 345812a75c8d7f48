"""Links back from a Jira that an OAuth app reads: a person agrees to writing as well, and only where it is allowed."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from integrations.credentials import access_of
from integrations.domain.types import SourceKind
from integrations.models import Connection
from integrations.sources.jira.cloud.oauth import WRITE, grant_in
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User
from sandbox.control import SandboxControl
from sandbox.jira.sign_in import CLIENT_ID, CLIENT_SECRET
from sandbox.server import SandboxServer
from tests.integrations.lineage.conftest import FEW_ISSUES, Team
from tests.integrations.webhooks.tools import jira_of_an_app
from tests.integrations.world import link, sync
from tests.moving_clock import MovingClock

HINT = "covers reading alone, so Jira takes no links"


@pytest.fixture
def admin(signed_in: Callable[[User], Client], ada: User) -> Client:
    return signed_in(ada)


@pytest.fixture
def team(
    turns: None, ada: User, milestone: Milestone, sandbox: SandboxServer, sandbox_control: SandboxControl,
    clock: MovingClock,
) -> Team:  # fmt: skip
    """Its Jira is read by an app; nobody has allowed links yet."""
    connection = jira_of_an_app(sandbox, ada)
    link(milestone, connection, FEW_ISSUES, SourceKind.JQL)
    sync(connection)
    return Team("jira", connection, milestone, sandbox_control, clock, "POST .*/remotelink")


def _page(admin: Client, connection: Connection) -> str:
    return admin.get(reverse("integrations:connection", args=[connection.pk])).content.decode()


def _switch(admin: Client, connection: Connection, way: str) -> None:
    assert admin.post(reverse(f"integrations:links_{way}", args=[connection.pk])).status_code == 303


def _saved(admin: Client, connection: Connection, secret: str = "") -> str:
    """Where saving the form leads: to Atlassian's page, or "" where nothing has to be agreed to."""
    connection.refresh_from_db()
    typed = {
        "name": connection.name, "base_url": connection.base_url, "method": "app", "client_id": CLIENT_ID,
        "client_secret": secret, "version": connection.version,
    }  # fmt: skip
    answer = admin.post(reverse("integrations:edit_connection", args=[connection.pk]), typed, follow=True)
    return str(answer.context["url"]) if answer.resolver_match.url_name == "ask_consent" else ""


def _asked(url: str) -> list[str]:
    return parse_qs(urlsplit(url).query)["scope"][0].split()


def _agree(admin: Client, url: str, *, without: str = "") -> None:
    answer = requests.post(url.replace(without, ""), data={"decision": "accept"}, allow_redirects=False, timeout=30)
    back = urlsplit(answer.headers["Location"])
    assert admin.get(f"{back.path}?{back.query}").status_code == 303


@pytest.fixture(autouse=True)
def _back_to_this_machine(turns: None, settings: LazySettings) -> None:
    settings.BASE_URL = "http://127.0.0.1:8000"


def test_once_links_are_allowed_somebody_agrees_again_and_they_are_written(admin: Client, team: Team) -> None:
    assert HINT not in _page(admin, team.connection)
    _switch(admin, team.connection, "on")
    assert HINT in _page(admin, team.connection)
    drain("links")
    assert team.wrote() == 0
    assert "agree once more" in _page(admin, team.connection)
    url = _saved(admin, team.connection)
    assert WRITE in _asked(url)
    _agree(admin, url)
    assert HINT not in _page(admin, team.connection)
    team.go_on()
    assert team.wrote() == team.tasks > 0
    assert _saved(admin, team.connection) == "", "what was agreed to is kept"


def test_without_links_nobody_is_asked_to_let_luna_write(admin: Client, team: Team) -> None:
    assert WRITE not in _asked(_saved(admin, team.connection, CLIENT_SECRET))
    _switch(admin, team.connection, "on")
    _switch(admin, team.connection, "off")
    assert WRITE not in _asked(_saved(admin, team.connection, CLIENT_SECRET))
    assert HINT not in _page(admin, team.connection)


def test_a_consent_that_gave_less_than_was_asked_for_is_told(admin: Client, team: Team) -> None:
    _switch(admin, team.connection, "on")
    url = _saved(admin, team.connection)
    _agree(admin, url, without="+write%3Ajira-work")
    assert HINT in _page(admin, team.connection)


def test_the_right_outlives_a_renewal(admin: Client, team: Team) -> None:
    _switch(admin, team.connection, "on")
    _agree(admin, _saved(admin, team.connection))
    team.go_on(3 * 60)
    drain("poll", "sync")
    team.go_on()
    team.connection.refresh_from_db()
    grant = grant_in(access_of(team.connection).secret)
    assert grant is not None
    assert grant.may_write
    assert team.wrote() == team.tasks
