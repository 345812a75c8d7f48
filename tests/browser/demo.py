"""Luna as a person starts it: `manage.py up --demo` on a folder of its own, beside its sandbox."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.error import URLError

from luna import clock
from luna.demo.company import DOMAIN
from sandbox.control import SandboxControl
from tests.faults.installation import ROOT, database_of_its_own, wait_until
from tests.servers import free_port

if TYPE_CHECKING:
    from pathlib import Path

FIRST_START_SECONDS = 240.0
STOPS_WITHIN_SECONDS = 10.0


@dataclass
class Demo:
    """One Luna with its sample company, or with nothing in it yet."""

    folder: Path
    has_sample: bool = True
    port: int = field(default_factory=free_port)
    first_started: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path, *, has_sample: bool = True) -> Demo:
        """On SQLite without Redis, or on a new database of the tests' PostgreSQL with their Valkey. Not started yet."""
        demo = cls(folder, has_sample)
        # A person has none of what the tests set.
        demo.environment = {name: value for name, value in os.environ.items() if not name.startswith("LUNA_")}
        # Both kinds may run at once, and making a database drops the one that had its name.
        name, redis_number = ("demo", 2) if has_sample else ("empty", 3)
        demo.environment |= database_of_its_own(f"luna_{name}_{os.getpid()}", redis_number=redis_number)
        return demo

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{(self.folder / 'sandbox-port').read_text(encoding='utf-8')}"

    @property
    def sandbox(self) -> SandboxControl:
        return SandboxControl(self.sandbox_url)

    @property
    def words(self) -> str:
        """What it has said so far, over all its starts."""
        return (self.folder / "up.log").read_text(encoding="utf-8")

    def start(self) -> float:
        """Start it; the seconds until its first page was there."""
        began = time.monotonic()
        if not self.first_started.timestamp():
            self.first_started = clock.now()
        self.folder.mkdir(exist_ok=True)
        options = ["--demo"] if self.has_sample else []
        with (self.folder / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up", *options, "--port", str(self.port), "--data", str(self.folder)],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self._answers_or_ended, "the demo's first page", within=FIRST_START_SECONDS)
        assert self.process.poll() is None, self.words
        return time.monotonic() - began

    def _answers_or_ended(self) -> bool:
        assert self.process is not None
        return self.process.poll() is not None or _is_there(f"{self.url}/account/login/")

    def wait_for_sandbox(self) -> None:
        """The sandbox is started after the first page."""
        wait_until(lambda: _is_there(self.sandbox_url), "the sandbox")

    def interrupt(self) -> int:
        """Press Ctrl-C; the exit code. Raises subprocess.TimeoutExpired when it does not end in time."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(STOPS_WITHIN_SECONDS)

    def stop(self) -> None:
        """End it in any case."""
        if self.process is None or self.process.poll() is not None:
            return
        try:
            self.interrupt()
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def address_of(nick: str) -> str:
    """The e-mail of one of the sample company's people."""
    return f"{nick}@{DOMAIN}"


def _is_there(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (ours)
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
