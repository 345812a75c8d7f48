"""A connection pointed at another site: what was read at the old one never stands for what is at the new one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from integrations.account import AccountInfo, Project
from integrations.actions.connections import edit_connection, offer_projects
from integrations.credentials import site_of
from integrations.domain.types import RemovedWhy, RunState, RunTrigger, SourceKind
from integrations.models import Connection, ScopeChange, SourceTask, SyncRun, Task
from integrations.registry import open_source
from integrations.sources.base import SourceQuery
from integrations.sync.runs import start_run, work_slice
from integrations.tasks import SYNC
from luna import clock as luna_clock
from luna.env import PrivateTarget
from luna.lib.redaction import Secret
from luna.lib.work import LeaseLostError, claim
from milestones.models import Milestone
from people.models import User
from sandbox.server import SandboxServer
from tests.factories import make_milestone, make_payload
from tests.integrations.world import EMAIL, OFFERED, TOKEN, link, sync
from tests.moving_clock import MovingClock

SignedIn = Callable[[User], Client]


@pytest.fixture
def admin(signed_in: SignedIn, ada: User) -> Client:
    return signed_in(ada)


@pytest.fixture
def other_site(sandbox: SandboxServer, settings: LazySettings, jira: Connection) -> str:
    """The address of a site whose tasks have the ids that those of the first site have."""
    port = urlsplit(sandbox.url).port or 0
    settings.PRIVATE_HOSTS = (*settings.PRIVATE_HOSTS, PrivateTarget("localhost", port))
    return f"http://localhost:{port}/jira"


def point_at(connection: Connection, base_url: str, actor: User) -> None:
    """A new address with its token."""
    edit_connection(
        connection=connection,
        version=None,
        name=connection.name,
        base_url=base_url,
        account=EMAIL,
        secret=Secret(TOKEN),
        info=AccountInfo(EMAIL, "Elsewhere"),
        actor=actor,
    )


def offer_all(connection: Connection, actor: User) -> None:
    projects = [Project(pk, key, key) for key, pk in OFFERED.items()]
    offer_projects(connection=connection, version=None, projects=projects, actor=actor)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("https://a.example", "https://A.example:443/", True),
        ("https://a.example/jira", "https://a.example/jira/", True),
        ("https://a.example/jira1", "https://a.example/jira2", False),
        ("https://a.example/jira", "https://a.example", False),
        ("https://a.example", "http://a.example", False),
        ("https://a.example", "https://b.example", False),
        ("", "", True),
    ],
)
def test_what_another_site_is(one: str, other: str, is_same: bool) -> None:
    assert (site_of(one) == site_of(other)) is is_same


def test_another_address_typed_with_its_token_lets_the_projects_be_chosen_anew(
    admin: Client, jira: Connection, milestone: Milestone, other_site: str
) -> None:
    source = link(milestone, jira)
    sync(jira)
    jira.refresh_from_db()
    url = reverse("integrations:edit_connection", args=[jira.pk])
    assert "Another address is another site" in admin.get(url).content.decode(), "said before"
    typed = {"name": "Jira", "base_url": other_site, "account": EMAIL, "token": TOKEN, "version": jira.version}
    answer = admin.post(url, typed)
    jira.refresh_from_db()
    source.refresh_from_db()
    assert answer.headers["Location"] == reverse("integrations:offer", args=[jira.pk])
    assert (jira.base_url, jira.offered, jira.last_synced_at) == (other_site, [], None)
    assert (source.cursor_ms, source.full_read_at, source.censused_at, source.synced_at) == (None,) * 4
    assert "leads to another site now" in admin.get(answer.headers["Location"]).content.decode(), "and after"
    assert (
        "Nothing is read before you choose"
        in admin.get(reverse("integrations:connection", args=[jira.pk])).content.decode()
    )


def test_the_old_sites_tasks_are_let_go_with_their_reason_at_once(
    jira: Connection, milestone: Milestone, other_site: str, ada: User
) -> None:
    link(milestone, jira)
    sync(jira)
    make_payload(jira, "10042")
    point_at(jira, other_site, ada)
    milestone.refresh_from_db()
    assert milestone.tasks_total in {0, None}
    assert not SourceTask.objects.exists()
    assert not jira.quarantine.exists()
    assert set(Task.objects.values_list("removed_why", flat=True)) == {RemovedWhy.NO_ACCESS}
    assert ScopeChange.objects.filter(why=RemovedWhy.NO_ACCESS).count() == 21


def test_a_task_of_the_old_site_never_stands_for_one_with_its_id_at_the_new_one(
    jira: Connection, milestone: Milestone, other_site: str, ada: User, clock: MovingClock
) -> None:
    source = link(milestone, jira)
    sync(jira)
    # As if the old site's tasks had other titles, and had changed later than those of the new one with the same ids.
    Task.objects.update(title="Of the old site", remote_updated_at=luna_clock.now() + timedelta(days=30))
    point_at(jira, other_site, ada)
    offer_all(jira, ada)
    assert sync(jira).state == RunState.DONE
    linked = Task.objects.filter(links__source=source)
    assert linked.count() == 21
    assert not linked.filter(title="Of the old site").exists()
    assert Task.objects.filter(title="Of the old site", removed_at__isnull=False).count() == 21, "kept as last seen"


def test_who_goes_back_finds_what_was_there(jira: Connection, milestone: Milestone, other_site: str, ada: User) -> None:
    source = link(milestone, jira)
    sync(jira)
    before, home = set(Task.objects.values_list("pk", "external_id")), jira.base_url
    point_at(jira, other_site, ada)
    assert not before & set(Task.objects.values_list("pk", "external_id"))
    point_at(jira, home, ada)
    offer_all(jira, ada)
    sync(jira)
    linked = Task.objects.filter(links__source=source, removed_at__isnull=True)
    assert set(linked.values_list("pk", "external_id")) == before


def test_another_path_on_the_same_host_is_another_site(
    jira: Connection, milestone: Milestone, sandbox: SandboxServer, ada: User
) -> None:
    link(milestone, jira)
    sync(jira)
    point_at(jira, f"{sandbox.url}/jira2", ada)
    assert (jira.offered, SourceTask.objects.count()) == ([], 0)


def test_another_token_for_the_same_site_keeps_all(
    jira: Connection, milestone: Milestone, sandbox: SandboxServer, ada: User
) -> None:
    source = link(milestone, jira)
    sync(jira)
    point_at(jira, f"{sandbox.url}/jira/", ada)
    assert len(jira.offered) == len(OFFERED)
    assert SourceTask.objects.filter(source=source).count() == 21


def test_a_worker_in_the_middle_of_the_old_site_writes_no_more(
    jira: Connection, milestone: Milestone, other_site: str, ada: User
) -> None:
    link(milestone, jira)
    run = SyncRun.objects.get()
    held = claim(SYNC, run.pk)
    assert held is not None
    point_at(jira, other_site, ada)
    with pytest.raises(LeaseLostError):
        work_slice(held)
    run.refresh_from_db()
    assert (run.state, Task.objects.count()) == (RunState.FAILED, 0)
    assert "another site" in run.error_sentence


def test_a_first_read_that_broke_off_takes_nothing_from_other_sources(jira: Connection, milestone: Milestone) -> None:
    whole = link(milestone, jira, "project = CAL AND type != Epic", SourceKind.JQL)
    sync(jira)
    new = link(make_milestone(milestone.launch, "New one"), jira)
    with closing(open_source(jira)) as client:
        page = client.page(SourceQuery(new.kind, new.query), updated_since_ms=None, token=None)
    found = [one.external_id for one in page.records]
    stray = Task.objects.filter(links__source=whole).exclude(external_id__in=found).first()
    assert stray is not None
    # What a run had linked before it was given up; meanwhile the task left what the new source finds.
    SyncRun.objects.filter(state=RunState.WAITING).update(state=RunState.FAILED, due_at=None)
    SourceTask.objects.create(source=new, task=stray, seen_by=1)
    start_run(jira, RunTrigger.SCHEDULE)
    sync(jira)
    stray.refresh_from_db()
    assert stray.removed_at is None
    assert list(SourceTask.objects.filter(task=stray).values_list("source", flat=True)) == [whole.pk]
    assert not ScopeChange.objects.filter(task=stray, milestone=milestone).exists()
