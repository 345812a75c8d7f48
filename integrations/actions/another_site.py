"""A connection that leads to another site: what was read at the old one is let go."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.db.models import F, Value
from django.db.models.functions import Concat, Left, Substr

from integrations.credentials import site_of
from integrations.domain.types import RemovedWhy, RunState
from integrations.models import QuarantinedPayload, SourceTask, SyncRun, Task, TaskSource
from integrations.sync.counting import one_at_a_time, recount, sharers_of
from integrations.sync.runs import OPEN
from integrations.sync.scope import note_leaving
from luna import clock

if TYPE_CHECKING:
    from integrations.models import Connection
    from people.models import User

BATCH = 1000
LONGEST_ID = 64
"""Of Task.external_id. Ids of today are far shorter; one that is cut is only not found again by who goes back."""
FIELDS: dict[str, Any] = {"offered": [], "limits": {}, "last_synced_at": None}
"""Of a connection: what the old site said and was allowed to tell."""
_UNREAD: dict[str, Any] = {
    "title": "",
    "cursor_ms": None,
    "full_read_at": None,
    "synced_at": None,
    "error_sentence": "",
    "censused_at": None,
    "at_source": None,
    "mirrored": None,
    "bookmark": "",
}
"""A source of which nothing was read yet."""
STOPPED = "It was stopped: the connection leads to another site now."


def is_another_site(connection: Connection, base_url: str) -> bool:
    """Whether the address is not that of the site from which the connection's tasks came."""
    return site_of(base_url) != site_of(connection.base_url)


def leave_site(*, connection: Connection, old_url: str, new_url: str, actor: User) -> None:
    """Let go of all that was read at the old address, in the transaction that writes the new one.

    Ids say nothing at another site, where other tasks may have the same: those of the old site's tasks are kept apart,
    and who goes back to it finds them again. A worker that reads there still writes no more of it.
    """
    now = clock.now()
    sources = TaskSource.objects.filter(connection=connection)
    milestones = sorted(set(sources.values_list("milestone_id", flat=True)))
    one_at_a_time(milestones)
    SyncRun.objects.filter(connection=connection, state__in=OPEN).update(
        state=RunState.FAILED,
        error_sentence=STOPPED,
        finished_at=now,
        due_at=None,
        lease_token="",
        lease_until=None,
    )
    shared = {other for pk in milestones for other in sharers_of(pk, now)}
    links = SourceTask.objects.filter(source__connection=connection)
    leaving = sorted(set(links.filter(is_counted=True).values_list("task_id", flat=True)))
    for start in range(0, len(leaving), BATCH):
        note_leaving(leaving[start : start + BATCH], RemovedWhy.NO_ACCESS, now, source_id=None)
    links.delete()
    tasks = Task.objects.filter(connection=connection)
    tasks.filter(removed_at__isnull=True).update(removed_at=now, removed_why=RemovedWhy.NO_ACCESS)
    _keep_apart(connection.pk, old_url=old_url, new_url=new_url)
    QuarantinedPayload.objects.filter(connection=connection).delete()
    sources.update(**_UNREAD)
    for pk in sorted(shared.union(milestones)):
        recount(pk, now=now, actor=actor)


def _keep_apart(connection_id: int, *, old_url: str, new_url: str) -> None:
    """Give the ids of the old site's tasks its mark, and take that of the new site from those that were read there."""
    tasks = Task.objects.filter(connection_id=connection_id)
    here = tasks.exclude(external_id__regex=r"^[0-9a-f]{8}~")
    here.update(external_id=Left(Concat(Value(_mark_of(old_url)), F("external_id")), LONGEST_ID))
    mark = _mark_of(new_url)
    tasks.filter(external_id__startswith=mark).update(external_id=Substr("external_id", len(mark) + 1))


def _mark_of(url: str) -> str:
    """No tool's id looks like it: eight hexadecimal digits and a tilde."""
    return f"{hashlib.sha256(site_of(url).encode()).hexdigest()[:8]}~"
