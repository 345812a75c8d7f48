"""A launch's progress out of its milestones' progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from milestones.domain.types import Priority, State


@dataclass(frozen=True)
class Part:
    """One milestone's share."""

    state: State
    priority: Priority
    progress: float
    estimate_days: float | None


@dataclass(frozen=True)
class Rollup:
    """How much of a launch is done."""

    progress: float
    by_estimate: bool
    total: int
    completed: int


def counts(part: Part) -> bool:
    """Whether a milestone belongs to the launch's progress: neither cancelled nor a Won't."""
    return part.state != State.CANCELLED and part.priority != Priority.WONT


def launch_progress(parts: Sequence[Part]) -> Rollup:
    """The mean of the milestones that count, weighted by estimate where every one of them has an estimate."""
    counted = [part for part in parts if counts(part)]
    by_estimate = _by_estimate(counted)
    weights = [_weight(part, by_estimate=by_estimate) for part in counted]
    whole = sum(weights)
    done = sum(weight * part.progress for weight, part in zip(weights, counted, strict=True))
    return Rollup(
        progress=min(1.0, done / whole) if whole else 0.0,
        by_estimate=by_estimate,
        total=len(counted),
        completed=sum(part.state == State.COMPLETED for part in counted),
    )


def shares(parts: Sequence[Part]) -> list[float]:
    """Which part of the launch's progress each of them is, 0 to 1: those that count add up to 1, the others are 0."""
    by_estimate = _by_estimate([part for part in parts if counts(part)])
    weights = [_weight(part, by_estimate=by_estimate) if counts(part) else 0.0 for part in parts]
    whole = sum(weights)
    return [weight / whole if whole else 0.0 for weight in weights]


def _by_estimate(counted: Sequence[Part]) -> bool:
    return bool(counted) and all(part.estimate_days for part in counted)


def _weight(part: Part, *, by_estimate: bool) -> float:
    return float(part.estimate_days or 0) if by_estimate else 1.0


def progress_of(state: str, *, is_linked: bool, done: float, total: float, by_hand: int | None) -> float:
    """A milestone's progress, 0 to 1: done tasks where tasks are linked, else what was set by hand; completed is 1."""
    if state == State.COMPLETED:
        return 1.0
    if is_linked:
        return done / total if total else 0.0
    return (by_hand or 0) / 100
