"""Issues as the sandbox keeps them, and what can happen to one: created, edited, moved to a status, deleted."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from sandbox.company.plan import BY_KEY
from sandbox.jira.vocabulary import DONE, NEW, STATUSES
from sandbox.store import NAMES, count_up, get_meta

FORTNIGHT_MS = 14 * 86_400_000


@dataclass(frozen=True)
class Issue:
    """Instants are epoch milliseconds; `blocks` holds the keys of issues that wait for this one."""

    id: int
    key: str
    project_key: str
    type: str
    summary: str
    created: int
    updated: int
    status: str = "To Do"
    description: str = ""
    resolution: str | None = None
    resolved: int | None = None
    parent_id: int | None = None
    assignee: str | None = None
    reporter: str | None = None
    labels: tuple[str, ...] = ()
    fix_versions: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    estimate_seconds: int | None = None
    due: str | None = None
    category_changed: int = 0
    changes: tuple[tuple[int, str, str | None, str | None], ...] = field(default=(), compare=False)

    @property
    def number(self) -> int:
        return int(self.key.rpartition("-")[2])

    @property
    def site(self) -> str:
        return BY_KEY[self.project_key].site

    @property
    def points(self) -> float | None:
        """Stories are estimated in points here, one for each day."""
        return self.estimate_seconds / 28_800 if self.type == "Story" and self.estimate_seconds else None

    @property
    def sprints(self) -> tuple[int, ...]:
        """Numbers of the fortnights in which it was made and last moved; none before anybody begins with it."""
        if self.type == "Epic" or self.category == NEW.key:
            return ()
        return tuple(sorted({at // FORTNIGHT_MS for at in (self.created, self.category_changed)}))

    @property
    def category(self) -> str:
        return STATUSES[self.status].category.key

    @property
    def is_done(self) -> bool:
        return self.category == DONE.key


LIST_COLUMNS = ("labels", "fix_versions", "blocks")
OWN_COLUMNS = tuple(one.name for one in fields(Issue) if one.name != "changes")
COLUMNS = (*OWN_COLUMNS, "number", "category", "written", "revision")
_INSERT = f"INSERT OR REPLACE INTO issue ({', '.join(COLUMNS)}) VALUES ({', '.join(':' + name for name in COLUMNS)})"  # noqa: S608


def from_row(row: sqlite3.Row) -> Issue:
    values: dict[str, Any] = {name: row[name] for name in OWN_COLUMNS}
    for name in LIST_COLUMNS:
        values[name] = tuple(json.loads(values[name]))
    return Issue(**values)


def save(connection: sqlite3.Connection, issue: Issue, *, now_ms: int) -> None:
    """Insert or replace; `changes` not kept yet are added to the issue's history."""
    values: dict[str, Any] = {name: value for name, value in asdict(issue).items() if name in OWN_COLUMNS}
    for name in LIST_COLUMNS:
        values[name] = json.dumps(values[name])
    values |= {
        "number": issue.number,
        "category": issue.category,
        "written": now_ms,
        "revision": count_up(connection, "revision"),
    }
    connection.execute(_INSERT, values)
    connection.executemany(
        "INSERT INTO change (issue_id, at, field, was, became) VALUES (?, ?, ?, ?, ?)",
        [(issue.id, *change) for change in issue.changes],
    )


def by_key(connection: sqlite3.Connection, id_or_key: str) -> Issue | None:
    """By its id, its key, or a key that it had before its project got another one."""
    column = "id" if id_or_key.isdigit() else "key"
    row = connection.execute(f"SELECT * FROM issue WHERE {column} = ?", (key_now(connection, id_or_key),)).fetchone()  # noqa: S608
    return None if row is None else from_row(row)


def key_now(connection: sqlite3.Connection, id_or_key: str) -> str:
    prefix, dash, number = id_or_key.upper().rpartition("-")
    home = get_meta(connection, f"{NAMES}jira once {prefix}") if dash else None
    return f"{_prefix(connection, home)}-{number}" if home else id_or_key.upper()


def _prefix(connection: sqlite3.Connection, project_key: str) -> str:
    return get_meta(connection, f"{NAMES}jira key {project_key}") or project_key


def children(connection: sqlite3.Connection, parent_id: int) -> list[Issue]:
    rows = connection.execute("SELECT * FROM issue WHERE parent_id = ? ORDER BY number", (parent_id,))
    return [from_row(row) for row in rows]


def of_project(connection: sqlite3.Connection, project_key: str) -> list[Issue]:
    rows = connection.execute("SELECT * FROM issue WHERE project_key = ? ORDER BY number", (project_key,))
    return [from_row(row) for row in rows]


def next_id(connection: sqlite3.Connection) -> int:
    """Ids are never used twice, not even a deleted issue's."""
    return count_up(connection, "issue_id", start=10_000)


def next_key(connection: sqlite3.Connection, project_key: str) -> str:
    """The next key of the project; children start after 100, which leaves the low numbers to the epics."""
    return f"{_prefix(connection, project_key)}-{count_up(connection, f'number {project_key}', start=100)}"


def moved(issue: Issue, status: str, *, at: int, resolution: str | None = None) -> Issue:
    """The issue in another status. Done gets a resolution ("Done" unless another is given); leaving done clears it."""
    is_done = STATUSES[status].category is DONE
    changes = [*issue.changes, (at, "status", issue.status, status)]
    new_resolution = (resolution or "Done") if is_done else None
    if new_resolution != issue.resolution:
        changes.append((at, "resolution", issue.resolution, new_resolution))
    changed = STATUSES[status].category.key != issue.category
    return replace(
        issue,
        status=status,
        resolution=new_resolution,
        resolved=at if is_done else None,
        updated=at,
        category_changed=at if changed else issue.category_changed,
        changes=tuple(changes),
    )


def delete(connection: sqlite3.Connection, issue: Issue) -> None:
    for table in ("issue", "issue_index"):
        connection.execute(f"DELETE FROM {table} WHERE id = ?", (issue.id,))  # noqa: S608 - names from the line above
    connection.execute("DELETE FROM change WHERE issue_id = ?", (issue.id,))


def history(connection: sqlite3.Connection, issue_ids: list[int]) -> dict[int, list[sqlite3.Row]]:
    """Changes per issue, newest first as the vendor lists them."""
    marks = ", ".join("?" * len(issue_ids))
    rows = connection.execute(f"SELECT * FROM change WHERE issue_id IN ({marks}) ORDER BY at DESC, id DESC", issue_ids)  # noqa: S608
    found: dict[int, list[sqlite3.Row]] = {issue_id: [] for issue_id in issue_ids}
    for row in rows:
        found[row["issue_id"]].append(row)
    return found
