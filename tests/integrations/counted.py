"""A mirror written task by task, and counted as a sync counts it."""

from __future__ import annotations

from typing import Any

from integrations.domain.types import TaskState
from integrations.models import Connection, SourceTask, Task, TaskSource
from integrations.sync.counting import count_milestone
from luna import clock
from milestones.models import Milestone
from tests.factories import make_source


def read_source(milestone: Milestone, connection: Connection, query: str = "CAL-2") -> TaskSource:
    """A source that was read from end to end, long before the next count."""
    source = make_source(milestone, connection, query)
    source.full_read_at = source.synced_at = milestone.tasks_synced_at = clock.now()
    source.save()
    milestone.save()
    return source


def put(source: TaskSource, key: str, state: TaskState = TaskState.TO_DO, **more: Any) -> Task:
    """A task that the source finds; as the mirror links it, it does not count before the next count."""
    given = {"key": key, "title": f"Task {key}", "state": state, "remote_updated_at": clock.now()} | more
    task, _ = Task.objects.get_or_create(connection=source.connection, external_id=key, defaults=given)
    SourceTask.objects.create(source=source, task=task, is_counted=False)
    return task


def count(*milestones: Milestone) -> None:
    """Count them, one after the other."""
    for milestone in milestones:
        count_milestone(milestone.pk, synced_at=clock.now())
        milestone.refresh_from_db()
