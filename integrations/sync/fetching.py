"""Reading single tasks by id: for webhooks, and for one payload that a person wants tried again."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from integrations.domain.types import RemovedWhy
from integrations.models import Connection, QuarantinedPayload, SourceTask
from integrations.registry import open_source
from integrations.sources.base import FETCH_SIZE, Fetched
from integrations.sync import mirror
from integrations.sync.condition import note_limits
from integrations.sync.counting import one_at_a_time
from integrations.sync.slices import count_touched
from luna import clock


@dataclass(frozen=True)
class FetchedTasks:
    """What came of it."""

    changed: int = 0
    removed: int = 0
    unknown: tuple[str, ...] = ()
    """Ids that no source links: whether a source finds them is the next run's to see."""
    left: tuple[str, ...] = ()
    """Ids that were not reached in time, and are to be asked for again."""
    requests: int = 0


def fetch_tasks(connection: Connection, external_ids: Iterable[str]) -> FetchedTasks:
    """Write these tasks as they are now, or why they are gone, for the sources that link them already.

    Nothing unknown is asked for, and no link is added. Each `FETCH_SIZE` tasks are one transaction, so what was
    written before an error stays. Raises RetryLaterError, NeedsAttentionError or RefusedError of integrations.errors.
    """
    asked = list(dict.fromkeys(external_ids))
    linked = _linked(connection, asked)
    unknown = tuple(one for one in asked if one not in linked)
    known = [one for one in asked if one in linked]
    if not known:
        return FetchedTasks(unknown=unknown)
    changed = removed = 0
    left: list[str] = []
    with closing(open_source(connection)) as client:
        for start in range(0, len(known), FETCH_SIZE):
            asked_at = clock.now()
            fetched = client.fetch(known[start : start + FETCH_SIZE])
            note_limits(connection, client.rate_limits)
            written, gone = _write(connection, fetched, linked, asked_at)
            changed, removed = changed + written, removed + gone
            left += fetched.left
        return FetchedTasks(changed, removed, unknown, tuple(left), client.requests)


def _linked(connection: Connection, external_ids: list[str]) -> dict[str, int]:
    """By external id the tasks that a source links."""
    rows = SourceTask.objects.filter(task__connection=connection, task__external_id__in=external_ids)
    return dict(rows.values_list("task__external_id", "task_id"))


def _write(connection: Connection, fetched: Fetched, linked: dict[str, int], asked_at: datetime) -> tuple[int, int]:
    """How many were changed and removed. Milestones are counted, and stay as fresh as their runs left them."""
    now = clock.now()
    records = sorted((one for one in fetched.records if one.external_id in linked), key=lambda one: one.external_id)
    with transaction.atomic():
        one_at_a_time(mirror.milestones_of(linked.values()))
        if not Connection.objects.filter(pk=connection.pk, base_url=connection.base_url).exists():
            # It was pointed at another site meanwhile, where these ids are other tasks'.
            return 0, 0
        changed = mirror.write_tasks(connection.pk, records, fetched.quarantined, asked_at=asked_at, now=now)
        touched = mirror.milestones_of(changed)
        for why in (RemovedWhy.DELETED, RemovedWhy.NO_ACCESS):
            gone = [linked[one] for one, verdict in fetched.gone.items() if verdict is why and one in linked]
            if gone:
                touched |= mirror.let_go(gone, why, source=None, now=now)
        count_touched(sorted(touched))
    removed = sum(one in linked for one in fetched.gone)
    QuarantinedPayload.objects.filter(connection=connection, external_id__in=list(fetched.gone)).delete()
    return len(changed), removed
