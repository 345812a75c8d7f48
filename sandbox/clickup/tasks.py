"""Tasks as ClickUp's face keeps them, and what can happen to one: created, edited, moved to a status, deleted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sandbox.clickup.workspace import BY_ID, BY_STATUS, FINISHED, TO_DO
from sandbox.store import count_up

SCHEMA = """
CREATE TABLE IF NOT EXISTS clickup_task (
    id TEXT PRIMARY KEY, number INTEGER NOT NULL, list_id TEXT NOT NULL, name TEXT NOT NULL, custom_id TEXT,
    status TEXT NOT NULL, type TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL, done INTEGER,
    closed INTEGER, due INTEGER, parent TEXT, assignees TEXT NOT NULL, points REAL, time_estimate INTEGER,
    archived INTEGER NOT NULL, tags TEXT NOT NULL, custom_item INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS clickup_task_updated ON clickup_task (list_id, updated, number);
CREATE TABLE IF NOT EXISTS clickup_location (task_id TEXT, list_id TEXT, PRIMARY KEY (task_id, list_id));
CREATE TABLE IF NOT EXISTS clickup_closed_list (list_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS clickup_dependency (
    task_id TEXT, depends_on TEXT, created INTEGER NOT NULL, PRIMARY KEY (task_id, depends_on)
);
"""
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
FIRST_NUMBER = 17_600_000_000
SORTS = {"id": "number", "created": "created", "updated": "updated", "due_date": "due"}


@dataclass(frozen=True)
class Task:
    """Instants and `time_estimate` are (epoch) milliseconds, `assignees` ids of users, `custom_item` that of a type."""

    id: str
    number: int
    list_id: str
    name: str
    created: int
    updated: int
    status: str = TO_DO.name
    custom_id: str | None = None
    done: int | None = None
    closed: int | None = None
    due: int | None = None
    parent: str | None = None
    assignees: tuple[int, ...] = ()
    points: float | None = None
    time_estimate: int | None = None
    archived: bool = False
    tags: tuple[str, ...] = ()
    custom_item: int = 0

    @property
    def type(self) -> str:
        return BY_STATUS[self.status].type

    @property
    def is_finished(self) -> bool:
        return self.type in FINISHED


OWN_COLUMNS = tuple(one.name for one in fields(Task))
LISTED = ("assignees", "tags")
COLUMNS = (*OWN_COLUMNS, "type")
_INSERT = (
    f"INSERT OR REPLACE INTO clickup_task ({', '.join(COLUMNS)}) "  # noqa: S608 - names of our own columns
    f"VALUES ({', '.join(':' + name for name in COLUMNS)})"
)


@dataclass(frozen=True)
class Wanted:
    """Which tasks of a list, and in which order: the narrow defaults are the vendor's."""

    list_id: str
    with_closed: bool = False
    with_subtasks: bool = False
    with_other_lists: bool = False
    archived: bool = False
    updated_after: int | None = None
    order_by: str = "created"
    oldest_first: bool = False


def from_row(row: sqlite3.Row) -> Task:
    values: dict[str, Any] = {name: row[name] for name in OWN_COLUMNS}
    values |= {name: tuple(json.loads(row[name])) for name in LISTED} | {"archived": bool(row["archived"])}
    return Task(**values)


def new(connection: sqlite3.Connection, list_id: str, name: str, *, at: int) -> Task:
    """A task to do, not saved yet, with ids that are never used twice."""
    number = count_up(connection, "clickup_task", start=FIRST_NUMBER)
    prefix = BY_ID[list_id].prefix
    custom_id = f"{prefix}-{count_up(connection, f'clickup {prefix}')}" if prefix else None
    return Task(_short(number), number, list_id, name, created=at, updated=at, custom_id=custom_id)


def _short(number: int) -> str:
    """Base 36, as the vendor's ids look."""
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text


def save(connection: sqlite3.Connection, task: Task) -> None:
    listed = {name: json.dumps(getattr(task, name)) for name in LISTED}
    connection.execute(_INSERT, asdict(task) | listed | {"type": task.type})


def by_id(connection: sqlite3.Connection, task_id: str) -> Task | None:
    row = connection.execute("SELECT * FROM clickup_task WHERE id = ?", (task_id,)).fetchone()
    return None if row is None else from_row(row)


def outlines(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Of every task the lists that show it, whether it is put away or finished, and when it changed."""
    rows = connection.execute(
        "SELECT id, list_id, archived, type, updated FROM clickup_task ORDER BY number"
    ).fetchall()
    others = locations(connection, [row["id"] for row in rows])
    return [
        {
            "id": row["id"],
            "lists": [row["list_id"], *others[row["id"]]],
            "archived": bool(row["archived"]),
            "finished": row["type"] in FINISHED,
            "updated": row["updated"],
        }
        for row in rows
    ]


def delete(connection: sqlite3.Connection, task_id: str) -> None:
    connection.execute("DELETE FROM clickup_task WHERE id = ?", (task_id,))
    connection.execute("DELETE FROM clickup_location WHERE task_id = ?", (task_id,))
    connection.execute("DELETE FROM clickup_dependency WHERE task_id = ? OR depends_on = ?", (task_id, task_id))


def of_list(connection: sqlite3.Connection, list_id: str) -> list[Task]:
    """All that is not archived, oldest first, with what has its home elsewhere."""
    every = Wanted(list_id, with_closed=True, with_subtasks=True, with_other_lists=True, oldest_first=True)
    return page(connection, every, size=1_000_000, offset=0)


def page(connection: sqlite3.Connection, wanted: Wanted, *, size: int, offset: int) -> list[Task]:
    condition, values = _condition(wanted)
    direction = "ASC" if wanted.oldest_first else "DESC"
    order = f"{SORTS[wanted.order_by]} {direction}, number {direction}"
    sql = f"SELECT * FROM clickup_task WHERE {condition} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
    return [from_row(row) for row in connection.execute(sql, (*values, size, offset))]


def count(connection: sqlite3.Connection, wanted: Wanted) -> int:
    condition, values = _condition(wanted)
    return int(connection.execute(f"SELECT count(*) FROM clickup_task WHERE {condition}", values).fetchone()[0])  # noqa: S608


def _condition(wanted: Wanted) -> tuple[str, list[object]]:
    values: list[object] = [wanted.list_id]
    home = "list_id = ?"
    if wanted.with_other_lists:
        home = "(list_id = ? OR id IN (SELECT task_id FROM clickup_location WHERE list_id = ?))"
        values.append(wanted.list_id)
    conditions = [home, f"archived = {int(wanted.archived)}"]
    if not wanted.with_closed:
        conditions.append("type != 'closed'")
    if not wanted.with_subtasks:
        conditions.append("parent IS NULL")
    if wanted.updated_after is not None:
        conditions.append("updated > ?")
        values.append(wanted.updated_after)
    return " AND ".join(conditions), values


def moved(task: Task, status: str, *, at: int) -> Task:
    """The task in another status: done and closed leave their instants, and leaving them takes those away."""
    kind = BY_STATUS[status].type
    done = (task.done or at) if kind in FINISHED else None
    closed = (task.closed or at) if kind == "closed" else None
    return replace(task, status=status, updated=at, done=done, closed=closed)


def add_dependency(connection: sqlite3.Connection, task_id: str, depends_on: str, *, at: int) -> None:
    """`task_id` waits on `depends_on`."""
    connection.execute("INSERT OR IGNORE INTO clickup_dependency VALUES (?, ?, ?)", (task_id, depends_on, at))


def add_location(connection: sqlite3.Connection, task_id: str, list_id: str) -> None:
    """Show the task in another list than its home, too."""
    connection.execute("INSERT OR IGNORE INTO clickup_location VALUES (?, ?)", (task_id, list_id))


def close_list(connection: sqlite3.Connection, list_id: str, *, is_closed: bool) -> None:
    """Take the account's access to a list away, or give it back."""
    if is_closed:
        connection.execute("INSERT OR IGNORE INTO clickup_closed_list VALUES (?)", (list_id,))
    else:
        connection.execute("DELETE FROM clickup_closed_list WHERE list_id = ?", (list_id,))


def closed_lists(connection: sqlite3.Connection) -> set[str]:
    """The lists that the account may not see."""
    return {row["list_id"] for row in connection.execute("SELECT list_id FROM clickup_closed_list")}


def is_visible(connection: sqlite3.Connection, task: Task) -> bool:
    """Whether one of the lists that show the task is open to the account."""
    return not {task.list_id, *locations(connection, [task.id])[task.id]} <= closed_lists(connection)


def dependencies(connection: sqlite3.Connection, task_ids: Iterable[str]) -> dict[str, list[sqlite3.Row]]:
    """The rows at either end of each task: the vendor shows one at both."""
    found: dict[str, list[sqlite3.Row]] = {task_id: [] for task_id in task_ids}
    for row in connection.execute("SELECT * FROM clickup_dependency ORDER BY created, task_id"):
        for task_id in {row["task_id"], row["depends_on"]} & found.keys():
            found[task_id].append(row)
    return found


def locations(connection: sqlite3.Connection, task_ids: Iterable[str]) -> dict[str, list[str]]:
    """In which other lists each task is."""
    found: dict[str, list[str]] = {task_id: [] for task_id in task_ids}
    for row in connection.execute("SELECT * FROM clickup_location"):
        if row["task_id"] in found:
            found[row["task_id"]].append(row["list_id"])
    return found
