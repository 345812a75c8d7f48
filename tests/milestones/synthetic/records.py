"""What Luna would have known of a synthetic launch on the morning on which it is looked at, and what happened after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Day:
    """A working day of a milestone: tasks that were written down and tasks that were completed."""

    day: date
    arrived: int
    completed: int


@dataclass(frozen=True, slots=True)
class PastMilestone:
    """A finished one in a team's history."""

    kind: str
    estimate_days: float
    actual_days: int
    """Working days from its start to its finish, both counted."""
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Team:
    id: int
    past: tuple[PastMilestone, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """What nobody knew on that morning."""

    started_on: date
    finished_on: date
    actual_days: int
    """Working days from its start to its finish, both counted."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """As known on the morning of the launch's `observed_on`."""

    id: int
    team_id: int
    kind: str
    estimate_days: float
    planned_start: date
    due_date: date
    days: tuple[Day, ...]
    """Every working day from its first task to the one before the observation, the planning days among them."""
    started_on: date | None
    completed_on: date | None
    predecessors: tuple[tuple[int, int], ...]
    """(id of a milestone of this launch, lag in working days)."""
    judged: bool
    """Whether it belongs to what the regime is about; the others are there for the launch as a whole."""
    truth: Truth

    @property
    def scope(self) -> int:
        return sum(day.arrived for day in self.days)

    @property
    def open_tasks(self) -> int:
        return self.scope - sum(day.completed for day in self.days)


@dataclass(frozen=True, slots=True)
class Launch:
    """Looked at on one morning: `observed_on` has not happened yet, so work may still be finished on it."""

    observed_on: date
    holidays: frozenset[date]
    teams: tuple[Team, ...]
    milestones: tuple[Milestone, ...]

    @property
    def finished_on(self) -> date:
        """When its last milestone really was done."""
        return max(milestone.truth.finished_on for milestone in self.milestones)
