"""Two workers count one milestone at the same instant, on either database: neither loses what the other brought."""

from __future__ import annotations

import threading
from time import monotonic

import pytest
from django.db import connection as database
from django.db import transaction

from integrations.domain.types import TaskState
from integrations.models import Task
from integrations.sync.counting import count_milestone
from integrations.sync.slices import count_touched
from luna import clock
from milestones.models import Milestone
from tests.factories import make_connection, make_launch, make_milestone
from tests.integrations.counted import count, put, read_source
from tests.people import person

WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def _until_it_waits(other: threading.Thread) -> None:
    """Until the other stands before a lock; SQLite lets it begin nothing meanwhile."""
    ends = monotonic() + 60
    while database.vendor == "postgresql" and other.is_alive() and monotonic() < ends:
        with database.cursor() as cursor:
            # A transaction else goes on seeing what it saw first: https://www.postgresql.org/docs/current/monitoring-stats.html
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITS)
            if cursor.fetchone() != (0,):
                return
        other.join(timeout=0.01)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("by_run", [True, False])
def test_what_another_worker_has_not_yet_committed_is_counted_afterwards(by_run: bool) -> None:
    milestone: Milestone = make_milestone(make_launch(person("ana"), key="BOOK"))
    source = read_source(milestone, make_connection())
    for key in ("T-1", "T-2"):
        put(source, key)
    count(milestone)

    def bring(key: str) -> None:
        Task.objects.filter(key=key).update(state=TaskState.DONE)
        if by_run:
            count_milestone(milestone.pk, synced_at=clock.now())
        else:
            count_touched([milestone.pk])

    def bring_the_second() -> None:
        try:
            with transaction.atomic():
                bring("T-2")
        finally:
            database.close()

    other = threading.Thread(target=bring_the_second)
    with transaction.atomic():
        bring("T-1")
        other.start()
        _until_it_waits(other)
    other.join(timeout=60)

    milestone.refresh_from_db()
    assert (milestone.tasks_done, milestone.tasks_total) == (2, 2)
