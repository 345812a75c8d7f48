"""A quick look at an SQLite database, without Django: are all migrations applied, and is there anybody?"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

_USERS = "people_user"


def is_ready(database: Path, apps: Iterable[str]) -> bool:
    """Whether `database` has every migration of the installed apps and at least one user.

    False means "let Django look": it knows more, and needs a second for it.
    """
    if not database.exists():
        return False
    try:
        with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            applied = set(connection.execute("SELECT app, name FROM django_migrations"))
            has_users = connection.execute(f"SELECT 1 FROM {_USERS} LIMIT 1").fetchone() is not None  # noqa: S608 (our own name)
    except sqlite3.Error:
        return False
    return has_users and _migrations_of(apps) <= applied


def _migrations_of(apps: Iterable[str]) -> set[tuple[str, str]]:
    """(label, name) of every migration file; an app's label is the last part of its name."""
    found: set[tuple[str, str]] = set()
    for app in apps:
        spec = find_spec(app)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            names = {path.stem for path in Path(folder, "migrations").glob("[0-9]*.py")}
            found |= {(app.rpartition(".")[2], name) for name in names}
    return found
