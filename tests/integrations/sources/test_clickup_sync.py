"""From a token typed into the page to a milestone's progress: ClickUp through all of Luna."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from integrations.domain.types import RemovedWhy, RunState, RunTrigger
from integrations.models import Connection, SyncRun, Task, TaskSource
from integrations.sync.runs import start_run
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User
from sandbox.clickup.workspace import CARRIERS, FIGURES, SEARCH, TOKEN
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.world import open_to
from tests.moving_clock import MovingClock


@pytest.fixture
def connection(
    sandbox: SandboxServer, settings: LazySettings, signed_in: Callable[[User], Client], ada: User
) -> Connection:
    """Made through the pages, offering two lists."""
    open_to(sandbox, settings)
    settings.CLICKUP_URL = f"{sandbox.url}/clickup/api/v2"
    admin = signed_in(ada)
    connect = reverse("integrations:connect", args=["clickup"])
    assert "did not accept this token" in admin.post(connect, {"name": "ClickUp", "token": "x"}).content.decode()
    offer = admin.post(connect, {"name": "ClickUp", "token": TOKEN}).headers["Location"]
    made = Connection.objects.get()
    assert "Product ops / Launch work / French search" in admin.get(offer).content.decode()
    admin.post(offer, {"chosen": [SEARCH, FIGURES], "version": made.version})
    made.refresh_from_db()
    return made


@pytest.fixture
def source(connection: Connection, signed_in: Callable[[User], Client], ben: User, milestone: Milestone) -> TaskSource:
    """Linked by the id of a list, and read once."""
    link = reverse("integrations:link_source", args=[milestone.launch.key, milestone.pk])
    signed_in(ben).post(link, {"connection": connection.pk, "kind": "list", "query": SEARCH})
    drain("sync")
    return TaskSource.objects.get()


def counts(milestone: Milestone) -> tuple[int, int]:
    milestone.refresh_from_db()
    return milestone.tasks_done, milestone.tasks_total


def test_a_list_counts_for_a_milestone(
    source: TaskSource, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    assert (source.title, source.error_sentence) == ("French search", "")
    assert counts(milestone) == (6, 10)
    (task_id,) = sandbox_control.create_clickup_tasks(SEARCH, status="Closed")
    start_run(source.connection, RunTrigger.PERSON)
    drain("sync")
    assert counts(milestone) == (7, 11)
    sandbox_control.delete_clickup_task(task_id)
    start_run(source.connection, RunTrigger.PERSON, is_full=True)
    drain("sync")
    assert counts(milestone) == (6, 10)


def test_archiving_what_was_done_takes_no_progress_away(
    source: TaskSource, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    done = Task.objects.filter(state="done").values_list("external_id", flat=True)
    unfinished = Task.objects.filter(state="to_do").values_list("external_id", flat=True)
    for task_id in (*done, unfinished[0]):
        sandbox_control.edit_clickup_task(task_id, archived=True)
    start_run(source.connection, RunTrigger.PERSON, is_full=True)
    drain("sync")
    assert counts(milestone) == (6, 9)


def test_a_census_says_why_a_task_is_gone(
    source: TaskSource, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    deleted, moved, hidden, stays = Task.objects.filter(parent_id_there="").order_by("pk")[:4]
    (new,) = sandbox_control.create_clickup_tasks(SEARCH)
    sandbox_control.delete_clickup_task(deleted.external_id)
    sandbox_control.edit_clickup_task(moved.external_id, list_id=FIGURES)
    sandbox_control.edit_clickup_task(hidden.external_id, list_id=CARRIERS)
    sandbox_control.close_clickup_list(CARRIERS)
    run = start_run(source.connection, RunTrigger.CENSUS)
    drain("sync")
    run.refresh_from_db()
    assert (run.state, run.is_census) == (RunState.DONE, True)
    assert dict(Task.objects.exclude(removed_why="").values_list("external_id", "removed_why")) == {
        deleted.external_id: RemovedWhy.DELETED,
        moved.external_id: RemovedWhy.MOVED,
        hidden.external_id: RemovedWhy.NO_ACCESS,
    }
    assert set(source.links.values_list("task__external_id", flat=True)) >= {stays.external_id, new}
    source.refresh_from_db()
    milestone.refresh_from_db()
    assert (source.at_source, milestone.tasks_total) == (8, 8)


def test_a_list_larger_than_the_plan_s_limit_is_read_over_several_minutes(
    connection: Connection,
    milestone: Milestone,
    signed_in: Callable[[User], Client],
    ben: User,
    sandbox_control: SandboxControl,
    clock: MovingClock,
) -> None:
    link = reverse("integrations:link_source", args=[milestone.launch.key, milestone.pk])
    signed_in(ben).post(link, {"connection": connection.pk, "kind": "list", "query": SEARCH})
    sandbox_control.add_fault("clickup", "short_pages", count_bytes=2)
    sandbox_control.set_rate("clickup", per_second=1 / 60, burst=3)
    drain("sync")
    connection.refresh_from_db()
    assert (connection.limits["limit"], connection.limits["remaining"]) == (3, 0)
    pauses = 0
    while pauses < 10:
        if TaskSource.objects.filter(full_read_at__isnull=False).exists():
            break
        connection.refresh_from_db()
        assert connection.paused_until is not None
        pauses += 1
        clock.move(connection.paused_until - clock.now() + timedelta(minutes=2))
        drain("sync")
    assert pauses > 1
    milestone.refresh_from_db()
    assert counts(milestone) == (6, 10)


def test_a_run_whose_calls_are_used_up_rests_before_it_is_refused(
    connection: Connection,
    milestone: Milestone,
    signed_in: Callable[[User], Client],
    ben: User,
    sandbox_control: SandboxControl,
    clock: MovingClock,
) -> None:
    link = reverse("integrations:link_source", args=[milestone.launch.key, milestone.pk])
    signed_in(ben).post(link, {"connection": connection.pk, "kind": "list", "query": SEARCH})
    sandbox_control.add_fault("clickup", "short_pages", count_bytes=2)
    sandbox_control.set_rate("clickup", per_second=1 / 60, burst=4)
    drain("sync")
    run, rests = SyncRun.objects.get(), 0
    while run.state == "waiting" and rests < 10:
        rests += 1
        connection.refresh_from_db()
        assert run.tries == 0, "no call was refused"
        assert connection.paused_until is not None
        assert timedelta(0) < connection.paused_until - clock.now() <= timedelta(minutes=1)
        assert "are used up" in connection.error_sentence
        clock.move(timedelta(minutes=5))
        drain("sync")
        run.refresh_from_db()
    connection.refresh_from_db()
    assert (run.state, connection.state, connection.error_sentence, rests > 0) == ("done", "ok", "", True)
    milestone.refresh_from_db()
    assert counts(milestone) == (6, 10)


def test_a_task_in_two_lists_counts_once(
    source: TaskSource,
    milestone: Milestone,
    signed_in: Callable[[User], Client],
    ben: User,
    sandbox_control: SandboxControl,
) -> None:
    shared = Task.objects.filter(state="done")[0]
    sandbox_control.edit_clickup_task(shared.external_id, also_in=[FIGURES])
    link = reverse("integrations:link_source", args=[milestone.launch.key, milestone.pk])
    signed_in(ben).post(link, {"connection": source.connection_id, "kind": "list", "query": FIGURES})
    start_run(source.connection, RunTrigger.PERSON)
    drain("sync")
    assert shared.links.count() == 2
    assert counts(milestone) == (12, 16)


def test_the_names_follow_a_renaming(
    source: TaskSource, connection: Connection, signed_in: Callable[[User], Client], ada: User,
    sandbox_control: SandboxControl,
) -> None:  # fmt: skip
    sandbox_control.rename_clickup_list(SEARCH, "Search in French")
    admin = signed_in(ada)
    admin.post(reverse("integrations:sync_connection", args=[connection.pk]), {"census": "1"})
    drain("sync")
    source.refresh_from_db()
    assert (source.title, source.query, source.error_sentence) == ("Search in French", SEARCH, "")
    shown = admin.get(reverse("integrations:connection", args=[connection.pk])).content.decode()
    assert "Product ops / Launch work / Search in French" in shown
