"""Sync runs: started once per connection, worked in slices, resumed at the page they reached."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from integrations.domain.types import ConnectionState, RunState, RunTrigger
from integrations.errors import ErrorKind, NeedsAttentionError, ProviderError, RetryLaterError
from integrations.models import Connection, SourceTask, SyncRun, TaskSource
from integrations.registry import open_source
from integrations.sync.census import CensusSlice, forget_quarantine
from integrations.sync.condition import mark_broken, mark_well, note_limits, pause, poll_as_usual, wake
from integrations.sync.counting import one_at_a_time
from integrations.sync.names import follow_names
from integrations.sync.position import Position, started_over
from integrations.sync.reading import ReadingSlice
from integrations.sync.slices import Slice, count_touched, live_sources
from luna import clock
from luna.lib import work

if TYPE_CHECKING:
    from luna.lib.work import Claim
    from people.models import User

SYNC = "sync"
SLICE_SECONDS = 12.0
"""After these no new page is begun: a page's calls have 30 s at most, and the slot is to be given back soon."""
MAX_TRIES = 8
RUNS_KEPT = timedelta(days=90)
RUNS_ALWAYS_KEPT = 100
"""The newest of a connection, however long ago they were."""
MOST_RACES = 3
"""How often another run may begin, and end, between looking for one and opening one."""
OPEN = (RunState.WAITING, RunState.RUNNING)


def start_run(
    connection: Connection,
    trigger: RunTrigger,
    *,
    requested_by: User | None = None,
    is_full: bool = False,
    is_otherwise: bool = False,
    is_retry: bool = False,
) -> SyncRun:
    """The connection's open run, or a new one, due at once; while the connection rests, when its rest is over.

    Where everything is to be read again, an open run that reads only changes starts over; where it is to be read
    otherwise than before (`is_otherwise`), any open run does. A census gives way to whoever waits for tasks; one that
    is asked for with `is_otherwise` is a new run's kind, and an open run reads everything instead. `is_retry`: a new
    census compares only what an earlier one left out.
    """
    if is_otherwise:
        _forget_seen(connection)
    for _ in range(MOST_RACES):
        if run := _open_run(connection, trigger, is_full=is_full, is_otherwise=is_otherwise):
            return run
        with suppress(IntegrityError):
            return _new_run(connection, trigger, requested_by, is_full=is_full, is_retry=is_retry)
    # Nobody is that unlucky: what is refused here is refused for another reason, and the error names it.
    return _new_run(connection, trigger, requested_by, is_full=is_full, is_retry=is_retry)


def start_for_person(
    connection: Connection, trigger: RunTrigger, *, requested_by: User, is_full: bool = False
) -> SyncRun:
    """As `start_run`, for somebody who waits: what stopped the connection may just have been mended."""
    with transaction.atomic():
        is_awake = wake(connection)
        run = start_run(connection, trigger, requested_by=requested_by, is_full=is_full)
        if is_awake:
            work.wish(SYNC, SyncRun.objects.filter(pk=run.pk, state=RunState.WAITING))
    return run


def _open_run(connection: Connection, trigger: RunTrigger, *, is_full: bool, is_otherwise: bool) -> SyncRun | None:
    with transaction.atomic():
        run = SyncRun.objects.select_for_update().filter(connection=connection, state__in=OPEN).first()
        if run is None:
            return None
        gives_way = run.is_census and trigger in {RunTrigger.PERSON, RunTrigger.NEW_SOURCE}
        if gives_way or (is_full and (is_otherwise or not run.is_full)):
            # A worker that holds the run loses its lease: its slice ends, and the next one begins anew.
            SyncRun.objects.filter(pk=run.pk).update(
                is_full=is_full,
                is_census=False,
                trigger=trigger if gives_way else run.trigger,
                position=started_over(run.position),
                expected=None,
                lease_token="",
                lease_until=None,
            )
            run.refresh_from_db()
        return run


def _forget_seen(connection: Connection) -> None:
    """In the caller's transaction: what an open run saw, it saw otherwise than it will when it starts over."""
    one_at_a_time(list(TaskSource.objects.filter(connection=connection).values_list("milestone_id", flat=True)))
    for run in SyncRun.objects.filter(connection=connection, state__in=OPEN):
        SourceTask.objects.filter(source__connection=connection, seen_by=run.pk).update(seen_by=0)


def _new_run(
    connection: Connection, trigger: RunTrigger, requested_by: User | None, *, is_full: bool, is_retry: bool
) -> SyncRun:
    """Raises IntegrityError when somebody else opened one at the same moment."""
    now = clock.now()
    at = connection.paused_until if connection.paused_until and connection.paused_until > now else None
    with transaction.atomic():
        run = SyncRun.objects.create(
            connection=connection,
            trigger=trigger,
            requested_by=requested_by,
            is_full=is_full and trigger != RunTrigger.CENSUS,
            is_census=trigger == RunTrigger.CENSUS,
            position={"is_retry": True} if is_retry else {},
            created_at=now,
        )
        work.wish(SYNC, SyncRun.objects.filter(pk=run.pk), at=at)
    return run


def work_slice(claim: Claim[SyncRun]) -> None:
    """Read pages until the slice is over or the run is; the rest is due again at once."""
    run = claim.row
    connection = Connection.objects.get(pk=run.connection_id)
    if connection.state == ConnectionState.DISCONNECTED:
        count_touched(Position(**run.position).touched)
        end_run(claim, RunState.FAILED, "The connection was disconnected.")
        return
    if connection.paused_until is not None and connection.paused_until > clock.now():
        # It has to rest, whoever found that out: a call from the tool, or another connection to the same site.
        claim.finish(again_at=connection.paused_until, state=RunState.WAITING)
        return
    claim.save(state=RunState.RUNNING, started_at=run.started_at or clock.now())
    try:
        end = _read_a_while(claim, connection)
    except _UsedUpError as error:
        again_at = pause(connection, error, tries=0)
        claim.finish(again_at=again_at, state=RunState.WAITING)
    except RetryLaterError as error:
        _wait(claim, connection, error)
    except NeedsAttentionError as error:
        count_touched(Position(**run.position).touched)
        with transaction.atomic():
            mark_broken(connection, error)
            end_run(claim, RunState.FAILED, error.sentence)
    else:
        if end is None:
            claim.finish(again_at=clock.now())
        else:
            _finish(claim, connection, end)


class _UsedUpError(RetryLaterError):
    """Nothing went wrong: the tool said with its last answer that it would refuse the next call."""

    def __init__(self, until: datetime) -> None:
        sentence = "The calls that the service allows at a time are used up. Luna goes on when there are new ones."
        super().__init__(sentence, kind=ErrorKind.RATE_LIMITED, until=until)


@dataclass(frozen=True)
class _End:
    """What there is to know of a run that came to its end."""

    has_other_keys: bool
    """Whether something that is offered has another key in its tool now."""


def _read_a_while(claim: Claim[SyncRun], connection: Connection) -> _End | None:
    """None where the slice was over before the run."""
    kind: type[Slice] = CensusSlice if claim.row.is_census else ReadingSlice
    with closing(open_source(connection)) as client, closing(kind(claim, client, seconds=SLICE_SECONDS)) as slice_:
        try:
            while slice_.go_on():
                note_limits(connection, client.rate_limits)
                if until := slice_.rests_until:
                    raise _UsedUpError(until)
                if slice_.is_over:
                    return None
        except ProviderError:
            note_limits(connection, client.rate_limits)
            raise
        return _End(has_other_keys=claim.row.is_census and follow_names(connection, client))


def forget_old_runs(connection: Connection) -> None:
    """Of its history keep `RUNS_KEPT`, and the newest `RUNS_ALWAYS_KEPT` in any case."""
    runs = SyncRun.objects.filter(connection=connection)
    for newest_to_go in runs.order_by("-pk").values_list("pk", flat=True)[RUNS_ALWAYS_KEPT : RUNS_ALWAYS_KEPT + 1]:
        runs.filter(pk__lte=newest_to_go, finished_at__lt=clock.now() - RUNS_KEPT).delete()


def end_run(claim: Claim[SyncRun], state: RunState, sentence: str = "") -> None:
    """Close the run for good."""
    claim.finish(state=state, finished_at=clock.now(), error_sentence=sentence[:500])


def _finish(claim: Claim[SyncRun], connection: Connection, end: _End) -> None:
    count_touched(Position(**claim.row.position).touched)
    with transaction.atomic():
        unread = live_sources(connection.pk).exclude(error_sentence="").count()
        sentence = f"{unread} of its sources could not be read; each says why." if unread else ""
        mark_well(connection, synced_at=connection.last_synced_at if claim.row.is_census else clock.now())
        if connection.state != ConnectionState.OK:
            poll_as_usual(connection)
        if claim.row.is_census:
            forget_quarantine(claim.row)
        end_run(claim, RunState.DONE, sentence)
        # One that was linked while the run was on its last page.
        if live_sources(connection.pk).filter(full_read_at__isnull=True, error_sentence="").exists():
            start_run(connection, RunTrigger.NEW_SOURCE)
        elif end.has_other_keys:
            # The tasks bear it, too, and do not count as changed by that.
            start_run(connection, RunTrigger.SCHEDULE, is_full=True)


def _wait(claim: Claim[SyncRun], connection: Connection, error: RetryLaterError) -> None:
    tries = claim.row.tries + 1
    if tries >= MAX_TRIES:
        count_touched(Position(**claim.row.position).touched)
    with transaction.atomic():
        until = pause(connection, error, tries=tries)
        if tries >= MAX_TRIES:
            end_run(claim, RunState.FAILED, f"Given up after {tries} tries. {error.sentence}")
        else:
            claim.finish(again_at=until, state=RunState.WAITING, tries=tries, error_sentence=error.sentence[:500])
