"""A task that goes while a page with it is under way: only what is asked for afterwards brings it back."""

from __future__ import annotations

from contextlib import closing
from time import monotonic
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from integrations.domain.types import RemovedWhy
from integrations.models import SourceTask, Task, TaskSource
from integrations.registry import open_source
from integrations.sources.base import Page, SourceQuery
from integrations.sync import mirror
from integrations.sync.ahead import PagesAhead
from integrations.sync.fetching import fetch_tasks
from luna import clock
from tests.integrations.world import link, sync

if TYPE_CHECKING:
    from integrations.models import Connection
    from milestones.models import Milestone
    from sandbox.control import SandboxControl


@pytest.fixture
def source(jira: Connection, milestone: Milestone) -> TaskSource:
    """An epic that was read."""
    link(milestone, jira)
    sync(jira)
    return TaskSource.objects.get()


def asked_for(source: TaskSource) -> Page:
    """The source's only page, asked for now."""
    with closing(open_source(source.connection)) as client:
        [page] = PagesAhead(client, until=monotonic()).pages(SourceQuery(source.kind, source.query), None, None)
    return page


def write(source: TaskSource, page: Page) -> None:
    with transaction.atomic():
        mirror.write_page(source, page, run_id=99, marks_seen=False, now=clock.now())


@pytest.mark.parametrize("is_newer", [False, True])
def test_a_page_that_was_asked_for_before_a_deletion_does_not_bring_the_task_back(
    is_newer: bool, source: TaskSource, sandbox_control: SandboxControl
) -> None:
    task = Task.objects.latest("pk")
    if is_newer:
        sandbox_control.edit_issue(task.key, summary="Changed a moment before it went")
    page = asked_for(source)
    sandbox_control.delete_issue(task.key)
    fetch_tasks(source.connection, [task.external_id])
    write(source, mirror.as_one([page, Page(())]))
    task.refresh_from_db()
    assert (task.removed_why, SourceTask.objects.filter(task=task).exists()) == (RemovedWhy.DELETED, False)
    assert SourceTask.objects.filter(source=source).count() == 20


def test_a_page_that_is_asked_for_afterwards_brings_it_back(
    source: TaskSource, sandbox_control: SandboxControl
) -> None:
    task = Task.objects.latest("pk")
    sandbox_control.add_fault("jira", "hidden_issue", key=task.key)
    fetch_tasks(source.connection, [task.external_id])
    assert Task.objects.get(pk=task.pk).removed_at is not None
    sandbox_control.clear_faults()
    write(source, asked_for(source))
    task.refresh_from_db()
    assert (task.removed_at, task.removed_why) == (None, "")
    assert SourceTask.objects.filter(task=task, source=source).exists()


@pytest.mark.parametrize("why", [RemovedWhy.UNLINKED, RemovedWhy.MOVED])
def test_what_another_source_lost_meanwhile_comes_with_any_page(why: RemovedWhy, source: TaskSource) -> None:
    page = asked_for(source)
    task = Task.objects.latest("pk")
    mirror.let_go([task.pk], why, source=source, now=clock.now())
    write(source, page)
    assert Task.objects.get(pk=task.pk).removed_at is None
    assert SourceTask.objects.filter(task=task, source=source).exists()
