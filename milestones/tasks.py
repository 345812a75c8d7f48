"""The queue of launches whose computed columns are due."""

from __future__ import annotations

import structlog

from launches.actions.summaries import RECOMPUTE as NAME
from launches.models import LaunchSummary
from luna.lib.work import Claim, Queue
from milestones.actions.recompute import recompute, rest_until_tomorrow

_log = structlog.get_logger(__name__)


def _compute(claim: Claim[LaunchSummary]) -> None:
    recompute(claim=claim)


def _give_up(claim: Claim[LaunchSummary], reason: str) -> None:
    _log.error("launch not computed", launch=claim.row.pk, reason=reason)
    rest_until_tomorrow(claim=claim)


RECOMPUTE: Queue[LaunchSummary] = Queue(name=NAME, model=LaunchSummary, handle=_compute, give_up=_give_up)
