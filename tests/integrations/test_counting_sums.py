"""What the database adds up by itself is what counting task by task finds."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.domain.counting import Pick, Rules
from integrations.domain.types import TaskState
from integrations.models import Connection, ScopeChange, SourceTask, Task, TaskShare, TaskSource
from integrations.sync.counting import Counted, count_milestone
from milestones.domain.types import ProgressUnit
from milestones.models import Milestone, WorkDay
from people.models import User, Workspace
from tests.factories import make_connection, make_milestone, make_source

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
TASK_BY_TASK = Rules(label=Pick(("no task has it",), leaves_out=True)).as_json()
"""Takes everything as no rules do, but has to look at each task."""
SOURCES = 3
"""Two of the first milestone, one of the second."""

instants = st.none() | st.integers(0, 60 * 24 * 4).map(lambda minutes: NOW - timedelta(minutes=minutes, seconds=59.5))


@dataclass(frozen=True)
class Made:
    """A task, and by which sources it is linked and whether it was counted there."""

    state: TaskState
    points: float | None
    created_at: datetime | None
    completed_at: datetime | None
    is_removed: bool
    links: dict[int, bool]
    share: float | None


@dataclass(frozen=True)
class World:
    """All that a count depends on."""

    tasks: list[Made]
    unit: ProgressUnit
    zone: str
    read_at: list[datetime | None]
    counted_at: datetime | None
    sources: int


made = st.builds(
    Made,
    st.sampled_from(TaskState),
    st.sampled_from([None, 0.0, 1.0, 2.5, 8.0]),
    instants,
    instants,
    st.sampled_from([False, False, False, True]),
    st.dictionaries(st.integers(0, SOURCES - 1), st.booleans(), min_size=1),
    st.sampled_from([None, None, 0.0, 0.25, 1.0]),
)
worlds = st.builds(
    World,
    st.lists(made, max_size=8),
    st.sampled_from([ProgressUnit.TASKS, ProgressUnit.POINTS]),
    st.sampled_from(["UTC", "Asia/Kathmandu", "America/St_Johns", "Pacific/Kiritimati"]),
    st.lists(st.sampled_from([None, NOW - timedelta(days=9), NOW]), min_size=SOURCES, max_size=SOURCES),
    st.sampled_from([None, NOW - timedelta(days=2)]),
    st.sampled_from([1, 2, SOURCES]),
)


def build(world: World, milestones: list[Milestone], tool: Connection, counting: dict[str, Any]) -> None:
    """Into the database, with sources that count by these rules."""
    Workspace.objects.update_or_create(pk=1, defaults={"time_zone": world.zone})
    Milestone.objects.filter(pk__in=[one.pk for one in milestones]).update(
        progress_unit=world.unit, tasks_synced_at=world.counted_at
    )
    sources: list[TaskSource] = []
    for number in range(world.sources):
        source = make_source(milestones[number // 2], tool, f"CAL-{number}")
        source.counting, source.full_read_at = counting, world.read_at[number]
        source.save()
        sources.append(source)
    for number, one in enumerate(world.tasks):
        task = Task.objects.create(
            connection=tool,
            external_id=f"{number}",
            key=f"T-{number}",
            state=one.state,
            points=one.points,
            remote_created_at=one.created_at,
            remote_updated_at=NOW,
            completed_at=one.completed_at,
            removed_at=NOW if one.is_removed else None,
        )
        for place, is_counted in one.links.items():
            if place < len(sources):
                SourceTask.objects.create(source=sources[place], task=task, is_counted=is_counted)
        if one.share is not None:
            TaskShare.objects.create(task=task, milestone=milestones[0], share=one.share, set_at=NOW)


def told(milestones: list[Milestone]) -> dict[str, Any]:
    """All that a count writes."""
    columns = ("tasks_total", "tasks_done", "tasks_in_progress", "last_task_completed_on", "work_total", "work_done")
    days = WorkDay.objects.values_list("milestone__name", "day", "arrived", "completed", "scope")
    scope = ScopeChange.objects.values_list("milestone__name", "task__key", "kind", "at", "why")
    links = SourceTask.objects.values_list("source__query", "task__key", "is_counted")
    return {
        "milestones": list(Milestone.objects.order_by("pk").values_list(*columns)),
        "days": sorted(days),
        "scope": sorted(scope),
        "links": sorted(links),
    }


def counted(world: World, milestones: list[Milestone], tool: Connection, counting: dict[str, Any]) -> dict[str, Any]:
    """What a count finds and writes; then all is as it was."""
    with transaction.atomic():
        build(world, milestones, tool, counting)
        shown = Counted(milestones[0].pk, NOW, notes_scope=False)
        shown.read()
        count_milestone(milestones[0].pk, synced_at=NOW)
        found = told(milestones) | {
            "by source": [done for _, done in sorted(shown.tally.done_by_source().items())],
            "unsized": (shown.tally.unsized, shown.tally.stand_in, shown.tally.is_shared),
            "shared": len(shown.shared),
        }
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@settings(
    max_examples=int(os.environ.get("LUNA_SEEDS", "1")) * 40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(world=worlds)
def test_both_ways_count_the_same(world: World, ana: User, milestone: Milestone) -> None:
    second = Milestone.objects.filter(launch=milestone.launch).exclude(pk=milestone.pk).first()
    tool = Connection.objects.first() or make_connection()
    milestones = [milestone, second or make_milestone(milestone.launch, "Public launch")]
    assert counted(world, milestones, tool, {}) == counted(world, milestones, tool, TASK_BY_TASK)
