"""Tasks as the sandbox's Asana keeps them, and what can happen to one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from sandbox.asana import events
from sandbox.store import count_up

SCHEMA = """
CREATE TABLE IF NOT EXISTS asana_task (
    gid TEXT PRIMARY KEY, name TEXT NOT NULL, subtype TEXT NOT NULL, completed INTEGER NOT NULL, completed_at INTEGER,
    approval TEXT, assignee TEXT, creator TEXT, created INTEGER NOT NULL, modified INTEGER NOT NULL, parent TEXT,
    minutes REAL, points REAL, custom_id TEXT, dependencies TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS asana_membership (
    task TEXT NOT NULL, section TEXT NOT NULL, rank INTEGER NOT NULL, PRIMARY KEY (task, section)
);
CREATE INDEX IF NOT EXISTS asana_membership_rank ON asana_membership (section, rank);
CREATE INDEX IF NOT EXISTS asana_task_parent ON asana_task (parent);
CREATE TABLE IF NOT EXISTS asana_detail (task TEXT PRIMARY KEY, tags TEXT NOT NULL, hidden INTEGER NOT NULL);
"""
ANSWERS = ("pending", "approved", "rejected", "changes_requested")
FIRST_GID = 1_200_000_001_000_000


@dataclass(frozen=True)
class Task:
    """Instants are epoch milliseconds; `sections` holds the gids of the sections in which it stands."""

    gid: str
    name: str
    created: int
    modified: int
    sections: tuple[str, ...] = ()
    subtype: str = "default_task"
    completed: bool = False
    completed_at: int | None = None
    approval: str | None = None
    assignee: str | None = None
    creator: str | None = None
    parent: str | None = None
    minutes: float | None = None
    points: float | None = None
    custom_id: str | None = None
    dependencies: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    hidden: bool = False
    """Whether the account of the token was shut out from it."""

    @property
    def is_done(self) -> bool:
        """Done as people mean it: a task whose approval was refused is complete, but not done."""
        return self.approval == "approved" if self.subtype == "approval" else self.completed


OWN_COLUMNS = tuple(one.name for one in fields(Task) if one.name not in {"sections", "tags", "hidden"})
_INSERT = (
    f"INSERT OR REPLACE INTO asana_task ({', '.join(OWN_COLUMNS)}) VALUES ({', '.join(':' + n for n in OWN_COLUMNS)})"  # noqa: S608
)


def new_gid(connection: sqlite3.Connection) -> str:
    """Never used twice, not even a deleted task's."""
    return str(count_up(connection, "asana_gid", start=FIRST_GID))


def save(connection: sqlite3.Connection, task: Task) -> None:
    """Insert or replace, and let it stand in its sections and no others; its projects hear of it."""
    before = by_gid(connection, task.gid)
    heard_before = _home_sections(connection, before)
    values: dict[str, Any] = {name: value for name, value in asdict(task).items() if name in OWN_COLUMNS}
    connection.execute(_INSERT, values | {"dependencies": json.dumps(task.dependencies)})
    stands = {row["section"] for row in _memberships(connection, task.gid)}
    for section in stands - set(task.sections):
        connection.execute("DELETE FROM asana_membership WHERE task = ? AND section = ?", (task.gid, section))
    for section in task.sections:
        if section not in stands:
            rank = count_up(connection, "asana_rank")
            connection.execute("INSERT INTO asana_membership VALUES (?, ?, ?)", (task.gid, section, rank))
    detail = (task.gid, json.dumps(task.tags), task.hidden)
    connection.execute("INSERT OR REPLACE INTO asana_detail VALUES (?, ?, ?)", detail)
    if before != task:
        events.record(connection, task.gid, heard_before, _home_sections(connection, task), at=task.modified)


def _home_sections(connection: sqlite3.Connection, task: Task | None) -> set[str]:
    """Where it stands; a sub-task that stands nowhere belongs to where the task above it does."""
    while task is not None and not task.sections and task.parent:
        task = by_gid(connection, task.parent)
    return set(task.sections) if task is not None else set()


def _memberships(connection: sqlite3.Connection, gid: str) -> list[sqlite3.Row]:
    return connection.execute("SELECT * FROM asana_membership WHERE task = ? ORDER BY rank", (gid,)).fetchall()


def _from_row(connection: sqlite3.Connection, row: sqlite3.Row) -> Task:
    values: dict[str, Any] = {name: row[name] for name in OWN_COLUMNS}
    values |= {"completed": bool(row["completed"]), "dependencies": tuple(json.loads(row["dependencies"]))}
    detail = connection.execute("SELECT * FROM asana_detail WHERE task = ?", (row["gid"],)).fetchone()
    if detail is not None:
        values |= {"tags": tuple(json.loads(detail["tags"])), "hidden": bool(detail["hidden"])}
    return Task(**values, sections=tuple(one["section"] for one in _memberships(connection, row["gid"])))


def by_gid(connection: sqlite3.Connection, gid: str) -> Task | None:
    row = connection.execute("SELECT * FROM asana_task WHERE gid = ?", (gid,)).fetchone()
    return None if row is None else _from_row(connection, row)


def outlines(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """Of every task where it stands, and when it changed."""
    hidden = {row["task"] for row in connection.execute("SELECT task FROM asana_detail WHERE hidden")}
    sections: dict[str, list[str]] = {}
    for row in connection.execute("SELECT * FROM asana_membership ORDER BY rank"):
        sections.setdefault(row["task"], []).append(row["section"])
    rows = connection.execute("SELECT gid, parent, modified FROM asana_task ORDER BY gid")
    return [dict(row) | {"sections": sections.get(row["gid"], []), "hidden": row["gid"] in hidden} for row in rows]


def below(connection: sqlite3.Connection, gid: str) -> list[Task]:
    """Its own sub-tasks, not those below them."""
    rows = connection.execute("SELECT * FROM asana_task WHERE parent = ? ORDER BY gid", (gid,)).fetchall()
    return [_from_row(connection, row) for row in rows]


def of_sections(
    connection: sqlite3.Connection,
    sections: Iterable[str],
    *,
    modified_since: int = 0,
    after_rank: int = 0,
    count: int = -1,
) -> list[tuple[int, Task]]:
    """What the account sees, in the order in which it was put there, each with its rank; `count` -1 is all."""
    asked = list(sections)
    marks = ", ".join("?" * len(asked))
    rows = connection.execute(
        f"SELECT asana_task.*, rank FROM asana_membership JOIN asana_task ON gid = task WHERE section IN ({marks}) "  # noqa: S608
        "AND rank > ? AND modified >= ? AND gid NOT IN (SELECT task FROM asana_detail WHERE hidden) "
        "ORDER BY rank LIMIT ?",
        (*asked, after_rank, modified_since, count),
    ).fetchall()
    return [(row["rank"], _from_row(connection, row)) for row in rows]


def marked(task: Task, *, completed: bool, at: int) -> Task:
    """Complete or not. Completing an approval by hand approves it, as the vendor says."""
    approval = task.approval
    if task.subtype == "approval":
        approval = "approved" if completed else "pending"
    return replace(task, completed=completed, completed_at=at if completed else None, approval=approval, modified=at)


def answered(task: Task, answer: str, *, at: int) -> Task:
    """An approval with its answer: every one but "pending" completes it."""
    completed = answer != "pending"
    return replace(
        task,
        subtype="approval",
        approval=answer,
        completed=completed,
        completed_at=at if completed else None,
        modified=at,
    )


def delete(connection: sqlite3.Connection, gid: str) -> None:
    """With all that is below it."""
    for one in below(connection, gid):
        delete(connection, one.gid)
    found = by_gid(connection, gid)
    if found is not None:
        sections = _home_sections(connection, found)
        events.record(connection, gid, sections, set(), at=found.modified, is_deleted=True)
    connection.execute("DELETE FROM asana_detail WHERE task = ?", (gid,))
    connection.execute("DELETE FROM asana_task WHERE gid = ?", (gid,))
    connection.execute("DELETE FROM asana_membership WHERE task = ?", (gid,))
