"""Writing one page into the mirror: one statement for the tasks, one for their links, whatever the page's size."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection as database
from django.db.models import Exists, OuterRef

from integrations.domain.types import RemovedWhy
from integrations.models import QuarantinedPayload, SourceTask, Task, TaskBlocker, TaskSource
from integrations.sources.base import BadPayload, Page, TaskRecord
from integrations.sync.rules import older_loses
from integrations.sync.scope import note_estimates, note_leaving

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


@dataclass(frozen=True)
class Written:
    """What a page changed in the mirror."""

    changed: int = 0
    """Tasks that were new, or newer, or read otherwise than before."""
    milestones: frozenset[int] = frozenset()
    """Those that its changed rows and new links count for."""
    unmirrored: int = 0
    """Tasks that could not be read and never could."""


def write_page(source: TaskSource, page: Page, *, run_id: int, marks_seen: bool, now: datetime) -> Written:
    """Write the page's tasks, links and quarantine, in the caller's transaction.

    `marks_seen`: note of each link that the run saw it, for the comparison at the source's end.
    """
    # In one order, so that a run and a webhook's fetch wait for each other's rows instead of colliding.
    records = sorted({one.external_id: one for one in page.records}.values(), key=lambda one: one.external_id)
    changed = write_tasks(source.connection_id, records, page.quarantined, now=now)
    bad = [one.external_id for one in page.quarantined]
    linked = _link(source, [*(record.external_id for record in records), *bad], run_id)
    unmirrored = 0
    if marks_seen:
        mark_seen(source, [*(record.external_id for record in records), *bad], run_id=run_id)
        unmirrored = len(set(bad) - _mirrored(source.connection_id, bad)) if bad else 0
    return Written(len(changed), frozenset(milestones_of([*changed, *linked])), unmirrored)


def write_tasks(
    connection_id: int, records: Sequence[TaskRecord], quarantined: Sequence[BadPayload], *, now: datetime
) -> list[int]:
    """Write tasks, what they wait for, and the quarantine, in the caller's transaction; the ids of the rows written."""
    note_estimates(connection_id, records, now)
    changed = _upsert_tasks(connection_id, records) if records else []
    if records:
        _write_blockers(connection_id, records)
        readable = [record.external_id for record in records]
        QuarantinedPayload.objects.filter(connection_id=connection_id, external_id__in=readable).delete()
    _quarantine(connection_id, quarantined, now)
    return changed


def milestones_of(task_ids: Collection[int]) -> set[int]:
    """The milestones whose sources hold any of the tasks."""
    if not task_ids:
        return set()
    return set(
        SourceTask.objects.filter(task_id__in=task_ids).values_list("source__milestone_id", flat=True).distinct()
    )


def mark_seen(source: TaskSource, external_ids: Sequence[str], *, run_id: int) -> dict[str, datetime]:
    """Note of the source's links to these that the run saw them.

    The ids that are linked, and not removed, each with the instant of change that the mirror knows.
    """
    rows = SourceTask.objects.filter(source=source, task__external_id__in=external_ids, task__removed_at__isnull=True)
    known = list(rows.values_list("pk", "task__external_id", "seen_by", "task__remote_updated_at"))
    unmarked = [pk for pk, _, seen_by, _ in known if seen_by != run_id]
    if unmarked:
        SourceTask.objects.filter(pk__in=unmarked).update(seen_by=run_id)
    return {external_id: updated_at for _, external_id, _, updated_at in known}


def set_aside(connection_id: int) -> set[str]:
    """The ids of payloads in quarantine."""
    return set(QuarantinedPayload.objects.filter(connection_id=connection_id).values_list("external_id", flat=True))


def let_go(task_ids: Collection[int], why: RemovedWhy, *, source: TaskSource | None, now: datetime) -> set[int]:
    """Unlink the tasks, from that source or, where they are gone, from all; the milestones that they counted for."""
    milestones = milestones_of(task_ids)
    note_leaving(task_ids, why, now, source_id=source.pk if source else None)
    links = SourceTask.objects.filter(task_id__in=task_ids)
    (links if source is None else links.filter(source=source)).delete()
    mark_removed(task_ids, now, why)
    return milestones


def mark_removed(task_ids: Iterable[int], now: datetime, why: RemovedWhy = RemovedWhy.UNLINKED) -> None:
    """Those of the tasks that no source holds any more are removed, as of now; they stay as they were last seen."""
    linked = SourceTask.objects.filter(task_id=OuterRef("pk"))
    gone = Task.objects.filter(~Exists(linked), pk__in=list(task_ids), removed_at__isnull=True)
    gone.update(removed_at=now, removed_why=why)


def _mirrored(connection_id: int, external_ids: Sequence[str]) -> set[str]:
    rows = Task.objects.filter(connection_id=connection_id, external_id__in=external_ids)
    return set(rows.values_list("external_id", flat=True))


def _upsert_tasks(connection_id: int, records: Sequence[TaskRecord]) -> list[int]:
    """Older payloads never win over newer ones, in whatever order they come, and what is the same is not written."""
    table = Task._meta.db_table
    row = f"({', '.join(['%s'] * len(_COLUMNS))})"
    carried = [name for name in _COLUMNS if name not in _KEY]
    taken_over = ", ".join(f"{name} = excluded.{name}" for name in carried)
    ours, theirs = (", ".join(f"{side}.{name}" for name in carried) for side in (table, "excluded"))
    sql = (
        f"INSERT INTO {table} ({', '.join(_COLUMNS)}) VALUES {', '.join([row] * len(records))} "  # noqa: S608  own names
        f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET {taken_over} "
        f"WHERE {older_loses(table)} AND ({ours}) IS DISTINCT FROM ({theirs}) RETURNING id"
    )
    with database.cursor() as cursor:
        cursor.execute(sql, [value for record in records for value in _values(connection_id, record)])
        return [pk for (pk,) in cursor.fetchall()]


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


def _link(source: TaskSource, external_ids: Sequence[str], run_id: int) -> list[int]:
    """Link what the mirror holds of these; a task whose payload can't be read just now stays linked, too.

    The ids of the tasks that were not linked before. They count at once where all is new; else the next count
    says that they came.
    """
    if not external_ids:
        return []
    links, tasks = SourceTask._meta.db_table, Task._meta.db_table
    sql = (
        f"INSERT INTO {links} (source_id, task_id, seen_by, is_counted) "  # noqa: S608  own names
        f"SELECT %s, id, %s, %s FROM {tasks} WHERE connection_id = %s "
        f"AND external_id IN ({', '.join(['%s'] * len(external_ids))}) "
        "ON CONFLICT (source_id, task_id) DO NOTHING RETURNING task_id"
    )
    with database.cursor() as cursor:
        cursor.execute(sql, [source.pk, run_id, source.full_read_at is None, source.connection_id, *external_ids])
        return [pk for (pk,) in cursor.fetchall()]


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
