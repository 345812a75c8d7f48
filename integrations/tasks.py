"""The queues of this room: connections to be polled, and sync runs to be worked."""

from __future__ import annotations

from datetime import timedelta

import structlog

from integrations.domain.types import ConnectionState, RunState, RunTrigger
from integrations.errors import NeedsAttentionError, RetryLaterError
from integrations.lineage.rounds import round_failed, work_round
from integrations.models import Connection, InboundEvent, LinkRound, SyncRun, Webhook
from integrations.registry import PROVIDERS, open_destination
from integrations.sync.census import census_is_due, left_some_out
from integrations.sync.condition import LINKS as LINKS_NAME
from integrations.sync.condition import PROBE_EVERY, mark_broken, mark_well, pause
from integrations.sync.position import Position
from integrations.sync.runs import SYNC as SYNC_NAME
from integrations.sync.runs import end_run, forget_old_runs, start_run, work_slice
from integrations.sync.slices import count_touched, live_sources
from integrations.webhooks.keeping import WATCH, keep, keeping_failed
from integrations.webhooks.working import given_up, work_calls
from luna import clock
from luna.lib.work import Claim, Queue

_log = structlog.get_logger(__name__)


def poll(claim: Claim[Connection]) -> None:
    """Start a run over a task tool's sources, or try a place's credentials; then again after the interval."""
    connection = claim.row
    now = clock.now()
    if connection.state == ConnectionState.DISCONNECTED:
        claim.finish()
        return
    if connection.paused_until is not None and connection.paused_until > now:
        claim.finish(again_at=connection.paused_until)
        return
    interval = timedelta(minutes=connection.poll_minutes)
    if not PROVIDERS[connection.provider].is_task_tool:
        _try_place(connection)
        interval = PROBE_EVERY
    elif live_sources(connection.pk).exists():
        forget_old_runs(connection)
        is_well = connection.state != ConnectionState.NEEDS_ATTENTION
        if is_well and census_is_due(connection):
            start_run(connection, RunTrigger.CENSUS, is_retry=left_some_out(connection))
        else:
            start_run(connection, RunTrigger.SCHEDULE)
    if connection.state == ConnectionState.NEEDS_ATTENTION:
        interval = PROBE_EVERY
    claim.finish(again_at=now + interval)


def _try_place(connection: Connection) -> None:
    try:
        report = open_destination(connection).check()
        if report.error is not None:
            raise report.error
    except NeedsAttentionError as error:
        mark_broken(connection, error)
    except RetryLaterError as error:
        pause(connection, error, tries=1)
    else:
        mark_well(connection, synced_at=clock.now())


def poll_failed(claim: Claim[Connection], why: str) -> None:
    """Say on the connection what stops it, and try again in an hour."""
    mark_broken(
        claim.row,
        NeedsAttentionError(f"Luna could not look after this connection ({why[:200]}). See the worker’s log."),
    )
    claim.finish(again_at=clock.now() + PROBE_EVERY)


def run_failed(claim: Claim[SyncRun], why: str) -> None:
    """End the run; the next poll starts a new one. What it had still to count is counted, if it can be."""
    try:
        count_touched(Position(**claim.row.position).touched)
    except Exception:
        _log.exception("sync.touched_not_counted", run=claim.row.pk)
    end_run(
        claim,
        RunState.FAILED,
        f"Luna could not finish this run ({why[:200]}). See the worker’s log; the next run tries again.",
    )


POLL: Queue[Connection] = Queue("poll", Connection, poll, poll_failed)
SYNC: Queue[SyncRun] = Queue(SYNC_NAME, SyncRun, work_slice, run_failed, long=True)
WEBHOOKS: Queue[Webhook] = Queue(WATCH, Webhook, keep, keeping_failed, long=True)
CALLS: Queue[InboundEvent] = Queue("calls", InboundEvent, work_calls, given_up, long=True)
LINKS: Queue[LinkRound] = Queue(LINKS_NAME, LinkRound, work_round, round_failed, long=True)
