"""The mirror's statements for a page: each takes its rows as one parameter, so none grows with the page.

A statement with a mark for every value costs more to parse than to run, on PostgreSQL in the driver, too.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from django.db import connection as database

from integrations.models import QuarantinedPayload, SourceTask, Task, TaskBlocker
from integrations.sources.base import TaskRecord
from integrations.sync.rules import older_loses, removal_stands

_TASKS, _LINKS = Task._meta.db_table, SourceTask._meta.db_table
_BLOCKERS, _QUARANTINE = TaskBlocker._meta.db_table, QuarantinedPayload._meta.db_table
_KEY = ("connection_id", "external_id")
_READ = {
    "external_id": ("external_id", "text"),
    "key": ("key", "text"),
    "title": ("title", "text"),
    "url": ("url", "text"),
    "state": ("state", "text"),
    "status_word": ("status_word", "text"),
    "kind": ("kind", "text"),
    "labels": ("labels", "jsonb"),
    "is_subtask": ("is_subtask", "boolean"),
    "parent_id_there": ("parent_id", "text"),
    "sprint": ("sprint", "text"),
    "assignee": ("assignee", "text"),
    "estimate_seconds": ("estimate_seconds", "integer"),
    "points": ("points", "double precision"),
    "note": ("note", "text"),
    "remote_created_at": ("created_at", "timestamptz"),
    "remote_updated_at": ("updated_at", "timestamptz"),
    "started_at": ("started_at", "timestamptz"),
    "completed_at": ("completed_at", "timestamptz"),
}
"""By column, what of a record stands there, and its type in PostgreSQL."""
_THERE_AGAIN = ("removed_at", "removed_why")
_COLUMNS = ("connection_id", *_READ, *_THERE_AGAIN)
_CARRIED = tuple(name for name in _COLUMNS if name not in _KEY)
_as_json = json.JSONEncoder(ensure_ascii=False).encode


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


def upsert_tasks(connection_id: int, records: Sequence[TaskRecord], *, asked_at: datetime) -> dict[str, int]:
    """Older payloads never win over newer ones, in whatever order they come, and what is the same is not written.

    Nor is what the tool was found to have no more since they were asked for, at `asked_at`.
    The ids of the rows written, by external id. The rows are locked in the order of `records`.
    """
    taken_over = ", ".join(f"{name} = excluded.{name}" for name in _CARRIED)
    ours, theirs = (", ".join(f"{side}.{name}" for name in _CARRIED) for side in (_TASKS, "excluded"))
    given, values = _given(connection_id, records)
    return dict(
        _rows(
            f"INSERT INTO {_TASKS} ({', '.join(_COLUMNS)}) {given} "
            f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET {taken_over} "
            f"WHERE {older_loses(_TASKS)} AND {removal_stands(_TASKS)} AND ({ours}) IS DISTINCT FROM ({theirs}) "
            "RETURNING external_id, id",
            [*values, asked_at if _is_postgres() else database.ops.adapt_datetimefield_value(asked_at)],
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
    if _is_postgres():
        given = "SELECT * FROM unnest(%s::bigint[], %s::text[])"
        values = [_array([task_id for task_id, _ in pairs]), _array_of_texts([blocker for _, blocker in pairs])]
    else:
        given, values = "SELECT value ->> 0, value ->> 1 FROM json_each(%s)", [json.dumps(list(pairs))]
    _write(
        f"INSERT INTO {_BLOCKERS} (task_id, blocker_id_there) {given} AS given WHERE true "
        "ON CONFLICT (task_id, blocker_id_there) DO NOTHING",
        values,
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


def _many(values: Collection[int] | Collection[str]) -> str:
    """As `_each` takes them; for PostgreSQL an array as text, which the driver would write far more slowly."""
    if not _is_postgres():
        return json.dumps(list(values))
    return _array_of_texts(values) if _kind(values) == "text" else _array(values)


def _array(values: Iterable[Any]) -> str:
    """Of what needs no quotes within itself: numbers, instants, what is missing."""
    return "{" + ",".join(["NULL" if value is None else f'"{value}"' for value in values]) + "}"


def _array_of_texts(texts: Collection[Any]) -> str:
    """Quoted all at once, with the one character between them that no text in PostgreSQL may hold."""
    told = "\0".join(texts)
    if told.count("\0") >= len(texts):
        raise ValueError("a text with NUL")
    escaped = told.replace("\\", "\\\\").replace('"', '\\"').replace("\0", '","')
    return f'{{"{escaped}"}}'


def _given(connection_id: int, records: Sequence[TaskRecord]) -> tuple[str, list[Any]]:
    """Rows of `_COLUMNS` to insert, and what stands for their marks."""
    if not _is_postgres():
        columns = [_carried(records, name) for name in _READ]
        marks = ", ".join([f"(%s, {', '.join(['%s'] * len(_READ))}, NULL, '')"] * len(records))
        return f"VALUES {marks}", [value for row in zip(*columns, strict=True) for value in (connection_id, *row)]
    arrays = [
        (_array_of_texts if kind in {"text", "jsonb"} else _array)(_carried(records, name))
        for name, (_, kind) in _READ.items()
    ]
    kinds = ", ".join(f"%s::{'text' if kind == 'jsonb' else kind}[]" for _, kind in _READ.values())
    taken = ", ".join(f"{name}::jsonb" if kind == "jsonb" else name for name, (_, kind) in _READ.items())
    # A text of its own type, however long: one that does not fit is refused and not cut.
    return f"SELECT %s, {taken}, NULL, '' FROM unnest({kinds}) AS given({', '.join(_READ)})", [connection_id, *arrays]  # noqa: S608  own names


def _carried(records: Sequence[TaskRecord], column: str) -> list[Any]:
    """What stands in a column, a value for each record as the database takes it."""
    name, kind = _READ[column]
    values = map(attrgetter(name), records)
    if kind == "jsonb":
        return list(map(_as_json, values))
    if kind == "timestamptz" and not _is_postgres():
        return list(map(database.ops.adapt_datetimefield_value, values))
    return list(values)
