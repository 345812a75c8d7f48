"""The numbers that health is judged by: what each one means, its limits, and how it is kept (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

FRESH_HOURS = 24
"""Progress read longer ago than this says nothing any more."""


@dataclass(frozen=True)
class Thresholds:
    """Working days unless the name or the line beneath says otherwise. The defaults are those of a new workspace."""

    stalled_days: int = 7
    """Without a completed task."""
    stalled_badly_days: int = 14
    approval_close_days: int = 5
    """Before the due date, from which an unmet approval counts."""
    approval_too_close_days: int = 1
    progress_expected_days: int = 10
    """A milestone without a start date is expected to show progress this long before it is due."""
    late_start_days: int = 1
    late_start_badly_days: int = 5
    silent_days: int = 10
    """Without a word or a change, after which nobody can say how it stands."""
    scope_days: int = 20
    """How far back scope is compared."""
    scope_percent: int = 20
    scope_badly_percent: int = 50
    scope_tasks: int = 3
    """Fewer new tasks than this are no growth, whatever their share."""
    exposure_high: int = 15
    """Probability × impact, 1 to 25."""
    exposure_very_high: int = 20
    slipped_days: int = 7
    """Calendar days for which a due date that moved later keeps a milestone from being on track."""
    fresh_hours: int = FRESH_HOURS
    """Hours after which progress that was read says nothing any more."""


DEFAULTS = Thresholds()


@dataclass(frozen=True)
class Limit:
    """What a threshold may be, and how a person is asked for it: `group` is the rule's name."""

    least: int
    most: int
    unit: str
    group: str
    label: str


_AMBER, _RED = "Possible delays after", "At risk after"
LIMITS: dict[str, Limit] = {
    "stalled_days": Limit(1, 60, "working days", "No task completed", _AMBER),
    "stalled_badly_days": Limit(1, 120, "working days", "No task completed", _RED),
    "late_start_days": Limit(1, 60, "working days", "Not begun after its start date", _AMBER),
    "late_start_badly_days": Limit(1, 120, "working days", "Not begun after its start date", _RED),
    "approval_close_days": Limit(0, 60, "working days", "Approval not met before the due date", "Possible delays from"),
    "approval_too_close_days": Limit(0, 60, "working days", "Approval not met before the due date", "At risk from"),
    "scope_percent": Limit(5, 500, "per cent", "Scope growth", "Possible delays from"),
    "scope_badly_percent": Limit(5, 1000, "per cent", "Scope growth", "At risk from"),
    "scope_days": Limit(5, 120, "working days", "Scope growth", "Compared with the scope before"),
    "scope_tasks": Limit(1, 100, "tasks", "Scope growth", "Counts from"),
    "exposure_high": Limit(1, 25, "of 25", "Exposure of a risk", "Possible delays from"),
    "exposure_very_high": Limit(1, 25, "of 25", "Exposure of a risk", "At risk from"),
    "silent_days": Limit(3, 60, "working days", "What is not known", "Nothing heard for"),
    "progress_expected_days": Limit(
        0, 120, "working days", "What is not known", "Progress is expected this long before the due date"
    ),
    # Seven at least: one who moves a date on a Monday must not start the next week on track.
    "slipped_days": Limit(7, 60, "days", "A due date that moved later", "Not on track for"),
    "fresh_hours": Limit(1, 24 * 14, "hours", "Progress that was read", "Fresh for"),
}
FIXED = frozenset({"fresh_hours"})
"""Not offered: pages, digests and sync use the same limit of freshness."""

_IN_ORDER = (
    ("stalled_days", "stalled_badly_days"),
    ("approval_too_close_days", "approval_close_days"),
    ("late_start_days", "late_start_badly_days"),
    ("scope_percent", "scope_badly_percent"),
    ("exposure_high", "exposure_very_high"),
)
"""The first is at most the second: otherwise the worse level would come first."""


def problems(numbers: Mapping[str, int]) -> dict[str, str]:
    """What is wrong with these thresholds: a sentence per name; empty where they can be used."""
    found = {}
    for name, limit in LIMITS.items():
        if name in numbers and not limit.least <= numbers[name] <= limit.most:
            found[name] = f"Give a whole number from {limit.least} to {limit.most} ({limit.unit})."
    for lower, upper in _IN_ORDER:
        if {lower, upper} <= numbers.keys() - found.keys() and numbers[lower] > numbers[upper]:
            found[upper] = f"This can’t be less than “{LIMITS[lower].label}”, which is {numbers[lower]}."
    return found


def to_json(thresholds: Thresholds) -> dict[str, int]:
    """Name → number."""
    return asdict(thresholds)


def from_json(kept: Mapping[str, Any]) -> Thresholds:
    """The thresholds that were kept; one that is not among them has its default. Raises ValueError."""
    known = {field.name for field in fields(Thresholds)}
    numbers = {name: int(value) for name, value in kept.items() if name in known}
    if wrong := problems(to_json(Thresholds(**numbers))):
        raise ValueError(f"not thresholds: {wrong}")
    return Thresholds(**numbers)
