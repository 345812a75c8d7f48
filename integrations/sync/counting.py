"""What the mirror says about a milestone: its counts and its days, handed to the milestones' own action."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from integrations.domain.types import TaskState
from integrations.models import Task, TaskSource
from milestones.actions.progress import record_progress
from milestones.domain.progress import DayCount, TaskCounts
from people.selectors import workspace

if TYPE_CHECKING:
    from people.models import User

TaskRow = tuple[str, datetime | None, datetime | None]


def count_milestone(milestone_id: int, *, synced_at: datetime, actor: User | None = None) -> None:
    """Count the milestone's tasks anew, each once though several sources find it; in the caller's transaction."""
    sources = TaskSource.objects.filter(milestone_id=milestone_id)
    rows = list(
        Task.objects.filter(links__source__milestone_id=milestone_id, removed_at__isnull=True)
        .exclude(state=TaskState.CANCELLED)
        .distinct()
        .values_list("pk", "state", "remote_created_at", "completed_at")
    )
    tasks: list[TaskRow] = [(state, created_at, completed_at) for _, state, created_at, completed_at in rows]
    zone = ZoneInfo(workspace().time_zone)
    states = Counter(state for state, _, _ in tasks)
    days = work_days(tasks, zone)
    record_progress(
        milestone_id=milestone_id,
        counts=TaskCounts(
            total=len(tasks),
            done=states[TaskState.DONE],
            in_progress=states[TaskState.IN_PROGRESS],
            last_completed_on=max((day.day for day in days if day.completed), default=None),
            synced_at=synced_at,
        ),
        work_days=days,
        sources_linked=sources.count(),
        actor=actor,
    )


def work_days(tasks: list[TaskRow], zone: ZoneInfo) -> list[DayCount]:
    """Per day on which something happened: tasks that arrived, that were completed, and the scope at its end."""
    arrived: Counter[date] = Counter()
    completed: Counter[date] = Counter()
    for state, created_at, completed_at in tasks:
        done_at = completed_at if state == TaskState.DONE else None
        came_at = min((at for at in (created_at, done_at) if at is not None), default=None)
        if came_at is not None:
            arrived[came_at.astimezone(zone).date()] += 1
        if done_at is not None:
            completed[done_at.astimezone(zone).date()] += 1
    scope = 0
    days = []
    for day in sorted(arrived | completed):
        scope += arrived[day]
        days.append(DayCount(day, arrived[day], completed[day], scope))
    return days
