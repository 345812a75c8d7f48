"""The mirror's statements for a page: each takes its rows as one parameter, so none grows with the page.

A statement with a mark for every value costs more to parse than to run, on PostgreSQL in the driver, too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection as database

from integrations.models import QuarantinedPayload, SourceTask, Task, TaskBlocker
from integrations.sources.base import TaskRecord
from integrations.sync.rules import older_loses

_TASKS, _LINKS = Task._meta.db_table, SourceTask._meta.db_table
_BLOCKERS, _QUARANTINE = TaskBlocker._meta.db_table, QuarantinedPayload._meta.db_table
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
    is_removed: bool


@dataclass(frozen=True)
class Link:
    """A source's link to a task, and the run that saw it last."""

    pk: int
    seen_by: int


def wait_for_no_disk() -> None:
    """Let the caller's transaction end before PostgreSQL has it on disk, which takes longer than writing a page.

    A server that crashes may lose the last pages, each whole and with its run's position: they are read again.
    """
    if _is_postgres():
        with database.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")


def known_tasks(connection_id: int, external_ids: Collection[str]) -> dict[str, Known]:
    """Those of the tasks that the mirror has, by their external ids."""
    columns = ("external_id", "id", "remote_updated_at", "estimate_seconds", "points", "removed_at")
    rows = _looked_up(_TASKS, columns, _KEY, connection_id, external_ids)
    return {
        # SQLite tells instants without their zone, which is UTC.
        external_id: Known(pk, at if at.tzinfo else at.replace(tzinfo=UTC), seconds, points, removed_at is not None)
        for external_id, pk, at, seconds, points, removed_at in rows
    }


def linked_tasks(source_id: int, task_ids: Collection[int]) -> dict[int, Link]:
    """The source's links to these tasks, by the tasks' ids."""
    rows = _looked_up(_LINKS, ("task_id", "id", "seen_by"), ("source_id", "task_id"), source_id, task_ids)
    return {task_id: Link(pk, seen_by) for task_id, pk, seen_by in rows}


def upsert_tasks(connection_id: int, records: Sequence[TaskRecord]) -> dict[str, int]:
    """Older payloads never win over newer ones, in whatever order they come, and what is the same is not written.

    The ids of the rows written, by external id. The rows are locked in the order of `records`.
    """
    taken_over = ", ".join(f"{name} = excluded.{name}" for name in _CARRIED)
    ours, theirs = (", ".join(f"{side}.{name}" for name in _CARRIED) for side in (_TASKS, "excluded"))
    given, values = _given(connection_id, records)
    return dict(
        _rows(
            f"INSERT INTO {_TASKS} ({', '.join(_COLUMNS)}) {given} "
            f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET {taken_over} "
            f"WHERE {older_loses(_TASKS)} AND ({ours}) IS DISTINCT FROM ({theirs}) RETURNING external_id, id",
            values,
        )
    )


def link_tasks(source_id: int, task_ids: Collection[int], *, run_id: int, is_counted: bool) -> list[int]:
    """Add them to the source's; the ids of those that were not among them."""
    rows = _rows(
        f"INSERT INTO {_LINKS} (source_id, task_id, seen_by, is_counted) "  # noqa: S608  own names
        f"SELECT %s, given.value, %s, %s FROM {_each(task_ids)} WHERE true "
        "ON CONFLICT (source_id, task_id) DO NOTHING RETURNING task_id",
        [source_id, run_id, is_counted, _many(task_ids)],
    )
    return [pk for (pk,) in rows]


def mark_links(link_ids: Collection[int], *, run_id: int) -> None:
    """Note of these links that the run saw them."""
    mine = f"id IN (SELECT given.value FROM {_each(link_ids)})"  # noqa: S608  own names
    _write(f"UPDATE {_LINKS} SET seen_by = %s WHERE {mine}", [run_id, _many(link_ids)])  # noqa: S608  own names


def add_blockers(pairs: Collection[tuple[int, str]]) -> None:
    """(task, external id of the one that it waits for)."""
    given = " UNION ALL ".join(["SELECT %s, %s"] * len(pairs))
    _write(
        f"INSERT INTO {_BLOCKERS} (task_id, blocker_id_there) "  # noqa: S608  own names
        f"SELECT * FROM ({given}) AS given WHERE true ON CONFLICT (task_id, blocker_id_there) DO NOTHING",
        [value for pair in pairs for value in pair],
    )


def let_out_of_quarantine(connection_id: int, external_ids: Collection[str]) -> None:
    """Their payloads can be read now."""
    mine = f"external_id IN (SELECT given.value FROM {_each(external_ids)})"  # noqa: S608  own names
    _write(
        f"DELETE FROM {_QUARANTINE} WHERE connection_id = %s AND {mine}",  # noqa: S608  own names
        [connection_id, _many(external_ids)],
    )


def _rows(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with database.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _write(sql: str, values: list[Any]) -> None:
    with database.cursor() as cursor:
        cursor.execute(sql, values)


def _is_postgres() -> bool:
    return database.vendor == "postgresql"


def _looked_up(
    table: str, columns: Sequence[str], key: tuple[str, str], owner: int, values: Collection[int] | Collection[str]
) -> list[tuple[Any, ...]]:
    """The rows of one owner with these values, by the unique key.

    SQLite is told the order of the joins: left to itself it may read all of the owner's rows.
    """
    if not values:
        return []
    read = f"SELECT {', '.join(f'mine.{name}' for name in columns)} FROM"
    mine = f"mine.{key[0]} = %s"
    if _is_postgres():
        sql = f"{read} {table} AS mine WHERE {mine} AND mine.{key[1]} = ANY(%s::{_kind(values)}[])"
        return _rows(sql, [owner, _many(values)])
    sql = f"{read} {_each(values)} CROSS JOIN {table} AS mine WHERE {mine} AND mine.{key[1]} = given.value"
    return _rows(sql, [_many(values), owner])


def _each(values: Collection[int] | Collection[str]) -> str:
    """A table `given` of one column `value`, with one mark for what `_many` gives."""
    return f"unnest(%s::{_kind(values)}[]) AS given(value)" if _is_postgres() else "json_each(%s) AS given"


def _kind(values: Collection[int] | Collection[str]) -> str:
    return "text" if isinstance(next(iter(values)), str) else "bigint"


def _many(values: Iterable[int | str]) -> str:
    """As `_each` takes them; for PostgreSQL an array as text, which the driver would write far more slowly."""
    if not _is_postgres():
        return json.dumps(list(values))
    quoted = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return "{" + ",".join([f'"{value}"' for value in quoted]) + "}"


def _given(connection_id: int, records: Sequence[TaskRecord]) -> tuple[str, list[Any]]:
    """Rows of `_COLUMNS` to insert, and what stands for their marks."""
    if not _is_postgres():
        marks = ", ".join([f"({', '.join(['%s'] * len(_COLUMNS))})"] * len(records))
        adapted = database.ops.adapt_datetimefield_value
        rows = [_values(connection_id, one, json.dumps(one.labels, ensure_ascii=False), adapted) for one in records]
        return f"VALUES {marks}", [value for row in rows for value in row]
    kinds = ", ".join(f"{name} {Task._meta.get_field(name).db_type(database)}" for name in _COLUMNS)
    rows = [_values(connection_id, one, one.labels, _told) for one in records]
    told = json.dumps([dict(zip(_COLUMNS, row, strict=True)) for row in rows])
    return f"SELECT {', '.join(_COLUMNS)} FROM json_to_recordset(%s) AS given ({kinds})", [told]  # noqa: S608  own names


def _told(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _values(
    connection_id: int, record: TaskRecord, labels: Any, told: Callable[[datetime | None], str | None]
) -> list[Any]:
    """A row of `_COLUMNS`, its instants `told` as the database takes them."""
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
        told(record.created_at),
        told(record.updated_at),
        told(record.started_at),
        told(record.completed_at),
        None,
        "",
    ]
