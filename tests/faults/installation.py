"""A Luna of its own beside the tests: its database, and worker processes that may be killed."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Child:
    """A process that was forked for a test, with what the tests use of subprocess.Popen."""

    pid: int
    nursery: Nursery

    def wait(self, timeout: float) -> int:
        """Its exit code, as subprocess tells it. Raises TimeoutError."""
        code = self.nursery.ask({"wait": self.pid, "seconds": timeout})["code"]
        if code is None:
            raise TimeoutError(f"process {self.pid} still runs")
        return int(code)


@dataclass(frozen=True)
class Nursery:
    """tests/faults/nursery.py, running."""

    process: subprocess.Popen[str]
    folder: Path

    def ask(self, wish: dict[str, Any]) -> dict[str, Any]:
        """Its answer."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(wish) + "\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline()))

    def start(self, run: str, arguments: Sequence[str], environment: dict[str, str], output: Path) -> Child:
        """A new process."""
        wish = {"run": run, "arguments": list(arguments), "environment": environment, "output": str(output)}
        return Child(self.ask(wish)["pid"], self)

    def said_by(self, module: str, arguments: Sequence[str], environment: dict[str, str]) -> str:
        """The last line that the module's `main` says."""
        output = self.folder / "scene.log"
        output.unlink(missing_ok=True)
        child = self.start(module, arguments, environment, output)
        code, said = child.wait(120), output.read_text(encoding="utf-8")
        assert code == 0, said
        return said.splitlines()[-1]


@dataclass
class Installation:
    """Migrated, empty. `environment` is what its processes get."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    nursery: Nursery | None = None

    @classmethod
    def make(cls, folder: Path) -> Installation:
        """On SQLite without Redis, or on a new database of the tests' PostgreSQL with their Valkey."""
        quick = {"LUNA_DATA_DIR": str(folder), "LUNA_DATABASE_POOL": "0", "LUNA_TICK_SECONDS": "1"}
        installation = cls(folder, dict(os.environ) | quick)
        for name in ("LUNA_CLOCK_FILE", "LUNA_CRASH_AT"):
            installation.environment.pop(name, None)
        name, template = f"luna_killed_{os.getpid()}", f"luna_template_{os.getpid()}"
        kept = Path(os.environ["LUNA_DATA_DIR"]) / f"{template}.sqlite3"
        if kept.exists():
            shutil.copy(kept, folder / "luna.sqlite3")
        elif not _is_there(template):
            installation.environment |= database_of_its_own(template, redis_number=1)
            installation.manage("migrate", "--verbosity", "0")
            installation.manage("createcachetable")
            if (folder / "luna.sqlite3").exists():
                kept.parent.mkdir(exist_ok=True)
                shutil.copy(folder / "luna.sqlite3", kept)
        installation.environment |= database_of_its_own(name, redis_number=1, template=template)
        return installation

    def manage(self, *arguments: str) -> None:
        """Run a command to its end."""
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, timeout=120)

    @contextmanager
    def kept_loaded(self, **extra: str) -> Iterator[None]:
        """Meanwhile its scenes and workers are forked from a process that has Luna loaded and these settings."""
        command = [sys.executable, "-m", "tests.faults.nursery"]
        with (self.folder / "nursery.log").open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment | extra, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=log, text=True,
            )  # fmt: skip
        self.nursery = Nursery(process, self.folder)
        try:
            yield
        finally:
            self.nursery = None
            process.kill()
            process.communicate()

    def scene(self, *arguments: str, module: str = "tests.faults.scene", **extra: str) -> dict[str, Any]:
        """Run a program of scenes in this installation; what it says."""
        if self.nursery is not None:
            return dict(json.loads(self.nursery.said_by(module, arguments, extra)))
        command = [sys.executable, "-m", module, *arguments]
        said = subprocess.run(
            command, cwd=ROOT, env=self.environment | extra, check=True, capture_output=True, text=True, timeout=120
        )
        return dict(json.loads(said.stdout.splitlines()[-1]))

    def ring(self, delivery: int, **extra: str) -> None:
        """Tell the worker about the delivery where there is a broker; elsewhere its tick is soon enough."""
        if self.environment.get("LUNA_REDIS_URL"):
            self.scene("ring", str(delivery), **extra)

    def fork_worker(self, **extra: str) -> Child:
        """A real worker process, too, quicker; while it is `kept_loaded`."""
        assert self.nursery is not None
        return self.nursery.start("worker", (), extra, self.folder / "worker.log")

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


def database_of_its_own(name: str, *, redis_number: int, template: str = "template1") -> dict[str, str]:
    """Where the tests run on PostgreSQL, the settings of a new database of that name; nothing where they run on SQLite.

    Its messages stay apart from those of the tests' own process.
    """
    shared = os.environ.get("LUNA_DATABASE_URL")
    if not shared:
        return {}
    with _postgres(shared) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return {
        "LUNA_DATABASE_URL": urlunsplit(urlsplit(shared)._replace(path=f"/{name}")),
        "LUNA_REDIS_URL": f"{os.environ['LUNA_REDIS_URL'].rpartition('/')[0]}/{redis_number}",
    }


def _is_there(database: str) -> bool:
    """Whether the tests' PostgreSQL has it; on SQLite nothing is."""
    shared = os.environ.get("LUNA_DATABASE_URL")
    if not shared:
        return False
    with _postgres(shared) as connection:
        return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is not None


def _postgres(shared: str) -> psycopg.Connection[Any]:
    return psycopg.connect(shared.rpartition("/")[0] + "/postgres", autocommit=True)


def wait_until(happened: Callable[[], bool], what: str, *, within: float = PATIENCE_SECONDS) -> None:
    """Look again and again; fail when it takes too long."""
    deadline = time.monotonic() + within
    while not happened():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited too long for: {what}")
        time.sleep(0.05)
