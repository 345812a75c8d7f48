"""What a sync counted for one milestone, handed to `milestones.actions.progress.record_progress`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class TaskCounts:
    """The linked tasks as they stand; cancelled ones are left out everywhere."""

    total: int
    done: int
    in_progress: int
    last_completed_on: date | None
    synced_at: datetime
    work_total: float | None = None
    """In the unit of the milestone's progress, shares taken into account; None where the tasks' number says it."""
    work_done: float | None = None


@dataclass(frozen=True)
class DayCount:
    """One day of a milestone: tasks that arrived, that were completed, and how many were in scope at its end."""

    day: date
    arrived: int
    completed: int
    scope: int
