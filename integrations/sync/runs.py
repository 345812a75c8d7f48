"""Sync runs: started once per connection, worked in slices, resumed at the page they reached."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from integrations.domain.types import ConnectionState, RunState, RunTrigger
from integrations.errors import NeedsAttentionError, RefusedError, RetryLaterError
from integrations.models import Connection, SourceTask, SyncRun, TaskSource
from integrations.registry import open_source
from integrations.sources.base import Page, SourceQuery
from integrations.sync import mirror
from integrations.sync.condition import mark_broken, mark_well, pause
from integrations.sync.counting import count_milestone
from luna import clock
from luna.lib import work
from luna.lib.crashpoint import crashpoint

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from integrations.sources.base import TaskSourceClient
    from luna.lib.work import Claim
    from people.models import User

SYNC = "sync"
SLICE_SECONDS = 12.0
"""After these no new page is begun: a page's calls have 30 s at most, and the slot is to be given back soon."""
OVERLAP = timedelta(minutes=5)
FULL_READ_EVERY = timedelta(hours=24)
MAX_PAGES = 2000
MAX_TRIES = 8
OPEN = (RunState.WAITING, RunState.RUNNING)


@dataclass(frozen=True)
class Position:
    """Where a run is: in a source once `begun`, else behind it. As it stands in SyncRun.position."""

    source: int = 0
    begun: bool = False
    is_full: bool = False
    since_ms: int | None = None
    token: str | None = None
    newest_ms: int | None = None
    pages: int = 0


def start_run(
    connection: Connection,
    trigger: RunTrigger,
    *,
    requested_by: User | None = None,
    is_full: bool = False,
    is_otherwise: bool = False,
) -> SyncRun:
    """The connection's open run, or a new one, due at once; while the connection rests, when its rest is over.

    Where everything is to be read again, an open run that reads only changes starts over; where it is to be read
    otherwise than before (`is_otherwise`), any open run does.
    """
    while True:
        open_run = _open_run(connection, is_full=is_full, is_otherwise=is_otherwise)
        run = open_run or _new_run(connection, trigger, requested_by, is_full=is_full)
        if run is not None:
            return run


def _open_run(connection: Connection, *, is_full: bool, is_otherwise: bool) -> SyncRun | None:
    with transaction.atomic():
        run = SyncRun.objects.select_for_update().filter(connection=connection, state__in=OPEN).first()
        if run is not None and is_full and (is_otherwise or not run.is_full):
            # A worker that holds the run loses its lease: its slice ends, and the next one begins anew.
            start = {"is_full": True, "position": {}, "expected": None, "lease_token": "", "lease_until": None}
            SyncRun.objects.filter(pk=run.pk).update(**start)
            run.refresh_from_db()
        return run


def _new_run(
    connection: Connection, trigger: RunTrigger, requested_by: User | None, *, is_full: bool
) -> SyncRun | None:
    """None when somebody else opened one at the same moment."""
    now = clock.now()
    at = connection.paused_until if connection.paused_until and connection.paused_until > now else None
    try:
        with transaction.atomic():
            run = SyncRun.objects.create(
                connection=connection, trigger=trigger, requested_by=requested_by, is_full=is_full, created_at=now
            )
            work.wish(SYNC, SyncRun.objects.filter(pk=run.pk), at=at)
    except IntegrityError:
        return None
    return run


def live_sources(connection_id: int) -> QuerySet[TaskSource]:
    """The sources that are read: those of milestones and launches that are neither deleted nor archived."""
    return TaskSource.objects.filter(
        connection_id=connection_id,
        milestone__deleted_at__isnull=True,
        milestone__launch__deleted_at__isnull=True,
        milestone__launch__archived_at__isnull=True,
    ).order_by("pk")


def work_slice(claim: Claim[SyncRun]) -> None:
    """Read pages until the slice is over or the run is; the rest is due again at once."""
    run = claim.row
    connection = Connection.objects.get(pk=run.connection_id)
    if connection.state == ConnectionState.DISCONNECTED:
        end_run(claim, RunState.FAILED, "The connection was disconnected.")
        return
    claim.save(state=RunState.RUNNING, started_at=run.started_at or clock.now())
    ends = monotonic() + SLICE_SECONDS
    try:
        with closing(open_source(connection)) as client:
            slice_ = _Slice(claim, client)
            while slice_.read_on():
                if monotonic() > ends:
                    claim.finish(again_at=clock.now())
                    return
    except RetryLaterError as error:
        _wait(claim, connection, error)
    except NeedsAttentionError as error:
        with transaction.atomic():
            mark_broken(connection, error)
            end_run(claim, RunState.FAILED, error.sentence)
    else:
        _finish(claim, connection)


def end_run(claim: Claim[SyncRun], state: RunState, sentence: str = "") -> None:
    """Close the run for good."""
    claim.finish(state=state, finished_at=clock.now(), error_sentence=sentence[:500])


def _finish(claim: Claim[SyncRun], connection: Connection) -> None:
    with transaction.atomic():
        unread = live_sources(connection.pk).exclude(error_sentence="").count()
        sentence = f"{unread} of its sources could not be read; each says why." if unread else ""
        mark_well(connection, synced_at=clock.now())
        end_run(claim, RunState.DONE, sentence)
        # One that was linked while the run was on its last page.
        if live_sources(connection.pk).filter(full_read_at__isnull=True, error_sentence="").exists():
            start_run(connection, RunTrigger.NEW_SOURCE)


def _wait(claim: Claim[SyncRun], connection: Connection, error: RetryLaterError) -> None:
    tries = claim.row.tries + 1
    with transaction.atomic():
        until = pause(connection, error, tries=tries)
        if tries >= MAX_TRIES:
            end_run(claim, RunState.FAILED, f"Given up after {tries} tries. {error.sentence}")
        else:
            claim.finish(again_at=until, state=RunState.WAITING, tries=tries, error_sentence=error.sentence[:500])


class _Slice:
    """Reads page after page for one claim of a run."""

    def __init__(self, claim: Claim[SyncRun], client: TaskSourceClient) -> None:
        self._claim = claim
        self._run = claim.row
        self._client = client
        self._requests_before = self._run.requests
        self._position = Position(**self._run.position)

    def read_on(self) -> bool:
        """Read the next page, or say that there is none in any source."""
        source = self._current_source()
        if source is None:
            return False
        query = SourceQuery(source.kind, source.query)
        try:
            if not self._position.begun:
                self._begin(source, query)
            here = self._position
            page = self._client.page(query, updated_since_ms=here.since_ms, token=here.token)
            _refuse_endless_paging(here, page)
        except RefusedError as error:
            self._skip(source, error)
            return True
        self._commit(source, page)
        crashpoint("sync.after_page")
        return True

    def _current_source(self) -> TaskSource | None:
        sources = live_sources(self._run.connection_id)
        if self._position.begun:
            current = sources.filter(pk=self._position.source).first()
            if current is not None:
                return current
        following = sources.filter(pk__gt=self._position.source).first()
        if following is not None:
            self._position = Position(source=following.pk)
        return following

    def _begin(self, source: TaskSource, query: SourceQuery) -> None:
        """Decide between a full read and what changed since the cursor, and count what is ahead."""
        yesterday = clock.now() - FULL_READ_EVERY
        is_full = (
            self._run.is_full
            or source.cursor_ms is None
            or source.full_read_at is None
            or source.full_read_at < yesterday
        )
        since = None if is_full or source.cursor_ms is None else source.cursor_ms - _milliseconds(OVERLAP)
        position = Position(source=source.pk, begun=True, is_full=is_full, since_ms=since, newest_ms=source.cursor_ms)
        ahead = self._expected(source, query) if is_full else 0
        self._save(position, expected=(self._run.expected or 0) + ahead)

    def _expected(self, source: TaskSource, query: SourceQuery) -> int:
        """As the tool counts; where it doesn't, as many as there were at last."""
        told = self._client.expected(query)
        return SourceTask.objects.filter(source=source).count() if told is None else told

    def _commit(self, source: TaskSource, page: Page) -> None:
        """The page, where the run is, and at its source's end the cursor and the milestone's counts."""
        now = clock.now()
        newest = max((_epoch_ms(record.updated_at) for record in page.records), default=None)
        known = [ms for ms in (self._position.newest_ms, newest) if ms is not None]
        reached = replace(
            self._position,
            token=page.next_token,
            pages=self._position.pages + 1,
            newest_ms=min(max(known), _epoch_ms(self._run.started_at or now)) if known else None,
        )
        with transaction.atomic():
            changed = mirror.write_page(source, page, run_id=self._run.pk, now=now)
            removed = 0
            if page.next_token is None:
                removed = self._end_source(source, reached, now)
                reached = Position(source=source.pk)
            self._save(
                reached,
                read=self._run.read + len(page.records),
                changed=self._run.changed + changed,
                removed=self._run.removed + removed,
                quarantined=self._run.quarantined + len(page.quarantined),
                tries=0,
            )

    def _end_source(self, source: TaskSource, reached: Position, now: datetime) -> int:
        removed = mirror.unlink_unseen(source, run_id=self._run.pk, now=now) if reached.is_full else 0
        fields: dict[str, Any] = {"cursor_ms": reached.newest_ms, "synced_at": now, "error_sentence": ""}
        if reached.is_full:
            fields["full_read_at"] = now
        TaskSource.objects.filter(pk=source.pk).update(**fields)
        count_milestone(source.milestone_id, synced_at=now)
        return removed

    def _skip(self, source: TaskSource, error: RefusedError) -> None:
        """This source can't be read as it is; the others go on."""
        with transaction.atomic():
            TaskSource.objects.filter(pk=source.pk).update(error_sentence=error.sentence[:500])
            self._save(Position(source=source.pk))

    def _save(self, position: Position, **counters: int) -> None:
        self._claim.save(
            position=asdict(position),
            requests=self._requests_before + self._client.requests,
            lease_until=clock.now() + work.LEASE,
            **counters,
        )
        self._position = position


def _refuse_endless_paging(here: Position, page: Page) -> None:
    if page.next_token is not None and (page.next_token == here.token or here.pages + 1 >= MAX_PAGES):
        raise RefusedError("Its pages have no end. Choose fewer tasks with a narrower query.")


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)


def _epoch_ms(instant: datetime) -> int:
    return int(instant.astimezone(UTC).timestamp() * 1000)
