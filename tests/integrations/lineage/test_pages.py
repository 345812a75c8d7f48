"""What an admin reads and does about links back on a connection's page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from integrations.models import Connection, LinkRound
from luna.events.models import Event
from luna.lib.work import drain
from people.models import User
from tests.factories import make_connection
from tests.integrations.lineage.conftest import Team


@pytest.fixture
def admin(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


def _page(admin: Client, connection: Connection) -> str:
    return admin.get(reverse("integrations:connection", args=[connection.pk])).content.decode()


def _switch(admin: Client, connection: Connection, way: str) -> int:
    return admin.post(reverse(f"integrations:links_{way}", args=[connection.pk])).status_code


@pytest.mark.django_db
class TestSwitch:
    def test_it_is_off_and_says_exactly_what_would_be_written(self, admin: Client) -> None:
        jira = make_connection("Jira")
        assert not jira.may_link_back
        page = _page(admin, jira)
        for words in ("one web link", "Serves milestone “", "Link issues", "write:jira-work", "Allow links back"):
            assert words in page

    @pytest.mark.parametrize("provider", ["asana", "clickup"])
    def test_of_comments_it_says_who_hears_of_them(self, admin: Client, provider: str) -> None:
        page = _page(admin, make_connection("Tool", provider=provider))
        assert "one comment" in page
        assert "tells those who follow the task" in page
        assert "write:jira-work" not in page

    @pytest.mark.parametrize("provider", ["slack", "upload", "google"])
    def test_places_and_own_lists_have_none(self, admin: Client, provider: str) -> None:
        other = make_connection("Other", provider=provider)
        assert "Links back" not in _page(admin, other)
        assert _switch(admin, other, "on") == 404
        other.refresh_from_db()
        assert not other.may_link_back

    def test_it_is_switched_on_and_off_and_both_are_logged_once(self, admin: Client) -> None:
        jira = make_connection("Jira")
        for way, is_on in (("on", True), ("on", True), ("off", False)):
            assert _switch(admin, jira, way) == 303
            jira.refresh_from_db()
            assert jira.may_link_back is is_on
        verbs = Event.objects.filter(subject_kind="connection").order_by("pk").values_list("verb", flat=True)
        assert list(verbs) == ["connection.links_on", "connection.links_off"]
        assert LinkRound.objects.count() == 1


class TestFigures:
    def test_how_many_tell_and_how_many_wait(self, make_team: Callable[..., Team], admin: Client) -> None:
        team = make_team("asana")
        assert f"0 tasks linked back, {team.tasks} waiting" in _page(admin, team.connection)
        drain("links")
        assert f"{team.tasks} tasks linked back, 0 waiting" in _page(admin, team.connection)
        _switch(admin, team.connection, "off")
        page = _page(admin, team.connection)
        assert f"{team.tasks} tasks still tell of a milestone" in page
        assert "Allow links back" in page

    def test_a_refusal_stands_there_with_a_button_to_try_again(
        self, make_team: Callable[..., Team], admin: Client
    ) -> None:
        team = make_team("asana")
        team.control.add_fault("asana", "status", match=team.call, status=403)
        drain("links")
        page = _page(admin, team.connection)
        assert "does not let this account comment" in page
        assert "Try again now" in page
        _switch(admin, team.connection, "on")
        team.go_on()
        assert "Try again now" not in _page(admin, team.connection)
