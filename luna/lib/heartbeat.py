"""The worker's sign of life, and its end when it no longer ticks."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass, field

import structlog
from django.core.cache import cache
from django.db import DatabaseError, close_old_connections

from luna import clock

HEARTBEAT_KEY = "worker-heartbeat"
EVERY_SECONDS = 15.0
SILENCE_LIMIT_SECONDS = 180.0
"""A worker that has not ticked for so long is stuck (celery#10205): it ends, and its supervisor starts it again."""

_log = structlog.get_logger(__name__)


@dataclass
class _LastTick:
    """When the tick last ran in this process, on the monotonic clock."""

    at: float = field(default_factory=time.monotonic)


_last_tick = _LastTick()


def ticked() -> None:
    """Note that the tick ran in this process."""
    _last_tick.at = time.monotonic()


def start_heartbeat() -> None:
    """Start the thread that writes the sign of life while the tick runs."""
    ticked()
    threading.Thread(target=_beat, name="heartbeat", daemon=True).start()


def _beat() -> None:
    while True:
        silent = time.monotonic() - _last_tick.at
        if silent > SILENCE_LIMIT_SECONDS:
            _log.error("the tick stands still; the worker ends to be started again", seconds=int(silent))
            os._exit(70)
        try:
            close_old_connections()
            cache.set(HEARTBEAT_KEY, clock.now(), 24 * 3600)
        except DatabaseError as error:
            _log.warning("no sign of life written", error=str(error))
        time.sleep(EVERY_SECONDS)
