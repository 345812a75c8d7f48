"""The resolutions that mean cancelled, from the form to the states of tasks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from integrations.account import Access, AccountInfo, CheckReport
from integrations.actions.connections import repoint_connection
from integrations.domain.types import TaskState
from integrations.models import Connection, SyncRun, Task
from integrations.registry import part
from integrations.sources.jira import resolutions
from integrations.sources.jira.forms import JiraForm, token_field
from luna.lib.redaction import Secret
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User
from sandbox.server import SandboxServer
from tests.integrations.world import EMAIL, link, sync


class Unasked(JiraForm):
    """Asks nobody."""

    token = token_field("Token")

    def check(self, access: Access) -> CheckReport:
        return CheckReport((), AccountInfo("ines", access.base_url))


def stored(**options: Any) -> Access:
    return Access("", "", Secret("token-token-token"), options)


@pytest.fixture
def admin_of_jira(signed_in: Callable[[User], Client], ada: User, jira: Connection) -> tuple[Client, Connection]:
    """A browser with an admin's session, and the connection."""
    return signed_in(ada), jira


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        ("Won't Do", ["Won't Do"]),
        ("Won't Do\r\nDuplicate, Declined\n\n ,", ["Won't Do", "Duplicate", "Declined"]),
        ("won’t do\nWon't  Do", ["won’t do"]),
        ("\x00Nie\u202e", ["Nie"]),
    ],
)
def test_one_per_line_or_parted_by_commas(text: str, names: list[str]) -> None:
    assert resolutions.typed_list(text) == names


@pytest.mark.parametrize("text", ["x" * 121, ",".join(f"name {n}" for n in range(101))])
def test_a_list_has_bounds(text: str) -> None:
    with pytest.raises(ValueError, match=r"[Aa]t most"):
        resolutions.typed_list(text)


@given(st.text(max_size=120))
def test_what_was_typed_stays_the_same_when_it_is_saved_again(text: str) -> None:
    names = resolutions.typed_list(text)
    assert resolutions.typed_list("\n".join(names)) == names
    known = resolutions.means_cancelled({resolutions.OPTION: names})
    assert all(resolutions.normalised(name) in known for name in names)


@pytest.mark.parametrize(
    ("stored_options", "typed", "kept"),
    [
        ({}, None, {}),
        ({}, "\n".join(resolutions.DEFAULT), {}),
        ({}, "", {resolutions.OPTION: []}),
        ({}, "Nope", {resolutions.OPTION: ["Nope"]}),
        ({resolutions.OPTION: ["Nope"]}, None, {resolutions.OPTION: ["Nope"]}),
        ({resolutions.OPTION: ["Nope"], "other": 1}, "\n".join(resolutions.DEFAULT), {"other": 1}),
    ],
)
def test_only_another_list_than_the_default_is_kept(
    stored_options: dict[str, Any], typed: str | None, kept: dict[str, Any]
) -> None:
    data = {"name": "Jira"} | ({} if typed is None else {"cancelled_resolutions": typed})
    form = Unasked(data, stored=stored(**stored_options))
    assert form.is_valid()
    assert form.options == kept


def test_the_form_shows_what_holds() -> None:
    for provider in ("jira_cloud", "jira_data_center"):
        form = part(provider, "forms.CredentialsForm")(stored=stored(cancelled_resolutions=["Nope", "Never"]))
        assert "Nope\nNever" in str(form["cancelled_resolutions"])
        assert "Abandoned" in str(part(provider, "forms.CredentialsForm")()["cancelled_resolutions"])


@pytest.mark.django_db
def test_another_list_reads_every_task_again(
    admin_of_jira: tuple[Client, Connection], milestone: Milestone, sandbox: SandboxServer
) -> None:
    """CAL-1 has one task resolved as Won't Do, which nobody touches between the two reads."""
    admin, jira = admin_of_jira
    link(milestone, jira, "CAL-1")
    sync(jira)
    assert Task.objects.filter(state=TaskState.CANCELLED).count() == 1
    page = reverse("integrations:edit_connection", args=[jira.pk])
    typed = {"name": jira.name, "base_url": f"{sandbox.url}/jira", "account": EMAIL, "version": jira.version}
    assert admin.post(page, typed | {"cancelled_resolutions": "Duplicate"}).status_code == 303
    jira.refresh_from_db()
    assert jira.options == {"cancelled_resolutions": ["Duplicate"]}
    assert SyncRun.objects.latest("pk").is_full
    drain("sync")
    assert not Task.objects.filter(state=TaskState.CANCELLED).exists()
    milestone.refresh_from_db()
    assert (milestone.tasks_total, milestone.tasks_done) == (19, 19)


@pytest.mark.django_db
def test_saving_the_same_list_reads_nothing_again(
    admin_of_jira: tuple[Client, Connection], sandbox: SandboxServer
) -> None:
    admin, jira = admin_of_jira
    page = reverse("integrations:edit_connection", args=[jira.pk])
    shown = "\r\n".join(resolutions.DEFAULT)
    typed = {"name": "Our Jira", "base_url": f"{sandbox.url}/jira", "account": EMAIL, "version": jira.version}
    assert admin.post(page, typed | {"cancelled_resolutions": shown}).status_code == 303
    jira.refresh_from_db()
    assert (jira.name, jira.options, SyncRun.objects.count()) == ("Our Jira", {}, 0)


@pytest.mark.django_db
def test_another_address_keeps_the_new_list_and_reads_all_of_it(
    jira: Connection, milestone: Milestone, ada: User
) -> None:
    source = link(milestone, jira, "CAL-1")
    sync(jira)
    jira.refresh_from_db()
    options = {resolutions.OPTION: ["Nope"]}
    where = {"base_url": "https://jira.elsewhere.example", "account": EMAIL}
    repoint_connection(connection=jira, version=jira.version, name="Jira", **where, options=options, actor=ada)
    source.refresh_from_db()
    assert (jira.options, source.full_read_at) == (options, None)
