"""How a milestone's scope changes: rows that say when a task came, left or was estimated anew. Written once, kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from integrations.domain.counting import size_of
from integrations.domain.types import RemovedWhy, ScopeKind
from integrations.models import ScopeChange, SourceTask
from integrations.sources.base import TaskRecord
from milestones.domain.types import ProgressUnit

SIZE_COLUMNS = {ProgressUnit.ESTIMATE.value: "estimate_seconds", ProgressUnit.POINTS.value: "points"}


def note_estimates(connection_id: int, records: Sequence[TaskRecord], now: datetime) -> None:
    """Before a page is written: note whose size it changes, where that is what the milestone's progress counts.

    One statement reads, whatever the page's size; nothing is written where no size changes.
    """
    newest = {record.external_id: record for record in records}
    held = SourceTask.objects.filter(
        task__connection_id=connection_id,
        task__external_id__in=list(newest),
        is_counted=True,
        source__milestone__progress_unit__in=list(SIZE_COLUMNS),
        source__full_read_at__isnull=False,
    )
    rows = held.values_list(
        "task_id", "task__external_id", "task__remote_updated_at", "source__milestone_id",
        "source__milestone__progress_unit", "task__estimate_seconds", "task__points",
    )  # fmt: skip
    changes: list[ScopeChange] = []
    for task_id, external_id, updated_at, milestone_id, unit, seconds, points in rows.distinct():
        record = newest[external_id]
        before = size_of(points if unit == ProgressUnit.POINTS else seconds)
        after = size_of(getattr(record, SIZE_COLUMNS[unit]))
        if updated_at <= record.updated_at and before != after:
            changes.append(
                _change(milestone_id, task_id, ScopeKind.RE_ESTIMATED, at=min(record.updated_at, now), seen_at=now)
            )
            changes[-1].before, changes[-1].after = before, after
    ScopeChange.objects.bulk_create(changes)


def note_leaving(task_ids: Collection[int], why: RemovedWhy, now: datetime, *, source_id: int | None) -> None:
    """Before links are cut, those of one source or all: note which tasks leave which milestones' scope by it."""
    links = SourceTask.objects.filter(task_id__in=task_ids, is_counted=True)
    leaving: set[tuple[int, int]] = set()
    staying: set[tuple[int, int]] = set()
    for milestone_id, task_id, source in links.values_list("source__milestone_id", "task_id", "source_id"):
        (leaving if source_id in {None, source} else staying).add((milestone_id, task_id))
    rows = [
        _change(milestone_id, task_id, ScopeKind.REMOVED, at=now, seen_at=now, why=why.value)
        for milestone_id, task_id in sorted(leaving - staying)
    ]
    ScopeChange.objects.bulk_create(rows, batch_size=500)


def note_tasks(
    milestone_id: int, kind: ScopeKind, tasks: Iterable[tuple[int, datetime, str]], *, seen_at: datetime
) -> None:
    """Note that tasks came or left: (task id, when, why it left)."""
    rows = [_change(milestone_id, pk, kind, at=min(at, seen_at), seen_at=seen_at, why=why) for pk, at, why in tasks]
    ScopeChange.objects.bulk_create(rows, batch_size=500)


def _change(milestone_id: int, task_id: int, kind: ScopeKind, **more: Any) -> ScopeChange:
    return ScopeChange(milestone_id=milestone_id, task_id=task_id, kind=kind.value, **more)
