"""Which entries of the log lie behind a part of a movement, and what they say (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from luna.ui.wording import day_words
from milestones.domain import activity
from milestones.domain.mixture import Cause

_ANY: frozenset[str] = frozenset()
_SOUGHT: dict[Cause, dict[str, frozenset[str]]] = {
    Cause.CALENDAR: {"workspace.changed": frozenset({"holidays", "working_weekdays"})},
    Cause.PLAN: {
        "dependency.added": _ANY,
        "dependency.changed": _ANY,
        "dependency.removed": _ANY,
        "milestone.created": _ANY,
        "milestone.deleted": _ANY,
        "milestone.restored": _ANY,
    },
    Cause.START: {"milestone.edited": frozenset({"start_date"})},
    Cause.SCOPE: {
        "milestone.edited": frozenset({"estimate_days"}),
        "milestone.progressed": frozenset({"tasks_total"}),
        "milestone.share_moved": _ANY,
        "source.linked": _ANY,
        "source.unlinked": _ANY,
    },
    Cause.PACE: {
        "milestone.progressed": frozenset({"tasks_done", "progress_by_hand"}),
        "milestone.state_changed": _ANY,
        "milestone.completed": _ANY,
    },
    Cause.CORRECTIONS: {"milestone.reopened": _ANY},
    Cause.WAITS: {
        f"approval.{what}": _ANY
        for what in ("asked", "asked_again", "changes_requested", "met", "reopened", "stale", "withdrawn")
    },
    Cause.TARGET: {"milestone.edited": frozenset({"due_date"}), "launch.edited": frozenset({"target_date"})},
}
"""By cause the verbs and, where not every such entry counts, the fields of which one has to be told."""
_WORDS = {
    "dependency.added": "Dependency added: {}",
    "dependency.changed": "Lag changed: {}",
    "dependency.removed": "Dependency removed: {}",
    "source.linked": "Tasks linked: {}",
    "source.unlinked": "Tasks unlinked: {}",
    "approval.asked": "“{}” asked for",
    "approval.asked_again": "“{}” asked for again",
    "approval.changes_requested": "“{}”: changes requested",
    "approval.met": "“{}” has all its votes",
    "approval.reopened": "“{}” taken back",
    "approval.stale": "“{}” asked for again: what was asked changed",
    "approval.withdrawn": "“{}” withdrawn",
}


def verbs_of(*causes: Cause) -> frozenset[str]:
    """Those of the entries that can lie behind these causes."""
    return frozenset(verb for cause in causes for verb in _SOUGHT.get(cause, ()))


def causes_of(verb: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> set[Cause]:
    """The causes that an entry of the log belongs to; none of the first count of tasks, which nobody did that day."""
    if verb == "milestone.progressed" and "tasks_total" in after and not before.get("tasks_total"):
        return set()
    return {
        cause
        for cause, sought in _SOUGHT.items()
        if verb in sought and (not sought[verb] or not sought[verb].isdisjoint(after))
    }


def words(
    verb: str, name: str, before: Mapping[str, Any], after: Mapping[str, Any], *, is_named: bool, today: date
) -> str:
    """One line without a full stop; `name` is what the log calls the subject, told of milestones if `is_named`."""
    if verb.startswith("milestone."):
        said = activity.sentence(verb, before, after, today=today)
        return f"“{name}”: {said[0].lower()}{said[1:]}" if is_named else said
    if verb == "launch.edited":
        old, new = (_day(side.get("target_date"), today) for side in (before, after))
        return f"Target: {old} → {new}"
    if verb == "workspace.changed":
        told = {"working_weekdays": "working week", "holidays": "holidays"}
        parts = [said for field, said in told.items() if field in after]
        return f"The workspace’s {' and '.join(parts)} changed"
    return _WORDS[verb].format(name)


def _day(kept: Any, today: date) -> str:
    return day_words(date.fromisoformat(str(kept)), today) if kept else "none"
