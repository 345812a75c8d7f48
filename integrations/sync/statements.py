"""The mirror's statements for a page: each takes its rows as one parameter, so none grows with the page.

A statement with a mark for every value costs more to parse than to run, on PostgreSQL in the driver, too.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection as database

from integrations.models import SourceTask, Task
from integrations.sources.base import TaskRecord
from integrations.sync.rules import older_loses

_TASKS, _LINKS = Task._meta.db_table, SourceTask._meta.db_table
_KEY = ("connection_id", "external_id")
_CARRIED = (
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
_COLUMNS = _KEY + _CARRIED


@dataclass(frozen=True)
class Known:
    """What the mirror has of a task before a page is written."""

    pk: int
    updated_at: datetime
    estimate_seconds: int | None
    points: float | None


def known_tasks(connection_id: int, external_ids: Collection[str]) -> dict[str, Known]:
    """Those of the tasks that the mirror has, by their external ids."""
    sql = (
        f"SELECT external_id, id, remote_updated_at, estimate_seconds, points FROM {_TASKS} "  # noqa: S608  own names
        f"WHERE connection_id = %s AND {_is_one_of('external_id', 'text')}"
    )
    with database.cursor() as cursor:
        cursor.execute(sql, [connection_id, _many(external_ids)])
        # SQLite tells instants without their zone, which is UTC.
        return {
            external_id: Known(pk, at if at.tzinfo else at.replace(tzinfo=UTC), seconds, points)
            for external_id, pk, at, seconds, points in cursor.fetchall()
        }


def upsert_tasks(connection_id: int, records: Sequence[TaskRecord]) -> dict[str, int]:
    """Older payloads never win over newer ones, in whatever order they come, and what is the same is not written.

    The ids of the rows written, by external id. The rows are locked in the order of `records`.
    """
    taken_over = ", ".join(f"{name} = excluded.{name}" for name in _CARRIED)
    ours, theirs = (", ".join(f"{side}.{name}" for name in _CARRIED) for side in (_TASKS, "excluded"))
    given, values = _given([_values(connection_id, record) for record in records])
    sql = (
        f"INSERT INTO {_TASKS} ({', '.join(_COLUMNS)}) {given} "
        f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET {taken_over} "
        f"WHERE {older_loses(_TASKS)} AND ({ours}) IS DISTINCT FROM ({theirs}) RETURNING external_id, id"
    )
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        return dict(cursor.fetchall())


def linked_tasks(source_id: int, task_ids: Collection[int]) -> dict[int, int]:
    """Those of the tasks that the source has, each with the run that saw it last."""
    sql = f"SELECT task_id, seen_by FROM {_LINKS} WHERE source_id = %s AND {_is_one_of('task_id', 'bigint')}"  # noqa: S608  own names
    with database.cursor() as cursor:
        cursor.execute(sql, [source_id, _many(task_ids)])
        return dict(cursor.fetchall())


def link_tasks(source_id: int, task_ids: Collection[int], *, run_id: int, is_counted: bool) -> list[int]:
    """Add them to the source's; the ids of those that were not among them."""
    sql = (
        f"INSERT INTO {_LINKS} (source_id, task_id, seen_by, is_counted) "  # noqa: S608  own names
        f"SELECT %s, value, %s, %s FROM {_each('bigint')} WHERE true "
        "ON CONFLICT (source_id, task_id) DO NOTHING RETURNING task_id"
    )
    with database.cursor() as cursor:
        cursor.execute(sql, [source_id, run_id, is_counted, _many(task_ids)])
        return [pk for (pk,) in cursor.fetchall()]


def mark_links(source_id: int, task_ids: Collection[int], *, run_id: int) -> None:
    """Note of the source's links to these tasks that the run saw them."""
    sql = f"UPDATE {_LINKS} SET seen_by = %s WHERE source_id = %s AND {_is_one_of('task_id', 'bigint')}"  # noqa: S608  own names
    with database.cursor() as cursor:
        cursor.execute(sql, [run_id, source_id, _many(task_ids)])


def _is_postgres() -> bool:
    return database.vendor == "postgresql"


def _is_one_of(column: str, kind: str) -> str:
    """A condition with one mark, for what `_many` gives."""
    if _is_postgres():
        return f"{column} = ANY(%s::{kind}[])"
    return f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608  own names


def _each(kind: str) -> str:
    """A table of one column `value` with one mark, for what `_many` gives."""
    return f"unnest(%s::{kind}[]) AS given(value)" if _is_postgres() else "json_each(%s)"


def _many(values: Iterable[int | str]) -> Any:
    return list(values) if _is_postgres() else json.dumps(list(values))


def _given(rows: list[list[Any]]) -> tuple[str, list[Any]]:
    """Rows of `_COLUMNS` to insert, and what stands for their marks."""
    if not _is_postgres():
        marks = ", ".join([f"({', '.join(['%s'] * len(_COLUMNS))})"] * len(rows))
        return f"VALUES {marks}", [value for row in rows for value in row]
    kinds = ", ".join(f"{name} {Task._meta.get_field(name).db_type(database)}" for name in _COLUMNS)
    told = json.dumps([dict(zip(_COLUMNS, row, strict=True)) for row in rows], default=str)
    return f"SELECT {', '.join(_COLUMNS)} FROM json_to_recordset(%s) AS given ({kinds})", [told]  # noqa: S608  own names


def _values(connection_id: int, record: TaskRecord) -> list[Any]:
    """A row of `_COLUMNS`."""
    instant = database.ops.adapt_datetimefield_value
    labels = record.labels if _is_postgres() else json.dumps(record.labels, ensure_ascii=False)
    return [
        connection_id,
        record.external_id,
        record.key,
        record.title,
        record.url,
        record.state.value,
        record.status_word,
        record.kind,
        labels,
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
