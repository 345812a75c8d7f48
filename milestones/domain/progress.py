"""What a sync counted for one milestone, handed to `milestones.actions.progress.record_progress`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from milestones.domain.types import ProgressUnit

SECONDS_PER_HOUR = 3600
_NOUNS = {ProgressUnit.TASKS: "tasks", ProgressUnit.ESTIMATE: "hours", ProgressUnit.POINTS: "points"}
_BY = {ProgressUnit.TASKS: "count of tasks", ProgressUnit.ESTIMATE: "estimated time", ProgressUnit.POINTS: "points"}


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


@dataclass(frozen=True, slots=True)
class Done:
    """What is done of what there is, in the unit by which it could be counted."""

    done: float
    total: float
    unit: ProgressUnit

    @property
    def words(self) -> str:
        """`13 of 25 points`; an estimate, kept in seconds, in hours."""
        return f"{_number(self.done, self.unit)} of {_number(self.total, self.unit)} {_NOUNS[self.unit]}"

    @property
    def by(self) -> str:
        """`points`: by what it is counted."""
        return _BY[self.unit]


def done_of(*, unit: str, tasks_done: int, tasks_total: int, work_done: float | None, work_total: float | None) -> Done:
    """By the unit where there is work in it, else by the number of tasks."""
    if work_done is None or work_total is None:
        return Done(tasks_done, tasks_total, ProgressUnit.TASKS)
    return Done(work_done, work_total, ProgressUnit(unit))


def size_words(size: float, unit: str) -> str:
    """One task's size: `3 points`."""
    number = _number(size, unit)
    noun = _NOUNS[ProgressUnit(unit)]
    return f"{number} {noun.removesuffix('s') if number == '1' else noun}"


def _number(value: float, unit: str) -> str:
    """To one decimal, and no decimal where it is none."""
    return f"{value / (SECONDS_PER_HOUR if unit == ProgressUnit.ESTIMATE else 1):,.1f}".removesuffix(".0")
