"""The sandbox's one SQLite file: its tables, and the short transactions in which everything reads and writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

ISSUE_COLUMNS = """
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, number INTEGER NOT NULL, project_key TEXT NOT NULL,
    type TEXT NOT NULL, summary TEXT NOT NULL, description TEXT NOT NULL,
    status TEXT NOT NULL, category TEXT NOT NULL, resolution TEXT,
    resolved INTEGER, parent_id INTEGER, assignee TEXT, reporter TEXT, labels TEXT NOT NULL, fix_versions TEXT NOT NULL,
    blocks TEXT NOT NULL, estimate_seconds INTEGER, due TEXT, created INTEGER NOT NULL, updated INTEGER NOT NULL,
    category_changed INTEGER NOT NULL, written INTEGER NOT NULL, revision INTEGER NOT NULL
"""

SCHEMA = f"""
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS issue ({ISSUE_COLUMNS});
CREATE TABLE IF NOT EXISTS issue_index ({ISSUE_COLUMNS});
CREATE INDEX IF NOT EXISTS issue_revision ON issue (revision);
CREATE INDEX IF NOT EXISTS issue_parent ON issue (parent_id);
CREATE INDEX IF NOT EXISTS issue_blocker ON issue (id) WHERE blocks != '[]';
CREATE INDEX IF NOT EXISTS issue_index_updated ON issue_index (updated, project_key, number);
CREATE INDEX IF NOT EXISTS issue_index_parent ON issue_index (parent_id);
CREATE TABLE IF NOT EXISTS change (
    id INTEGER PRIMARY KEY, issue_id INTEGER NOT NULL, at INTEGER NOT NULL, field TEXT NOT NULL,
    was TEXT, became TEXT
);
CREATE INDEX IF NOT EXISTS change_issue ON change (issue_id, at);
CREATE TABLE IF NOT EXISTS message (
    channel TEXT NOT NULL, ts TEXT NOT NULL, user TEXT NOT NULL, text TEXT NOT NULL, blocks TEXT NOT NULL,
    metadata TEXT, thread_ts TEXT, edited_ts TEXT, PRIMARY KEY (channel, ts)
);
CREATE TABLE IF NOT EXISTS membership (channel TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS ledger (
    id INTEGER PRIMARY KEY AUTOINCREMENT, face TEXT NOT NULL, action TEXT NOT NULL, key TEXT NOT NULL,
    payload_hash TEXT NOT NULL, at TEXT NOT NULL
);
"""
TABLES = ("meta", "issue", "issue_index", "change", "message", "membership", "ledger")


class Store:
    """One connection stays open for the store's life, so that closing another never folds the write-ahead log in."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        self._anchor = self._connect()
        self._anchor.execute("PRAGMA journal_mode = WAL")
        self._anchor.executescript(SCHEMA)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file, timeout=10, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connect()) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction that takes the write lock at once; an exception undoes all of it."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def close(self) -> None:
        self._anchor.close()


def clear(connection: sqlite3.Connection) -> None:
    for table in TABLES:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names from the tuple above


def get_meta(connection: sqlite3.Connection, name: str) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row["value"])


def set_meta(connection: sqlite3.Connection, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))


def count_up(connection: sqlite3.Connection, name: str, *, start: int = 0) -> int:
    """The next number of a counter that never goes back."""
    statement = (
        "INSERT INTO meta (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1 RETURNING value"
    )
    return int(connection.execute(statement, (name, str(start + 1))).fetchone()["value"])
