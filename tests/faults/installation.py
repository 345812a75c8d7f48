"""A Luna of its own beside the tests: its database, and worker processes that may be killed."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 60.0


@dataclass
class Installation:
    """Migrated, empty. `environment` is what its processes get."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path) -> Installation:
        """On SQLite without Redis, or on a new database of the tests' PostgreSQL with their Valkey."""
        quick = {"LUNA_DATA_DIR": str(folder), "LUNA_DATABASE_POOL": "0", "LUNA_TICK_SECONDS": "1"}
        installation = cls(folder, dict(os.environ) | quick)
        for name in ("LUNA_CLOCK_FILE", "LUNA_CRASH_AT"):
            installation.environment.pop(name, None)
        installation.environment |= database_of_its_own(f"luna_killed_{os.getpid()}", redis_number=1)
        installation.manage("migrate", "--verbosity", "0")
        installation.manage("createcachetable")
        return installation

    def manage(self, *arguments: str) -> None:
        """Run a command to its end."""
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, timeout=120)

    def scene(self, *arguments: str, **extra: str) -> dict[str, Any]:
        """Run tests/faults/scene.py in this installation; what it says."""
        command = [sys.executable, "-m", "tests.faults.scene", *arguments]
        said = subprocess.run(
            command, cwd=ROOT, env=self.environment | extra, check=True, capture_output=True, text=True, timeout=120
        )
        return dict(json.loads(said.stdout.splitlines()[-1]))

    def ring(self, delivery: int, **extra: str) -> None:
        """Tell the worker about the delivery where there is a broker; elsewhere its tick is soon enough."""
        if self.environment.get("LUNA_REDIS_URL"):
            self.scene("ring", str(delivery), **extra)

    def start_worker(self, **extra: str) -> subprocess.Popen[bytes]:
        """A real worker process in a session of its own."""
        log = (self.folder / "worker.log").open("ab")
        with log:
            return subprocess.Popen(
                [sys.executable, "manage.py", "worker"],
                cwd=ROOT,
                env=self.environment | extra,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def value(self, statement: str, number: int) -> Any:
        """The single value that a statement with one parameter gives."""
        url = self.environment.get("LUNA_DATABASE_URL")
        if url:
            with psycopg.connect(url) as connection:
                row = connection.execute(statement.replace("?", "%s").encode(), (number,)).fetchone()
        else:
            with closing(sqlite3.connect(self.folder / "luna.sqlite3", timeout=20)) as connection:
                row = connection.execute(statement, (number,)).fetchone()
        return row[0] if row else None


def database_of_its_own(name: str, *, redis_number: int) -> dict[str, str]:
    """Where the tests run on PostgreSQL, the settings of a new database of that name; nothing where they run on SQLite.

    Its messages stay apart from those of the tests' own process.
    """
    shared = os.environ.get("LUNA_DATABASE_URL")
    if not shared:
        return {}
    with psycopg.connect(shared.rpartition("/")[0] + "/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return {
        "LUNA_DATABASE_URL": urlunsplit(urlsplit(shared)._replace(path=f"/{name}")),
        "LUNA_REDIS_URL": f"{os.environ['LUNA_REDIS_URL'].rpartition('/')[0]}/{redis_number}",
    }


def wait_until(happened: Callable[[], bool], what: str, *, within: float = PATIENCE_SECONDS) -> None:
    """Look again and again; fail when it takes too long."""
    deadline = time.monotonic() + within
    while not happened():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited too long for: {what}")
        time.sleep(0.05)
