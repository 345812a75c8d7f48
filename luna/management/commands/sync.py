"""`manage.py sync`: read the task tools now, in the foreground and to the end."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandError

from integrations.domain.types import RunState, RunTrigger
from integrations.models import Connection, SyncRun
from integrations.selectors import sources_in_trouble, task_connections
from integrations.sync.runs import start_run
from luna import clock
from luna.lib import work
from luna.management.command import LunaCommand

SYNC, RECOMPUTE = "sync", "recompute"
LOOK_EVERY_SECONDS = 0.5
LONGEST_REST_SECONDS = 120.0
ENDED = (RunState.DONE, RunState.FAILED)


class Command(LunaCommand):
    """Safe beside a worker: a run is worked by one of them at a time, and this one waits for its end."""

    help = "Read the connected task tools now, in the foreground and to the end."
    wait: Callable[[float], None] = staticmethod(time.sleep)

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--connection", type=int, metavar="ID", help="only this one; without it every task tool")
        parser.add_argument("--full", action="store_true", help="read everything again, not only what changed")

    def handle(self, *_args: Any, connection: int | None = None, full: bool = False, **_options: Any) -> None:
        """One line for each connection; it leaves with 1 where one could not be read."""
        chosen = _chosen(connection)
        if not chosen:
            self.stdout.write("No task tool is connected.")
            return
        # All are begun before the first is worked, so that a worker beside this command helps.
        runs = [start_run(row, RunTrigger.PERSON, is_full=full) for row in chosen]
        failed = [row for row, run in zip(chosen, runs, strict=True) if not self._work_to_end(row, run)]
        work.drain(RECOMPUTE)
        if failed:
            names = ", ".join(row.name for row in failed)
            raise CommandError(f"Not everything could be read: {names}. The lines above say why.")

    def _work_to_end(self, connection: Connection, run: SyncRun) -> bool:
        """Whether everything was read. Says how it went."""
        while run.state not in ENDED:
            if not work.run_row(work.queues()[SYNC], run.pk):
                rest = (run.due_at - clock.now()).total_seconds() if run.due_at else 0.0
                if rest > LONGEST_REST_SECONDS:
                    why = run.error_sentence or connection.error_sentence
                    self.stderr.write(f"{connection.name}: it rests until {run.due_at:%H:%M} UTC. {why}".strip())
                    return False
                self.wait(min(max(rest, LOOK_EVERY_SECONDS), LONGEST_REST_SECONDS))
            run.refresh_from_db()
            connection.refresh_from_db()
        if run.state == RunState.FAILED:
            self.stderr.write(f"{connection.name}: {run.error_sentence}")
            return False
        self.stdout.write(f"{connection.name}: {_counts(run)}")
        troubled = sources_in_trouble(connection)
        for source in troubled:
            where = f"{source.milestone.launch.key}, {source.milestone.name}"
            self.stderr.write(f"{connection.name}, {where}: {source.error_sentence}")
        return not troubled


def _chosen(pk: int | None) -> list[Connection]:
    """The connections to read. Raises CommandError for one that is not there."""
    rows = list(task_connections().order_by("pk"))
    if pk is None:
        return rows
    chosen = [row for row in rows if row.pk == pk]
    if not chosen:
        known = ", ".join(f"{row.pk} ({row.name})" for row in rows) or "none"
        raise CommandError(f"There is no connected task tool {pk}. There are: {known}.")
    return chosen


def _counts(run: SyncRun) -> str:
    parts = [f"{run.read} read", f"{run.changed} changed"]
    parts += [f"{run.removed} gone"] if run.removed else []
    parts += [f"{run.quarantined} set aside"] if run.quarantined else []
    return f"{', '.join(parts)} in {run.requests} call{'' if run.requests == 1 else 's'}."
