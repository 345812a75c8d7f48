"""From a token typed into the page to a milestone's progress: ClickUp through all of Luna."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from integrations.domain.types import RunTrigger
from integrations.models import Connection, Task, TaskSource
from integrations.sync.runs import start_run
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User
from sandbox.clickup.workspace import FIGURES, SEARCH, TOKEN
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.world import open_to


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
