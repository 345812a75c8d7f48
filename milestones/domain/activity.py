"""What happened to a milestone, in words, out of the log's values before and after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from luna.ui.vocabulary import look_of
from luna.ui.wording import counted, day_words
from milestones.domain.types import Priority

_PLAIN = {
    "milestone.created": "Added",
    "milestone.deleted": "Deleted",
    "milestone.restored": "Brought back",
    "milestone.share_moved": "A task’s share was moved",
}
_DAYS = {"due_date": "Due date", "start_date": "Start"}
_NAMES = {
    "owner": "Owner",
    "unblocker": "Unblocker",
    "team": "Team",
    "stage": "Stage",
    "estimate_days": "Estimate in person-days",
    "name": "Name",
    "progress_unit": "Progress counts",
}
_WORDS = {"state": "State", "priority": "Priority", "health": "Health"}


def sentence(verb: str, before: Mapping[str, Any], after: Mapping[str, Any], *, today: date) -> str:
    """One line without a full stop, as `Due date: Fri 4 Dec → Fri 11 Dec; owner: nobody → Ben Berger`."""
    if verb in _PLAIN:
        return _PLAIN[verb]
    if verb == "milestone.moved":
        return f"Moved from place {before.get('position')} to {after.get('position')} of the list"
    if verb == "milestone.progressed":
        return _progress(before, after)
    parts = [_part(name, before.get(name), value, today) for name, value in after.items()]
    return "; ".join([parts[0], *(part[0].lower() + part[1:] for part in parts[1:])]) if parts else "Changed"


def _part(name: str, before: Any, after: Any, today: date) -> str:
    if name in _DAYS:
        return f"{_DAYS[name]}: {_day(before, today)} → {_day(after, today)}"
    if name in _WORDS:
        return f"{_WORDS[name]}: {_word(before)} → {_word(after)}"
    if name in _NAMES:
        return f"{_NAMES[name]}: {_or_none(before)} → {_or_none(after)}"
    return f"{name.replace('_', ' ').capitalize()} changed"


def _progress(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    if "progress_by_hand" in after:
        return f"Progress by hand: {_percent(before.get('progress_by_hand'))} → {_percent(after['progress_by_hand'])}"
    parts = []
    if "tasks_done" in after:
        parts.append(f"{counted(after['tasks_done'], 'task')} done, before {before.get('tasks_done', 0)}")
    if "tasks_total" in after:
        parts.append(f"{after['tasks_total']} in scope, before {before.get('tasks_total', 0)}")
    return "; ".join(parts) if parts else "Progress was read again"


def _day(value: Any, today: date) -> str:
    try:
        return day_words(date.fromisoformat(str(value)), today)
    except ValueError:
        return "none"


def _word(value: Any) -> str:
    return "Won’t" if value == Priority.WONT else look_of(str(value)).word


def _percent(value: Any) -> str:
    return "none" if value is None else f"{value} %"


def _or_none(value: Any) -> str:
    return "none" if value in {None, ""} else str(value)
