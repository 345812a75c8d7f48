"""Asking for a launch's computed columns to be computed again."""

from __future__ import annotations

from collections.abc import Iterable

from launches.models import LaunchSummary
from luna.lib import work

RECOMPUTE = "recompute"


def wish_recompute(launch_ids: Iterable[int]) -> None:
    """Within the caller's transaction: these launches' health, counts and next dates are due."""
    work.wish(RECOMPUTE, LaunchSummary.objects.filter(launch_id__in=set(launch_ids)))


def wish_recompute_everywhere() -> None:
    """Within the caller's transaction: something that every launch is computed with has changed.

    Who may know of a launch, for one: the reasons of any other may name its milestones; or the working week.
    """
    work.wish(RECOMPUTE, LaunchSummary.objects.all())
