"""Rings the worker's bell from a thread of its own, so that no request ever waits for the broker."""

from __future__ import annotations

import queue
import threading
import time
from importlib import import_module

import structlog

QUIET_SECONDS = 5.0

_log = structlog.get_logger(__name__)


class Bell:
    """A bounded line of (queue, row id); what doesn't fit is dropped, because the tick finds the row anyway."""

    def __init__(self, size: int = 1000) -> None:
        self._line: queue.Queue[tuple[str, int]] = queue.Queue(size)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def ring(self, queue_name: str, pk: int) -> None:
        """Never blocks, never raises."""
        try:
            self._line.put_nowait((queue_name, pk))
        except queue.Full:
            return
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._send_all, name="bell", daemon=True)
                self._thread.start()

    def _send_all(self) -> None:
        # Celery and its broker take half a second to import: only where there is a bell to ring.
        app = import_module("luna.celery").app
        quiet_until = 0.0
        while True:
            queue_name, pk = self._line.get()
            if time.monotonic() < quiet_until:
                continue
            try:
                app.send_task("luna.run_due", (queue_name, pk), expires=60, retry=False, ignore_result=True)
            except Exception as error:
                _log.warning("broker does not answer; the tick will find the work", error=type(error).__name__)
                quiet_until = time.monotonic() + QUIET_SECONDS


BELL = Bell()
