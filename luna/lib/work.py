"""Due rows: the one mechanism for sync runs, deliveries, notices and recomputations.

A row that wants work has `due_at` set. Whoever works it claims it by compare-and-swap with a lease and a fencing
token; every later write repeats the token. So a lost, doubled or late message changes nothing, and a worker that
dies loses its rows to the next one when the lease is over. Messages carry the queue's name and the row's id only.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Generic, TypeVar

import structlog
from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When
from django.utils.module_loading import import_string

from luna import clock
from luna.lib.bell import BELL
from luna.lib.redaction import redact

LEASE = timedelta(seconds=60)
MAX_CRASHES = 3
LONG_SLOTS_LEFT_FREE = 2

_log = structlog.get_logger(__name__)


class DueRow(models.Model):
    """What a table needs so that its rows can be worked."""

    due_at = models.DateTimeField(null=True, blank=True, db_index=True, editable=False)
    lease_token = models.CharField(max_length=32, blank=True, default="", editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    crashes = models.PositiveSmallIntegerField(default=0, editable=False)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=DueRow)


class LeaseLostError(Exception):
    """Someone else has the row now: stop without writing."""


@dataclass
class Claim(Generic[Row]):
    """One worker's hold on one row. `row` is as it was read after the claim."""

    row: Row
    token: str
    due_at: datetime
    until: datetime
    finished: bool = False

    def _mine(self) -> models.QuerySet[Row]:
        manager: models.Manager[Row] = type(self.row)._default_manager
        return manager.filter(pk=self.row.pk, lease_token=self.token)

    def renew(self) -> None:
        """Hold the row for another lease. Raises LeaseLostError."""
        until = clock.now() + LEASE
        self.save(lease_until=until)
        self.until = until

    def save(self, **fields: Any) -> None:
        """Write `fields` if the row is still mine. Raises LeaseLostError."""
        if not self._mine().update(**fields):
            raise LeaseLostError(f"{type(self.row).__name__} {self.row.pk}")
        for name, value in fields.items():
            setattr(self.row, name, value)

    def finish(self, *, again_at: datetime | None = None, **fields: Any) -> None:
        """Let the row go with `fields` written, due again at `again_at`.

        A wish that came in while the work ran (another `due_at` than the claimed one) is kept.
        Raises LeaseLostError.
        """
        kept = Case(When(due_at=self.due_at, then=Value(again_at, models.DateTimeField())), default=F("due_at"))
        if not self._mine().update(due_at=kept, lease_token="", lease_until=None, crashes=0, **fields):
            raise LeaseLostError(f"{type(self.row).__name__} {self.row.pk}")
        self.finished = True


@dataclass(frozen=True)
class Queue(Generic[Row]):
    """A kind of due row. `handle` works a claim in at most 20 s; `give_up` takes a row that crashed too often."""

    name: str
    model: type[Row]
    handle: Callable[[Claim[Row]], None]
    give_up: Callable[[Claim[Row], str], None]
    long: bool = False

    def due(self, now: datetime) -> models.QuerySet[Row]:
        """Rows that may be claimed at `now`, the longest waiting first."""
        manager: models.Manager[Row] = self.model._default_manager
        return manager.filter(_claimable(now)).order_by("due_at")


def _claimable(now: datetime) -> Q:
    return Q(due_at__lte=now) & (Q(lease_until__isnull=True) | Q(lease_until__lte=now))


@cache
def queues() -> dict[str, Queue[Any]]:
    """The queues that the settings name, by name."""
    loaded: Iterable[Queue[Any]] = (import_string(path) for path in settings.WORK_QUEUES)
    return {queue.name: queue for queue in loaded}


def wish(queue_name: str, rows: models.QuerySet[Any], *, at: datetime | None = None) -> None:
    """Make `rows` due (now, unless `at` is given) within the caller's transaction, and ring the bell after it."""
    when = at or clock.now()
    with transaction.atomic(savepoint=False):
        # Locked in one order, so that two who wish for several rows at once wait for each other instead of colliding.
        pks = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk", flat=True))
        rows.model._default_manager.filter(pk__in=pks).update(due_at=when)
    if at is None:
        for pk in pks:
            ring(queue_name, pk)


def ring(queue_name: str, pk: int) -> None:
    """After the commit, tell a worker that this row is due. Where there is no Redis the tick finds it."""
    if settings.REDIS_URL:
        transaction.on_commit(lambda: BELL.ring(queue_name, pk))


def claim(queue: Queue[Row], pk: int) -> Claim[Row] | None:
    """Take the row if it is due and free. The crash is counted before the work, and forgotten when it ends well."""
    now = clock.now()
    token = secrets.token_hex(16)
    free = queue.due(now).order_by().filter(pk=pk)
    if not free.update(lease_token=token, lease_until=now + LEASE, crashes=F("crashes") + 1):
        return None
    manager: models.Manager[Row] = queue.model._default_manager
    row = manager.get(pk=pk)
    if row.due_at is None:  # withdrawn between the claim and this read
        return None
    return Claim(row=row, token=token, due_at=row.due_at, until=now + LEASE)


@dataclass
class _LongSlots:
    """How many long pieces of work run in this process: never in the last two slots, so that the tick always runs."""

    running: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self) -> bool:
        with self.lock:
            if self.running >= settings.WORKER_THREADS - LONG_SLOTS_LEFT_FREE:
                return False
            self.running += 1
            return True

    def give_back(self) -> None:
        with self.lock:
            self.running -= 1


_long_slots = _LongSlots()


def due_now() -> list[tuple[str, int]]:
    """(queue, row id) of the rows to offer at this tick."""
    now = clock.now()
    most = settings.WORKER_THREADS * 2
    return [(name, pk) for name, queue in queues().items() for pk in queue.due(now).values_list("pk", flat=True)[:most]]


def run(queue_name: str, pk: int) -> None:
    """Work the row, then, for short work, what else is due in its queue until the next tick."""
    queue = queues()[queue_name]
    if queue.long and not _long_slots.take():
        return
    try:
        run_row(queue, pk)
        ends = time.monotonic() + settings.TICK_SECONDS
        while not queue.long and time.monotonic() < ends:
            following = queue.due(clock.now()).values_list("pk", flat=True).first()
            if following is None or not run_row(queue, following):
                break
    finally:
        if queue.long:
            _long_slots.give_back()


def run_row(queue: Queue[Row], pk: int) -> bool:
    """Claim and work one row; False when it was not to be had."""
    held = claim(queue, pk)
    if held is None:
        return False
    try:
        if held.row.crashes > MAX_CRASHES:
            queue.give_up(held, f"stopped after {MAX_CRASHES} crashes")
        else:
            queue.handle(held)
        if not held.finished:
            held.finish()
    except LeaseLostError as lost:
        _log.warning("lease lost", queue=queue.name, row=str(lost))
    except Exception as error:
        _log.exception("work failed", queue=queue.name, row=pk)
        _retry_later(queue, held, error)
    return True


def _retry_later(queue: Queue[Row], held: Claim[Row], error: Exception) -> None:
    """After an unforeseen error: wait longer each time, and give the row up after the last try."""
    try:
        if held.row.crashes >= MAX_CRASHES:
            # Some libraries put the call into their errors, with its key; what is given up is shown to people.
            queue.give_up(held, redact(f"{type(error).__name__}: {error}"))
            if not held.finished:
                held.finish()
        else:
            delay = timedelta(seconds=15 * 4**held.row.crashes)
            held.save(due_at=clock.now() + delay, lease_token="", lease_until=None)
    except LeaseLostError:
        _log.warning("lease lost", queue=queue.name, row=held.row.pk)


def drain(*names: str, limit: int = 1000) -> int:
    """Work every due row of the named queues (all, when none is named) here and now; how many were worked.

    For commands and tests: no worker and no broker is needed.
    """
    worked = 0
    wanted = [queues()[name] for name in names] or list(queues().values())
    while worked < limit:
        due = [(queue, queue.due(clock.now()).values_list("pk", flat=True).first()) for queue in wanted]
        todo = [(queue, pk) for queue, pk in due if pk is not None]
        done = sum(run_row(queue, pk) for queue, pk in todo)
        if not done:
            break
        worked += done
    return worked
