"""How long a large milestone's links between tasks are looked through, right after a first sync and once analysed.

In a process of its own, with the database that its environment names: `benchmarks.on_postgres` starts it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import django
from django.db import connection as database

TASKS = 20_000
SECONDS = 1.0
_CROSSING = 200
"""Every so many tasks, one waits for a task of the other milestone; the others for one of their own."""


def suggestion_seconds() -> Iterator[tuple[bool, str]]:
    """(holds, words), before and after ANALYZE."""
    from benchmarks.company import make_company  # noqa: PLC0415  models come after the settings
    from integrations.suggestions import refresh_suggestions  # noqa: PLC0415
    from milestones.models import Milestone  # noqa: PLC0415

    make_company(2, 5)
    ids = list(Milestone.objects.order_by("pk").values_list("pk", flat=True)[:2])
    _fill(ids)
    for when in ("before", "after"):
        if when == "after":
            with database.cursor() as cursor:
                cursor.execute("ANALYZE")
        started = time.perf_counter()
        refresh_suggestions(ids[:1])
        seconds = time.perf_counter() - started
        yield (
            seconds <= SECONDS,
            f"hidden dependencies of {TASKS:,} tasks on {database.vendor}, {when} ANALYZE: {seconds:.2f} s "
            f"(limit {SECONDS:g} s)",
        )


def _fill(milestones: list[int]) -> None:
    """Half of the tasks for each of the two milestones, as one connection's sources found them."""
    from integrations.domain.types import SourceKind, TaskState  # noqa: PLC0415
    from integrations.models import Connection, SourceTask, Task, TaskBlocker, TaskSource  # noqa: PLC0415
    from luna import clock  # noqa: PLC0415

    now = clock.now()
    connection = Connection.objects.create(name="Bench", provider="jira_cloud", base_url="https://x", created_at=now)
    sources = [
        TaskSource.objects.create(
            connection=connection, milestone_id=pk, kind=SourceKind.JQL, query=f"labels = s{pk}", created_at=now
        )
        for pk in milestones
    ]
    tasks = Task.objects.bulk_create(
        [
            Task(connection=connection, external_id=str(n), key=f"T-{n}", state=TaskState.TO_DO, remote_updated_at=now)
            for n in range(TASKS)
        ],
        batch_size=500,
    )
    links = [SourceTask(source=sources[n % 2], task=task, is_counted=True) for n, task in enumerate(tasks)]
    SourceTask.objects.bulk_create(links, batch_size=500)
    waits = [
        TaskBlocker(task=task, blocker_id_there=str((n + (1 if n % _CROSSING == 0 else 2)) % TASKS))
        for n, task in enumerate(tasks)
    ]
    TaskBlocker.objects.bulk_create(waits, batch_size=500)


def main() -> int:
    """Print each figure; 1 when one is over."""
    django.setup()
    fine = True
    for holds, words in suggestion_seconds():
        print(f"{'ok  ' if holds else 'OVER'}  {words}", flush=True)
        fine = fine and holds
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
