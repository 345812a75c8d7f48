"""The queues of this room: connections to be polled, and sync runs to be worked."""

from __future__ import annotations

from integrations.models import Connection, SyncRun
from luna.lib.work import Claim, Queue


def poll(claim: Claim[Connection]) -> None:
    """Start what is due for the connection."""
    claim.finish()


def poll_failed(claim: Claim[Connection], why: str) -> None:  # noqa: ARG001  the queue's signature
    """Leave it until somebody asks again."""
    claim.finish()


def work_run(claim: Claim[SyncRun]) -> None:
    """Work one slice."""
    claim.finish()


def run_failed(claim: Claim[SyncRun], why: str) -> None:  # noqa: ARG001  the queue's signature
    """End the run."""
    claim.finish()


POLL: Queue[Connection] = Queue("poll", Connection, poll, poll_failed)
SYNC: Queue[SyncRun] = Queue("sync", SyncRun, work_run, run_failed, long=True)
