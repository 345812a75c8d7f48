"""Mirrors of tasks that wait for each other, written as a sync leaves them."""

from __future__ import annotations

from integrations.domain.types import TaskState
from integrations.models import Connection, SourceTask, Task, TaskBlocker, TaskSource
from luna import clock
from milestones.models import Milestone
from tests.factories import make_source


def make_task(source: TaskSource, key: str, *, state: TaskState = TaskState.TO_DO, is_counted: bool = True) -> Task:
    """A task that the source's query finds; its external id is its key."""
    task, _ = Task.objects.get_or_create(
        connection=source.connection,
        external_id=key,
        defaults={"key": key, "title": f"Task {key}", "state": state, "remote_updated_at": clock.now()},
    )
    SourceTask.objects.create(source=source, task=task, is_counted=is_counted)
    return task


def let_wait(task: Task, blocker: str) -> TaskBlocker:
    """`task` waits for the task of that key in its own tool."""
    return TaskBlocker.objects.create(task=task, blocker_id_there=blocker)


def cross(connection: Connection, before: Milestone, after: Milestone, name: str) -> TaskBlocker:
    """One task of each milestone, and a link that crosses."""
    blocker = make_task(make_source(before, connection, f"{name}-before"), f"{name}-1")
    return let_wait(make_task(make_source(after, connection, f"{name}-after"), f"{name}-2"), blocker.external_id)
