"""What calls named is looked at: all that wait for a connection together, each task once, within a budget."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

import structlog
from django.db import models
from django.db.models import Q

from integrations.domain.types import ConnectionState, RunState, RunTrigger
from integrations.errors import NeedsAttentionError, RefusedError, RetryLaterError
from integrations.models import Connection, InboundEvent, SourceTask, SyncRun
from integrations.sources.base import FETCH_SIZE
from integrations.sync import fetching
from integrations.sync.condition import mark_broken, pause
from integrations.sync.runs import start_run
from luna import clock
from luna.lib.work import LEASE, Claim

SLICE_SECONDS = 12.0
MOST_CALLS = 5000
"""What comes in a flood within half a minute fits in, so that it costs each task one look."""
MOST_FETCHED = 100
"""Tasks asked for by id in one look; are there more, a run reads them by pages, which costs the tool less."""
MOST_ASKED = 5000
"""Ids in one statement."""
RUN_EVERY = timedelta(minutes=1)
STANDS_BACK = timedelta(seconds=5)

_log = structlog.get_logger(__name__)
Events = Sequence[InboundEvent]


@dataclass(frozen=True)
class Named:
    """What a batch of calls names, each task once: those to fetch, and those that a run is to bring."""

    to_fetch: tuple[str, ...]
    to_find: frozenset[str]


def work_calls(claim: Claim[InboundEvent]) -> None:
    """Look at every task that the connection's waiting calls name."""
    event = claim.row
    if event.worked_at is not None:
        return
    if _is_led_by_another(event):
        claim.finish(again_at=clock.now() + STANDS_BACK)
        return
    connection = Connection.objects.get(pk=event.connection_id)
    events = _taken_along(claim)
    now = clock.now()
    if connection.state in {ConnectionState.DISCONNECTED, ConnectionState.NEEDS_ATTENTION}:
        # Once it is mended it is polled, and the poll reads what changed meanwhile.
        _let_go(claim)
    elif connection.paused_until is not None and connection.paused_until > now:
        _let_go(claim, [one.pk for one in events], connection.paused_until)
    else:
        _look(claim, connection, events)


def given_up(claim: Claim[InboundEvent], why: str) -> None:
    """Leave all that waits for the connection to its next poll, lest each call fail in turn."""
    _log.error("calls given up", connection=claim.row.connection_id, why=why)
    _taken_along(claim)
    _let_go(claim)


def _is_led_by_another(event: InboundEvent) -> bool:
    """Whether a worker is at an older call of the same connection: it takes along what it finds."""
    older = _waiting(event.connection_id).filter(pk__lt=event.pk)
    return older.filter(lease_until__gt=clock.now()).exists()


def _waiting(connection_id: int) -> models.QuerySet[InboundEvent]:
    """Found by when they are due: what was worked is kept for days, and is many times more."""
    return InboundEvent.objects.filter(connection_id=connection_id, worked_at__isnull=True, due_at__isnull=False)


def _taken_along(claim: Claim[InboundEvent]) -> Events:
    """All calls that wait for the connection, held under this claim's lease, oldest first."""
    waiting = _waiting(claim.row.connection_id)
    free = waiting.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=clock.now()))
    some = list(free.order_by("pk").values_list("pk", flat=True)[:MOST_CALLS])
    free.filter(pk__in=some).update(lease_token=claim.token, lease_until=claim.until)
    return list(waiting.filter(lease_token=claim.token).only("task_ids", "about").order_by("pk"))


def _look(claim: Claim[InboundEvent], connection: Connection, events: Events) -> None:
    named = _named(connection, events)
    try:
        left = _fetch(claim, connection, named.to_fetch)
    except RetryLaterError as error:
        _let_go(claim, [one.pk for one in events], pause(connection, error, tries=1))
        return
    except NeedsAttentionError as error:
        mark_broken(connection, error)
        _let_go(claim)
        return
    except RefusedError as error:
        _log.warning("calls not looked into", connection=connection.pk, why=error.sentence)
        left = frozenset()
    unfound = named.to_find if named.to_find and not _run(connection) else frozenset()
    _let_go(claim, _without(events, left | unfound), clock.now() if left else clock.now() + RUN_EVERY)


def _named(connection: Connection, events: Events) -> Named:
    """Deleted ones are fetched in any case: no run brings them."""
    gone = {pk for event in events for pk in event.about.get("gone", [])}
    ids = dict.fromkeys(pk for event in events for pk in event.task_ids)
    known: set[str] = set()
    for start in range(0, len(ids), MOST_ASKED):
        some = list(ids)[start : start + MOST_ASKED]
        linked = SourceTask.objects.filter(task__connection=connection, task__external_id__in=some)
        known |= set(linked.values_list("task__external_id", flat=True))
    new = {pk for event in events for pk in event.about.get("new", [])}
    if len(known) <= MOST_FETCHED:
        return Named(tuple(pk for pk in ids if pk in known), frozenset(new - known - gone))
    return Named(tuple(sorted(known & gone))[:MOST_FETCHED], frozenset((known | new) - gone))


def _fetch(claim: Claim[InboundEvent], connection: Connection, ids: Iterable[str]) -> frozenset[str]:
    """Fetch until the slice is over; those that were not reached."""
    ends = monotonic() + SLICE_SECONDS
    left = list(ids)
    while left and monotonic() < ends:
        _renew(claim)
        fetched = fetching.fetch_tasks(connection, left[:FETCH_SIZE])
        left = [*fetched.left, *left[FETCH_SIZE:]]
    return frozenset(left)


def _run(connection: Connection) -> bool:
    """Start a run that reads what changed; False while one is open, or began less than a minute ago."""
    recent = Q(trigger=RunTrigger.WEBHOOK, created_at__gt=clock.now() - RUN_EVERY)
    is_open = Q(state__in=[RunState.WAITING, RunState.RUNNING])
    if SyncRun.objects.filter(recent | is_open, connection=connection).exists():
        return False
    start_run(connection, RunTrigger.WEBHOOK)
    return True


def _without(events: Events, pending: frozenset[str]) -> list[int]:
    """The calls of which something is pending, which now name nothing else."""
    waiting: list[int] = []
    shortened: list[InboundEvent] = []
    for event in events:
        rest = [pk for pk in event.task_ids if pk in pending]
        if rest:
            waiting.append(event.pk)
            if rest != event.task_ids:
                event.task_ids = rest
                shortened.append(event)
    InboundEvent.objects.bulk_update(shortened, ["task_ids"], batch_size=200)
    return waiting


def _held(claim: Claim[InboundEvent]) -> models.QuerySet[InboundEvent]:
    return _waiting(claim.row.connection_id).filter(lease_token=claim.token)


def _renew(claim: Claim[InboundEvent]) -> None:
    claim.renew()
    _held(claim).update(lease_until=clock.now() + LEASE)


def _let_go(claim: Claim[InboundEvent], waiting: Collection[int] = (), at: datetime | None = None) -> None:
    """The calls in `waiting` are due again at that time; all others are worked."""
    now = clock.now()
    free = {"lease_token": "", "lease_until": None}
    others = _held(claim).exclude(pk=claim.row.pk)
    others.filter(pk__in=waiting).update(due_at=at, **free)
    others.update(worked_at=now, due_at=None, **free)
    if claim.row.pk in waiting:
        claim.finish(again_at=at)
    else:
        claim.finish(worked_at=now)
