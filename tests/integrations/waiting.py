"""Letting workers meet: threads with a connection of their own, and waiting until they stand before a lock."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

from django.db import connection as database

WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class Worker(threading.Thread):
    """Does the work beside the test, and keeps what it raised."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__()
        self._work = work
        self.error: Exception | None = None

    def run(self) -> None:
        """The work."""
        try:
            self._work()
        except Exception as error:
            self.error = error
        finally:
            database.close()


def until_waiting(*workers: Worker) -> None:
    """Until all of them stand before a lock, or are done; SQLite lets them begin nothing meanwhile."""
    ends = monotonic() + 60
    while database.vendor == "postgresql" and monotonic() < ends:
        with database.cursor() as cursor:
            # A transaction else goes on seeing what it saw first: https://www.postgresql.org/docs/current/monitoring-stats.html
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITS)
            (waiting,) = cursor.fetchone()
        if waiting >= sum(worker.is_alive() for worker in workers):
            return
        workers[0].join(timeout=0.01)
