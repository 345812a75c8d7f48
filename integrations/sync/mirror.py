"""Writing one page into the mirror: one statement for the tasks, one for their links, whatever the page's size."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.db.models import Exists, OuterRef

from integrations.models import QuarantinedPayload, SourceTask, Task, TaskBlocker, TaskSource
from integrations.sources.base import BadPayload, Page, TaskRecord

_COLUMNS = (
    "connection_id",
    "external_id",
    "key",
    "title",
    "url",
    "state",
    "status_word",
    "kind",
    "labels",
    "is_subtask",
    "parent_id_there",
    "sprint",
    "assignee",
    "estimate_seconds",
    "points",
    "note",
    "remote_created_at",
    "remote_updated_at",
    "started_at",
    "completed_at",
    "removed_at",
    "removed_why",
)
_KEY = ("connection_id", "external_id")


def write_page(source: TaskSource, page: Page, *, run_id: int, now: datetime) -> int:
    """Write the page's tasks, links and quarantine, in the caller's transaction; how many tasks were new or changed."""
    records = list({record.external_id: record for record in page.records}.values())
    changed = _count_changed(source.connection_id, records)
    if records:
        _upsert_tasks(source.connection_id, records)
        _write_blockers(source.connection_id, records)
    seen = [record.external_id for record in records] + [bad.external_id for bad in page.quarantined]
    _link(source, seen, run_id)
    _quarantine(source.connection_id, page.quarantined, now)
    readable = [record.external_id for record in records]
    QuarantinedPayload.objects.filter(connection_id=source.connection_id, external_id__in=readable).delete()
    return changed


def unlink_unseen(source: TaskSource, *, run_id: int, now: datetime) -> int:
    """After a full read to the end: what it did not see no longer belongs to the source; how many were unlinked."""
    gone = SourceTask.objects.filter(source=source).exclude(seen_by=run_id)
    task_ids = list(gone.values_list("task_id", flat=True))
    if task_ids:
        gone.delete()
        mark_removed(task_ids, now)
    return len(task_ids)


def mark_removed(task_ids: Iterable[int], now: datetime) -> None:
    """Those of the tasks that no source holds any more are removed, as of now."""
    linked = SourceTask.objects.filter(task_id=OuterRef("pk"))
    Task.objects.filter(~Exists(linked), pk__in=list(task_ids), removed_at__isnull=True).update(removed_at=now)


def _count_changed(connection_id: int, records: Sequence[TaskRecord]) -> int:
    ids = [record.external_id for record in records]
    known = dict(
        Task.objects.filter(connection_id=connection_id, external_id__in=ids).values_list(
            "external_id", "remote_updated_at"
        )
    )
    return sum(known.get(record.external_id) != record.updated_at for record in records)


def _upsert_tasks(connection_id: int, records: Sequence[TaskRecord]) -> None:
    """Older payloads never win over newer ones, in whatever order they come."""
    table = Task._meta.db_table
    row = f"({', '.join(['%s'] * len(_COLUMNS))})"
    taken_over = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in _KEY)
    sql = (
        f"INSERT INTO {table} ({', '.join(_COLUMNS)}) VALUES {', '.join([row] * len(records))} "  # noqa: S608  own names
        f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET {taken_over} "
        f"WHERE {table}.remote_updated_at <= excluded.remote_updated_at"
    )
    with database.cursor() as cursor:
        cursor.execute(sql, [value for record in records for value in _values(connection_id, record)])


def _write_blockers(connection_id: int, records: Sequence[TaskRecord]) -> None:
    """What each task waits for, as its newest payload says; only what differs is written."""
    newest = {record.external_id: record for record in records}
    rows = Task.objects.filter(connection_id=connection_id, external_id__in=list(newest))
    current = {
        pk: newest[external_id].blocked_by
        for pk, external_id, updated_at in rows.values_list("pk", "external_id", "remote_updated_at")
        if updated_at == newest[external_id].updated_at
    }
    wanted = {(pk, blocker) for pk, blockers in current.items() for blocker in blockers}
    known = {(row.task_id, row.blocker_id_there): row.pk for row in TaskBlocker.objects.filter(task__in=current)}
    gone = [pk for link, pk in known.items() if link not in wanted]
    if gone:
        TaskBlocker.objects.filter(pk__in=gone).delete()
    new = [TaskBlocker(task_id=task, blocker_id_there=blocker) for task, blocker in sorted(wanted - set(known))]
    TaskBlocker.objects.bulk_create(new, ignore_conflicts=True)


def _values(connection_id: int, record: TaskRecord) -> list[Any]:
    instant = database.ops.adapt_datetimefield_value
    return [
        connection_id,
        record.external_id,
        record.key,
        record.title,
        record.url,
        record.state.value,
        record.status_word,
        record.kind,
        json.dumps(record.labels, ensure_ascii=False),
        record.is_subtask,
        record.parent_id,
        record.sprint,
        record.assignee,
        record.estimate_seconds,
        record.points,
        record.note,
        instant(record.created_at),
        instant(record.updated_at),
        instant(record.started_at),
        instant(record.completed_at),
        None,
        "",
    ]


def _link(source: TaskSource, external_ids: Sequence[str], run_id: int) -> None:
    """Link what the mirror holds of these; a task whose payload can't be read just now stays linked, too."""
    if not external_ids:
        return
    links, tasks = SourceTask._meta.db_table, Task._meta.db_table
    sql = (
        f"INSERT INTO {links} (source_id, task_id, seen_by, is_counted) "  # noqa: S608  own names
        f"SELECT %s, id, %s, %s FROM {tasks} WHERE connection_id = %s "
        f"AND external_id IN ({', '.join(['%s'] * len(external_ids))}) "
        "ON CONFLICT (source_id, task_id) DO UPDATE SET seen_by = excluded.seen_by"
    )
    with database.cursor() as cursor:
        cursor.execute(sql, [source.pk, run_id, True, source.connection_id, *external_ids])


def _quarantine(connection_id: int, bad: Iterable[BadPayload], now: datetime) -> None:
    rows = {
        one.external_id: QuarantinedPayload(
            connection_id=connection_id,
            external_id=one.external_id,
            reason=one.reason[:300],
            payload=one.payload,
            first_seen_at=now,
            last_seen_at=now,
        )
        for one in bad
    }
    if rows:
        QuarantinedPayload.objects.bulk_create(
            rows.values(),
            update_conflicts=True,
            unique_fields=["connection", "external_id"],
            update_fields=["reason", "payload", "last_seen_at"],
        )
