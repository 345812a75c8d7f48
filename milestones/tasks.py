"""The queues of launches whose computed columns are due, of their calendar, and of dates whose movement is due."""

from __future__ import annotations

import time

import structlog
from django.conf import settings
from django.db import transaction

from launches.actions.summaries import RECOMPUTE as NAME
from launches.actions.summaries import wish_recompute_everywhere
from launches.models import LaunchSummary
from luna import clock
from luna.lib.work import Claim, Queue, queues, run_row
from milestones.actions.movements import MOVEMENTS as EXPLAIN
from milestones.actions.movements import explain
from milestones.actions.recompute import recompute, rest_until_tomorrow
from milestones.models import DateMovement
from people.models import Workspace

TURN_SECONDS = 12.0
"""So long one turn explains; what it began by then may take it to 20 s, and the next tick finds its slot free."""

_log = structlog.get_logger(__name__)


def _compute(claim: Claim[LaunchSummary]) -> None:
    recompute(claim=claim)


def _give_up(claim: Claim[LaunchSummary], reason: str) -> None:
    _log.error("launch not computed", launch=claim.row.pk, reason=reason)
    rest_until_tomorrow(claim=claim)


def _compute_everything(claim: Claim[Workspace]) -> None:
    with transaction.atomic():
        wish_recompute_everywhere()
        claim.finish()


def _leave_until_midnight(_claim: Claim[Workspace], reason: str) -> None:
    _log.error("nothing computed with the new calendar before midnight", reason=reason)


def _explain(claim: Claim[DateMovement]) -> None:
    """The claimed row, then the next ones of a night's many, until the turn is over or other long work is due."""
    ends = time.monotonic() + TURN_SECONDS
    _explain_one(claim)
    while time.monotonic() < ends and not _others_wait():
        # More than one, since another turn may be faster with the first.
        due = list(_ONE.due(clock.now()).values_list("pk", flat=True)[: settings.WORKER_THREADS])
        if not any(run_row(_ONE, pk) for pk in due):
            break


def _others_wait() -> bool:
    now = clock.now()
    return any(queue.due(now).exists() for name, queue in queues().items() if queue.long and name != EXPLAIN)


def _explain_one(claim: Claim[DateMovement]) -> None:
    explain(claim=claim)


def _leave_unexplained(claim: Claim[DateMovement], reason: str) -> None:
    _log.error("movement not explained", movement=claim.row.pk, reason=reason)
    claim.finish()


RECOMPUTE: Queue[LaunchSummary] = Queue(name=NAME, model=LaunchSummary, handle=_compute, give_up=_give_up)
CALENDAR: Queue[Workspace] = Queue("calendar", Workspace, _compute_everything, _leave_until_midnight)
MOVEMENTS: Queue[DateMovement] = Queue(EXPLAIN, DateMovement, _explain, _leave_unexplained, long=True)
_ONE: Queue[DateMovement] = Queue(EXPLAIN, DateMovement, _explain_one, _leave_unexplained)
