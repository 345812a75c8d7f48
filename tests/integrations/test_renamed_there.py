"""A project, a section or a list is renamed in its tool: the sync goes on, and the names on Luna's pages follow."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from integrations.actions.connections import offer_projects, sync_now
from integrations.domain.types import SourceKind
from integrations.models import Connection, Task, TaskSource
from integrations.registry import open_source
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User
from sandbox.control import SandboxControl
from tests.integrations.world import link, sync

SignedIn = Callable[[User], Client]


@pytest.fixture
def admin(signed_in: SignedIn, ada: User) -> Client:
    return signed_in(ada)


def compare(admin: Client, connection: Connection) -> None:
    """As an admin who presses “Compare with the source”."""
    admin.post(reverse("integrations:sync_connection", args=[connection.pk]), {"census": "1"})
    drain("sync")


def offer(connection: Connection, admin: User, *keys: str) -> None:
    """Chosen among what Jira lists now."""
    connection.refresh_from_db()
    chosen = [one for one in open_source(connection).projects() if one.key in keys]
    offer_projects(connection=connection, version=None, projects=chosen, actor=admin)


def page(reader: Client, connection: Connection) -> str:
    return reader.get(reverse("integrations:connection", args=[connection.pk])).content.decode()


def panel(reader: Client, milestone: Milestone) -> str:
    return reader.get(reverse("integrations:milestone_sources", args=["BOOK", milestone.pk])).content.decode()


@pytest.mark.parametrize("keeps_old_key", [True, False])
@pytest.mark.parametrize("query", ["project = CAL AND type != Epic", 'project in ("Calendar", PAY) AND type != Epic'])
def test_a_query_by_the_old_key_goes_on(
    query: str,
    keeps_old_key: bool,
    admin: Client,
    jira: Connection,
    milestone: Milestone,
    ada: User,
    sandbox_control: SandboxControl,
) -> None:
    offer(jira, ada, "CAL", "PAY")
    link(milestone, jira, query, SourceKind.JQL)
    sync(jira)
    before = set(Task.objects.values_list("external_id", flat=True))
    sandbox_control.rename_project("CAL", key="CLD", name="Calendars", keeps_old_key=keeps_old_key)
    for _ in range(2):
        compare(admin, jira)
        jira.refresh_from_db()
        assert TaskSource.objects.get().error_sentence == ""
        assert set(Task.objects.filter(removed_at__isnull=True).values_list("external_id", flat=True)) == before
    assert "CLD (once CAL), PAY" in page(admin, jira)
    assert Task.objects.filter(key__startswith="CLD-").exists()
    assert not Task.objects.filter(key__startswith="CAL-").exists(), "the tasks bear the new key"
    offer(jira, ada, "CLD", "PAY")
    sync_now(connection=jira, actor=ada)
    sync(jira)
    assert TaskSource.objects.get().error_sentence == "", "also after the offer was saved anew"


def test_an_epic_follows_its_key_and_its_name(
    admin: Client, jira: Connection, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    link(milestone, jira, "CAL-2")
    sync(jira)
    sandbox_control.rename_project("CAL", key="CLD")
    sandbox_control.edit_issue("CLD-2", summary="Sync, both ways")
    compare(admin, jira)
    source = TaskSource.objects.get()
    assert (source.query, source.title, source.error_sentence) == ("CLD-2", "Sync, both ways", "")
    shown = panel(admin, milestone)
    assert "CLD-2" in shown
    assert "13 of 21" in shown


def test_the_new_key_is_taken_before_luna_has_heard_of_it(
    signed_in: SignedIn, ben: User, jira: Connection, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    sandbox_control.rename_project("CAL", key="CLD")
    url = reverse("integrations:check_source", args=["BOOK", milestone.pk])
    answer = signed_in(ben).post(url, {"connection": jira.pk, "kind": "jql", "query": "project = CLD"})
    assert answer.status_code == 200
    refused = signed_in(ben).post(url, {"connection": jira.pk, "kind": "jql", "query": "project = OPS"})
    assert "does not offer OPS" in refused.content.decode(), "what is not offered stays out"


def test_a_project_that_is_gone_is_told_with_what_to_do(
    admin: Client, jira: Connection, milestone: Milestone, ada: User
) -> None:
    link(milestone, jira, "project = CAL AND type != Epic", SourceKind.JQL)
    sync(jira)
    Connection.objects.update(offered=[{"id": "99999", "key": "CAL", "name": "Calendar"}])
    sync_now(connection=jira, actor=ada)
    sync(jira)
    shown = page(admin, jira)
    assert "Sources that can’t be read" in shown
    assert "Jira knows no such project" in shown
    assert "Look in Jira for the key that it has now, and link its tasks anew by that." in shown


def test_an_epic_whose_key_leads_nowhere_is_told_with_what_to_do(
    admin: Client, jira: Connection, milestone: Milestone, ada: User, sandbox_control: SandboxControl
) -> None:
    link(milestone, jira, "CAL-2", SourceKind.EPIC)
    sync(jira)
    sandbox_control.rename_project("CAL", key="CLD", keeps_old_key=False)
    sync_now(connection=jira, actor=ada)
    sync(jira)
    shown = page(admin, jira)
    assert "Jira knows no such issue" in shown
    assert "Look in Jira for the key that it has now, and link its tasks anew by that." in shown
    assert "Change it until Check finds tasks" not in shown, "nobody wrote a query"


def test_what_cannot_be_asked_keeps_its_name(
    admin: Client, jira: Connection, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    link(milestone, jira)
    sync(jira)
    before = list(jira.offered)
    sandbox_control.rename_project("CAL", key="CLD")
    sandbox_control.add_fault("jira", "status", status=404, match="/project/", times=9)
    sandbox_control.add_fault("jira", "status", status=503, match="/issue/", times=9)
    compare(admin, jira)
    jira.refresh_from_db()
    assert jira.offered == before
    assert jira.state == "ok"
