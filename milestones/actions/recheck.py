"""Computing every kept verdict again from what was kept with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from luna.lib.dates import WorkingCalendar
from milestones.domain.facts import milestone_from_json
from milestones.domain.health import ENGINE, Verdict, launch_from_json, launch_health, milestone_health
from milestones.domain.signals import Terms, to_json
from milestones.domain.thresholds import from_json
from milestones.models import HealthVerdict

_AT_ONCE = 500


@dataclass
class Recheck:
    """How many verdicts came out the same, how many were given by older rules, and the ids of those that differ."""

    equal: int = 0
    older: int = 0
    differing: list[int] = field(default_factory=list)


def recheck(rows: Iterable[HealthVerdict] | None = None) -> Recheck:
    """Compute these verdicts, or all that are kept, again. Writes nothing."""
    found = Recheck()
    for row in _all() if rows is None else rows:
        if row.engine != ENGINE:
            found.older += 1
        elif is_same(row):
            found.equal += 1
        else:
            found.differing.append(row.pk)
    return found


def is_same(row: HealthVerdict) -> bool:
    """Whether the verdict follows from what was kept with it."""
    try:
        again = _again(row)
    except (KeyError, TypeError, ValueError):  # what was kept can't be read any more, so nothing follows from it
        return False
    return (again.level.value, [to_json(signal) for signal in again.signals]) == (row.level, row.signals)


def _again(row: HealthVerdict) -> Verdict:
    calendar = WorkingCalendar(frozenset(row.weekdays), frozenset(map(date.fromisoformat, row.holidays)))
    terms = Terms(row.today, calendar, from_json(row.thresholds))
    if row.milestone_id is None:
        return launch_health(launch_from_json(row.inputs), terms)
    return milestone_health(milestone_from_json(row.inputs), terms)


def _all() -> Iterator[HealthVerdict]:
    return HealthVerdict.objects.order_by("pk").iterator(chunk_size=_AT_ONCE)
