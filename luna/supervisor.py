"""Keeps a few child processes alive: restarts the one that dies, passes their lines on, and stops them together."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from types import FrameType

GRACE_SECONDS = 6.0
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30.0
_STEADY_AFTER_SECONDS = 60.0
_READY_POLL_SECONDS = 0.04


@dataclass
class Child:
    """One process under supervision. `environment` is added to our own."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    started: float = 0.0
    pause: float = _FIRST_PAUSE_SECONDS
    restart_at: float | None = None

    def start(self) -> None:
        """Start it in a session of its own, so that Ctrl-C reaches the supervisor alone."""
        self.restart_at = None
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._pass_on_lines, args=(self.process,), daemon=True).start()

    def _pass_on_lines(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None  # noqa: S101 (asked for above)
        for line in process.stdout:
            _say(f"{self.name:>8} | {line.rstrip()}")

    def plan_restart(self) -> None:
        """After a death: soon the first time, then later and later; a child that ran steadily starts over."""
        now = time.monotonic()
        if now - self.started > _STEADY_AFTER_SECONDS:
            self.pause = _FIRST_PAUSE_SECONDS
        self.restart_at = now + self.pause
        self.pause = min(self.pause * 2, _LONGEST_PAUSE_SECONDS)

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        """Send a signal to the child and whatever it has started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)

    def wait(self, seconds: float) -> None:
        """Give it `seconds` to end by itself, then kill it."""
        if self.process is None:
            return
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.signal(signal.SIGKILL)
            self.process.wait()


class Supervisor:
    """Starts its children and lives until it is asked to stop."""

    def __init__(
        self, children: Sequence[Child], *, later: Sequence[Child] = (), grace_seconds: float = GRACE_SECONDS
    ) -> None:
        self._children = list(children)
        self._later = list(later)
        self._grace_seconds = grace_seconds
        # A SimpleQueue may be written from a signal handler, which an Event may not.
        self._signals: SimpleQueue[int] = SimpleQueue()

    def run(self, *, ready: Callable[[], bool], on_ready: Callable[[], None]) -> None:
        """Run until SIGINT or SIGTERM. As soon as `ready` says yes, start the later children and call `on_ready`."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, self._note)
        try:
            for child in self._children:
                child.start()
            is_ready = False
            while not self._asked_to_stop(self._pause(is_ready=is_ready)):
                self._look_after_children()
                if not is_ready and ready():
                    is_ready = True
                    self._start_later_ones()
                    on_ready()
        finally:
            stop_together(self._children, self._grace_seconds)

    def _start_later_ones(self) -> None:
        for child in self._later:
            self._children.append(child)
            child.start()

    def _note(self, number: int, _frame: FrameType | None) -> None:
        self._signals.put(number)

    def _pause(self, *, is_ready: bool) -> float | None:
        """Seconds until something has to be looked at again; None when only a signal brings news."""
        if not is_ready:
            return _READY_POLL_SECONDS
        planned = [child.restart_at for child in self._children if child.restart_at is not None]
        return max(0.0, min(planned) - time.monotonic()) if planned else None

    def _asked_to_stop(self, pause: float | None) -> bool:
        try:
            return self._signals.get(timeout=pause) != signal.SIGCHLD
        except Empty:
            return False

    def _look_after_children(self) -> None:
        for child in self._children:
            if child.restart_at is not None:
                if child.restart_at <= time.monotonic():
                    child.start()
            elif not child.is_running and child.process is not None:
                child.plan_restart()
                _say(f"{child.name:>8} | ended with {child.process.returncode}; starting it again")


def stop_together(children: Sequence[Child], grace_seconds: float = GRACE_SECONDS) -> None:
    """Ask all that run to end, and kill those that have not ended in time."""
    running = [child for child in children if child.is_running]
    for child in running:
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + grace_seconds
    for child in running:
        child.wait(max(0.0, deadline - time.monotonic()))


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
