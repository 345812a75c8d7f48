"""The queues of launches whose computed columns are due, of their calendar, and of dates whose movement is due."""

from __future__ import annotations

import structlog
from django.db import transaction

from launches.actions.summaries import RECOMPUTE as NAME
from launches.actions.summaries import wish_recompute_everywhere
from launches.models import LaunchSummary
from luna.lib.work import Claim, Queue
from milestones.actions.movements import MOVEMENTS as EXPLAIN
from milestones.actions.movements import explain
from milestones.actions.recompute import recompute, rest_until_tomorrow
from milestones.models import DateMovement
from people.models import Workspace

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
    explain(claim=claim)


def _leave_unexplained(claim: Claim[DateMovement], reason: str) -> None:
    _log.error("movement not explained", movement=claim.row.pk, reason=reason)
    claim.finish()


RECOMPUTE: Queue[LaunchSummary] = Queue(name=NAME, model=LaunchSummary, handle=_compute, give_up=_give_up)
CALENDAR: Queue[Workspace] = Queue("calendar", Workspace, _compute_everything, _leave_until_midnight)
MOVEMENTS: Queue[DateMovement] = Queue(
    EXPLAIN, DateMovement, _explain, _leave_unexplained, long=True
)  # not that one takes long: a night's many leave two slots to all else
