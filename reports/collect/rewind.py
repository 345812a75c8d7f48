"""How things stood on a day that is over: rows put back by the log, event by event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Model

from luna.events.models import Event
from milestones.domain.types import State
from milestones.models import Milestone

_FIELDS = {
    "milestone": {
        "name", "state", "start_date", "due_date", "health", "sources_linked", "tasks_total", "tasks_done",
        "progress_by_hand", "work_total", "work_done",
    },
    "launch": {"name", "status", "status_reason", "start_date", "target_date", "launched_date"},
    "risk": {"title", "state", "probability", "impact", "mitigation", "review_date"},
    "decision": {"title", "state", "due_date"},
}  # fmt: skip
"""What the log keeps as plain values. People and stages stand there by name, so they stay as they are."""


def rewind(rows: Iterable[Model], events: Iterable[Event]) -> None:
    """Give the rows the values that they had before `events`, which come with the newest first. Saves nothing."""
    by_subject = {(row._meta.model_name or "", row.pk): row for row in rows}
    for event in events:
        row = by_subject.get((event.subject_kind, event.subject_id))
        if row is not None:
            _put_back(row, event)
    for row in by_subject.values():
        if isinstance(row, Milestone) and row.state != State.COMPLETED:
            row.completed_date = None


def _put_back(row: Any, event: Event) -> None:
    for name, value in event.before.items():
        if name in _FIELDS[event.subject_kind]:
            setattr(row, name, _day(value) if name.endswith("_date") else value)
        elif (event.subject_kind, name) == ("launch", "health"):
            row.summary.health = value


def _day(value: Any) -> date | None:
    return date.fromisoformat(str(value)[:10]) if value else None
