"""Adjectives for milestones and what hangs on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from milestones.domain.types import OPEN_STATES

if TYPE_CHECKING:
    from milestones.models import Milestone  # noqa: F401  the class's base names it


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    """`launch.milestones.existing().open()`."""

    def existing(self) -> MilestoneQuerySet:
        """Not deleted."""
        return self.filter(deleted_at__isnull=True)

    def open(self) -> MilestoneQuerySet:
        """Neither completed nor cancelled."""
        return self.existing().filter(state__in=OPEN_STATES)
