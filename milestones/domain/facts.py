"""What health is computed from, as plain data: it can be kept as JSON and read again (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum
from typing import Any

from milestones.domain.types import Priority, State


@dataclass(frozen=True)
class PredecessorFacts:
    """What a milestone waits for."""

    name: str
    """Empty where it is of another launch, which readers may not know."""
    state: State
    due_date: date | None
    completed_date: date | None
    lag_days: int = 0
    milestone_id: int | None = None
    is_elsewhere: bool = False
    """Of another launch."""


@dataclass(frozen=True)
class ApprovalFacts:
    """An approval that is not met."""

    title: str
    waiting_days: int
    approval_id: int | None = None
    is_stale: bool = False
    """What was approved has changed since."""


@dataclass(frozen=True)
class RiskFacts:
    """A risk that is not closed."""

    title: str
    probability: int
    impact: int
    risk_id: int | None = None

    @property
    def exposure(self) -> int:
        """1 to 25."""
        return self.probability * self.impact


@dataclass(frozen=True)
class ForecastFacts:
    """When it is likely to be done: half of the draws end by `p50`, 85 of 100 by `p85`."""

    p50: date | None
    p85: date | None
    """None: beyond the forecast's horizon."""
    due_probability: float | None = None
    """Fraction of the draws that meet the due date, 0 to 1."""

    def is_after(self, due: date) -> bool:
        """Whether more than 15 of 100 draws end after `due`."""
        return self.p50 is None or self.p85 is None or max(self.p50, self.p85) > due


@dataclass(frozen=True)
class ScopeFacts:
    """How many tasks it had at the end of an earlier day."""

    since: date
    tasks: int


@dataclass(frozen=True)
class SlipFacts:
    """That its due date was moved later, and not back again."""

    first_due: date
    """The due date of the baseline, or the first one that it had."""
    moves: int
    """How often it was moved since, either way."""
    moved_on: date
    """The day of the last move to a later date."""


@dataclass(frozen=True)
class MilestoneFacts:
    """All that a milestone's health is computed from."""

    milestone_id: int
    name: str
    state: State
    priority: Priority
    owner_named: bool
    start_date: date | None
    due_date: date | None
    progress_by_hand: int | None
    sources_linked: int
    tasks_total: int
    tasks_done: int
    last_task_completed_on: date | None
    synced_hours_ago: float | None
    """None: never."""
    predecessors: tuple[PredecessorFacts, ...] = ()
    unmet_approvals: tuple[ApprovalFacts, ...] = ()
    launch_paused: bool = False
    tasks_in_progress: int = 0
    risks: tuple[RiskFacts, ...] = ()
    forecast: ForecastFacts | None = None
    scope_then: ScopeFacts | None = None
    slip: SlipFacts | None = None
    last_heard_on: date | None = None
    """The last day on which a task of it changed, or somebody changed it or wrote about it."""


def to_json(facts: Any) -> dict[str, Any]:
    """Any of these facts as JSON; `milestone_from_json` reads a milestone's again."""
    return {name: _plain(value) for name, value in asdict(facts).items()}


def milestone_from_json(kept: Mapping[str, Any]) -> MilestoneFacts:
    """What `to_json` made of a milestone's facts. A fact that was not known then has its default."""
    known = {field.name for field in fields(MilestoneFacts)}
    given = {name: value for name, value in kept.items() if name in known} | {
        "state": State(kept["state"]),
        "priority": Priority(kept["priority"]),
        "predecessors": tuple(_predecessor(one) for one in kept["predecessors"]),
        "unmet_approvals": tuple(ApprovalFacts(**one) for one in kept["unmet_approvals"]),
        "risks": tuple(RiskFacts(**one) for one in kept["risks"]),
        "forecast": _of(ForecastFacts, kept["forecast"]),
        "scope_then": _of(ScopeFacts, kept["scope_then"]),
        "slip": _of(SlipFacts, kept["slip"]),
    }
    return MilestoneFacts(**_with_days(given))


def _predecessor(kept: Mapping[str, Any]) -> PredecessorFacts:
    return PredecessorFacts(**_with_days(kept) | {"state": State(kept["state"])})


def _of(kind: type[Any], kept: Mapping[str, Any] | None) -> Any:
    return kind(**_with_days(kept)) if kept else None


_DAYS = frozenset(
    {
        "start_date", "due_date", "completed_date", "last_task_completed_on", "last_heard_on",
        "since", "p50", "p85", "first_due", "moved_on",
    }
)  # fmt: skip


def _with_days(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {name: date.fromisoformat(value) if name in _DAYS and value else value for name, value in kept.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value
