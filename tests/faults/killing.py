"""Killing the worker at a point of its work, and looking at what the next one makes of it."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from luna.lib.work import LEASE
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.faults.installation import Installation, wait_until
from tests.moving_clock import MovingClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta
    from pathlib import Path

STATE = "SELECT state FROM reports_delivery WHERE id = ?"


@dataclass
class Killing:
    """A Luna whose workers may die, the services that it calls, and the clock that both see."""

    luna: Installation
    sandbox: SandboxServer
    clock: MovingClock
    folder: Path

    @property
    def control(self) -> SandboxControl:
        """What a test does to the services."""
        return SandboxControl(self.sandbox.url)

    def queue(self, scene: str) -> int:
        """A delivery of that scene, on its way; the services begin anew."""
        self.control.reset()
        return int(self.luna.scene(scene, self.sandbox.url)["delivery"])

    def kill_at(self, point: str, *, ring: int | None = None) -> None:
        """Start a worker that dies there, and wait for its end."""
        if ring is not None:
            self.luna.ring(ring)
        marker = self.folder / f"killed at {point} {len(list(self.folder.iterdir()))}"
        worker = self.luna.fork_worker(LUNA_CRASH_AT=f"{point}@{marker}")
        assert worker.wait(60) == -signal.SIGKILL

    def go_on(
        self, statement: str, number: int, *, until: str | int, after: timedelta = LEASE, ring: bool = False
    ) -> None:
        """Once the lease is over, another worker: wait until the statement gives that value."""
        self.clock.move(max(LEASE, after) + (LEASE / 60))
        if ring:
            self.luna.ring(number)
        worker = self.luna.fork_worker()
        try:
            wait_until(lambda: self.luna.value(statement, number) == until, f"{statement} to be {until}")
        finally:
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait(30)


@contextmanager
def killing_in(folder: Path) -> Iterator[Killing]:
    """One for all tests of a module."""
    clock = MovingClock(folder / "clock.json")
    with ExitStack() as stack:
        sandbox = stack.enter_context(SandboxServer(data_dir=folder / "sandbox", clock_file=clock.file))
        luna = Installation.make(folder)
        luna.environment |= {
            "LUNA_PRIVATE_HOSTS": urlsplit(sandbox.url).netloc,
            "LUNA_GOOGLE_URL": f"{sandbox.url}/google",
            "LUNA_CLOCK_FILE": str(clock.file),
        }
        stack.enter_context(luna.kept_loaded())
        (folder / "killed").mkdir()
        yield Killing(luna, sandbox, clock, folder / "killed")
