"""Working the launches whose columns are due, by the one queue alone."""

from __future__ import annotations

from launches.actions.summaries import wish_recompute
from launches.models import Launch, LaunchSummary
from luna import clock
from luna.lib.work import run_row
from milestones.tasks import RECOMPUTE


def compute_due() -> None:
    """What a worker does at its tick."""
    for pk in list(RECOMPUTE.due(clock.now()).values_list("pk", flat=True)):
        run_row(RECOMPUTE, pk)


def compute(launch: Launch) -> LaunchSummary:
    """The launch's columns as they are now."""
    wish_recompute([launch.pk])
    run_row(RECOMPUTE, launch.pk)
    return LaunchSummary.objects.get(pk=launch.pk)
