"""Asana all the way: connected and offered through the pages, linked by sections, read into the mirror, counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from integrations.actions.connections import sync_now
from integrations.domain.types import RemovedWhy, RunState, RunTrigger, SourceKind, TaskState
from integrations.models import Connection, QuarantinedPayload, SyncRun, Task
from integrations.sources.asana import client as asana_client
from integrations.sync import runs
from integrations.sync.runs import start_run
from luna.lib.work import drain
from milestones.models import Milestone, WorkDay
from people.models import User
from sandbox.asana.plan import PROJECTS, REVOKED_TOKEN, TOKEN
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.sources.test_asana_reading import put_below
from tests.integrations.world import link, open_to, sync
from tests.moving_clock import MovingClock

LEGAL = PROJECTS[0]
PROTECTION, LAUNCH, TRAINING = (section.gid for section in LEGAL.sections)


@pytest.fixture
def admin(signed_in: Callable[[User], Client], ada: User, sandbox: SandboxServer, settings: LazySettings) -> Client:
    open_to(sandbox, settings)
    settings.ASANA_URL = f"{sandbox.url}/asana/api/1.0"
    return signed_in(ada)


@pytest.fixture
def connected(admin: Client) -> Connection:
    """It offers one project."""
    offer = admin.post(reverse("integrations:connect", args=["asana"]), {"name": "Asana", "token": TOKEN})
    connection = Connection.objects.get()
    admin.post(offer.headers["Location"], {"chosen": [LEGAL.gid], "version": connection.version})
    connection.refresh_from_db()
    return connection


def look(connection: Connection, admin: User) -> SyncRun:
    """What a look at what changed finds."""
    sync_now(connection=connection, is_full=False, actor=admin)
    return sync(connection)


def test_an_admin_connects_it_and_chooses_projects(admin: Client) -> None:
    connect = reverse("integrations:connect", args=["asana"])
    assert "did not accept the token" in admin.post(connect, {"name": "A", "token": REVOKED_TOKEN}).content.decode()
    assert not Connection.objects.exists()
    offer = admin.post(connect, {"name": "Asana", "token": f" {TOKEN}\n"}).headers["Location"]
    page = admin.get(offer).content.decode()
    assert all(project.name in page for project in PROJECTS)
    connection = Connection.objects.get()
    admin.post(offer, {"chosen": [LEGAL.gid], "version": connection.version})
    shown = admin.get(reverse("integrations:connection", args=[connection.pk])).content.decode()
    assert LEGAL.name in shown
    assert TOKEN not in shown
    assert (connection.account, connection.workspace_name) == ("ines@fernhill.example", "Fernhill")


def test_a_section_is_read_and_counted(connected: Connection, milestone: Milestone) -> None:
    link(milestone, connected, PROTECTION, SourceKind.SECTION)
    run = sync(connected)
    milestone.refresh_from_db()
    # Asana counts no section: how many there were at last is all that can be said of what is ahead.
    assert (run.state, run.read, run.expected) == (RunState.DONE, 10, 0)
    assert (milestone.tasks_total, milestone.tasks_done, milestone.tasks_in_progress) == (10, 7, 1)
    assert sum(day.completed for day in WorkDay.objects.filter(milestone=milestone)) == 7
    assert Task.objects.get(state=TaskState.IN_PROGRESS).title == "Approve the consent wording"


def test_two_sections_of_a_project_and_the_project_itself_count_each_task_once(
    connected: Connection, milestone: Milestone
) -> None:
    for kind, gid in ((SourceKind.PROJECT, LEGAL.gid), (SourceKind.SECTION, TRAINING), (SourceKind.SECTION, LAUNCH)):
        link(milestone, connected, gid, kind)
    sync(connected)
    milestone.refresh_from_db()
    assert (milestone.tasks_total, milestone.tasks_done) == (25, 9)


def test_a_second_run_reads_only_what_changed(
    connected: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock, ada: User
) -> None:
    link(milestone, connected, LEGAL.gid, SourceKind.PROJECT)
    sync(connected)
    clock.move(timedelta(hours=2))
    (gid,) = sandbox_control.create_asana_tasks(TRAINING)
    clock.move(timedelta(minutes=11))
    run = look(connected, ada)
    assert (run.read, run.changed) == (1 + 2, 1), "told by the record; and the newest known is within the overlap"
    clock.move(timedelta(hours=1))
    sandbox_control.edit_asana_task(gid, completed=True)
    clock.move(timedelta(minutes=11))
    assert look(connected, ada).read == 1 + 1
    milestone.refresh_from_db()
    assert (milestone.tasks_total, milestone.tasks_done) == (26, 10)


def census(connection: Connection) -> SyncRun:
    """A comparison of ids."""
    start_run(connection, RunTrigger.CENSUS)
    return sync(connection)


def test_what_was_moved_deleted_or_closed_is_seen_by_the_census(
    connected: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    link(milestone, connected, TRAINING, SourceKind.SECTION)
    stays, moves, goes, hides = sandbox_control.create_asana_tasks(TRAINING, count=4)
    (comes,) = sandbox_control.create_asana_tasks(LAUNCH)
    sync(connected)
    clock.move(timedelta(hours=1))
    sandbox_control.edit_asana_task(moves, sections=[LAUNCH])
    sandbox_control.edit_asana_task(comes, sections=[TRAINING])
    sandbox_control.delete_asana_task(goes)
    sandbox_control.edit_asana_task(hides, hidden=True)
    run = census(connected)
    assert (run.state, run.removed) == (RunState.DONE, 3)
    why = dict(Task.objects.exclude(removed_why="").values_list("external_id", "removed_why"))
    assert why == {moves: RemovedWhy.MOVED, goes: RemovedWhy.DELETED, hides: RemovedWhy.NO_ACCESS}
    milestone.refresh_from_db()
    assert milestone.tasks_total == 6 + 2
    assert {stays, comes} <= set(Task.objects.filter(removed_at=None).values_list("external_id", flat=True))


def test_sub_tasks_are_in_the_mirror_and_outlast_a_census(
    connected: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock, ada: User
) -> None:
    source = link(milestone, connected, TRAINING, SourceKind.SECTION)
    (parent,) = sandbox_control.create_asana_tasks(TRAINING)
    child, gone = put_below(sandbox_control, parent, count=2)
    sync(connected)
    assert set(Task.objects.filter(is_subtask=True).values_list("external_id", flat=True)) == {child, gone}
    assert census(connected).removed == 0
    clock.move(timedelta(hours=1))
    sandbox_control.edit_asana_task(child, completed=True)
    sandbox_control.edit_asana_task(parent, name="Changed, too")
    look(connected, ada)
    assert Task.objects.get(external_id=child).state == TaskState.DONE
    sandbox_control.delete_asana_task(gone)
    assert census(connected).removed == 1
    source.refresh_from_db()
    assert source.at_source == 8


def test_a_sub_task_that_changed_alone_is_read_by_the_census(
    connected: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    link(milestone, connected, TRAINING, SourceKind.SECTION)
    (parent,) = sandbox_control.create_asana_tasks(TRAINING)
    (child,) = put_below(sandbox_control, parent)
    sync(connected)
    clock.move(timedelta(hours=1))
    sandbox_control.edit_asana_task(child, completed=True)
    run = census(connected)
    assert (run.changed, Task.objects.get(external_id=child).state) == (1, TaskState.DONE)


def test_a_task_that_cannot_be_read_is_set_aside_and_the_rest_is_read(
    connected: Connection, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    (gid,) = sandbox_control.create_asana_tasks(TRAINING)
    sandbox_control.add_fault("asana", "malformed_issue", key=gid)
    link(milestone, connected, TRAINING, SourceKind.SECTION)
    assert sync(connected).quarantined == 1
    assert QuarantinedPayload.objects.get().external_id == gid
    milestone.refresh_from_db()
    assert milestone.tasks_total == 6


def test_what_changed_behind_the_reader_during_a_long_read_is_seen_by_the_next(
    connected: Connection,
    milestone: Milestone,
    sandbox_control: SandboxControl,
    clock: MovingClock,
    ada: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asana_client, "PAGE_SIZE", 10)
    link(milestone, connected, LEGAL.gid, SourceKind.PROJECT)
    monkeypatch.setattr(runs, "SLICE_SECONDS", -1.0)
    drain("sync", limit=1)
    clock.move(timedelta(minutes=1))
    read = Task.objects.filter(state=TaskState.TO_DO).earliest("pk")
    sandbox_control.edit_asana_task(read.external_id, completed=True)
    clock.move(timedelta(minutes=10))
    sandbox_control.create_asana_tasks(LAUNCH)
    monkeypatch.setattr(runs, "SLICE_SECONDS", 12.0)
    sync(connected)
    read.refresh_from_db()
    assert read.state == TaskState.TO_DO
    look(connected, ada)
    read.refresh_from_db()
    assert read.state == TaskState.DONE


@pytest.mark.parametrize(
    ("kind", "gid", "title"),
    [(SourceKind.PROJECT, LEGAL.gid, "Law"), (SourceKind.SECTION, PROTECTION, "Law / Privacy")],
)
def test_the_names_follow_a_renaming(
    kind: SourceKind,
    gid: str,
    title: str,
    admin: Client,
    connected: Connection,
    milestone: Milestone,
    sandbox_control: SandboxControl,
) -> None:
    source = link(milestone, connected, gid, kind)
    sync(connected)
    sandbox_control.rename_in_asana(LEGAL.gid, "Law")
    sandbox_control.rename_in_asana(PROTECTION, "Privacy")
    admin.post(reverse("integrations:sync_connection", args=[connected.pk]), {"census": "1"})
    sync(connected)
    source.refresh_from_db()
    assert (source.title, source.query, source.error_sentence) == (title, gid, "")
    assert "Law" in admin.get(reverse("integrations:connection", args=[connected.pk])).content.decode()
    assert title in admin.get(reverse("integrations:milestone_sources", args=["BOOK", milestone.pk])).content.decode()
