"""The sandbox's one SQLite file: its tables, and the short transactions in which everything reads and writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ledger (
    id INTEGER PRIMARY KEY AUTOINCREMENT, face TEXT NOT NULL, action TEXT NOT NULL, key TEXT NOT NULL,
    payload_hash TEXT NOT NULL, at TEXT NOT NULL
);
"""


NAMES = "called "
"""Begins the names under which the store keeps what was renamed."""


class Store:
    """One connection stays open for the store's life, so that closing another never folds the write-ahead log in."""

    def __init__(self, file: Path, schemas: Iterable[str] = ()) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._file = file
        self._anchor = self._connect()
        self._anchor.execute("PRAGMA journal_mode = WAL")
        for schema in (SCHEMA, *schemas):
            self._anchor.executescript(schema)

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

    def copy(self) -> sqlite3.Connection:
        """All of it as it stands, in memory."""
        copied = sqlite3.connect(":memory:", check_same_thread=False)
        with closing(self._connect()) as connection:
            connection.backup(copied)
        return copied

    def restore(self, copied: sqlite3.Connection) -> None:
        """Put everything back as it was copied."""
        with closing(self._connect()) as connection:
            copied.backup(connection)

    def close(self) -> None:
        self._anchor.close()


def clear(connection: sqlite3.Connection) -> None:
    """Empty every table."""
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    for row in rows.fetchall():
        connection.execute(f'DELETE FROM "{row["name"]}"')  # noqa: S608 - names of our own tables


def get_meta(connection: sqlite3.Connection, name: str) -> str | None:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row["value"])


def forget_meta(connection: sqlite3.Connection, name: str) -> None:
    connection.execute("DELETE FROM meta WHERE name = ?", (name,))


def set_meta(connection: sqlite3.Connection, name: str, value: str) -> None:
    connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value))


def names(connection: sqlite3.Connection) -> dict[str, str]:
    """What was renamed, and what it is called now."""
    rows = connection.execute("SELECT name, value FROM meta WHERE name LIKE ?", (f"{NAMES}%",))
    return {row["name"].removeprefix(NAMES): row["value"] for row in rows}


def count_up(connection: sqlite3.Connection, name: str, *, start: int = 0) -> int:
    """The next number of a counter that never goes back."""
    statement = (
        "INSERT INTO meta (name, value) VALUES (?, ?) "
        "ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1 RETURNING value"
    )
    return int(connection.execute(statement, (name, str(start + 1))).fetchone()["value"])
