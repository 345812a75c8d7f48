"""Verdicts on health as they were given, and the thresholds that they are given by."""

from __future__ import annotations

from typing import Any

from django.db import models

from launches.models import Launch
from luna.lib.versions import VersionedRow
from milestones.models.milestone import Milestone


class HealthVerdict(models.Model):
    """How a milestone, or a launch as a whole, stood from that instant on, and all that this was computed from.

    Written when the level or a reason changed; never changed, so that it can be computed again.
    """

    launch = models.ForeignKey(Launch, on_delete=models.CASCADE, related_name="verdicts")
    milestone = models.ForeignKey(Milestone, null=True, on_delete=models.CASCADE, related_name="verdicts")
    """None: the verdict is the launch's."""
    level = models.CharField(max_length=16)
    """A Level, or `completed`, `cancelled`, `paused`."""
    signals: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField()
    """Worst first, as milestones.domain.signals keeps them; no milestone of another launch is named."""
    inputs: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    """The facts, as milestones.domain.facts and .health keep them."""
    thresholds: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField()
    today = models.DateField()
    weekdays: models.JSONField[list[int], list[int]] = models.JSONField()
    """The working week: Monday is 0."""
    holidays: models.JSONField[list[str], list[str]] = models.JSONField()
    engine = models.PositiveSmallIntegerField()
    """Which rules: milestones.domain.health.ENGINE."""
    computed_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["launch"], condition=models.Q(milestone__isnull=True), name="verdict_of_a_launch")
        ]

    def __str__(self) -> str:
        return f"{self.level} on {self.today}"


class HealthSettings(VersionedRow):
    """One row, made when somebody first changes a threshold."""

    thresholds: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict)
    """Name → number, as milestones.domain.thresholds keeps them."""

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_health_settings")]

    def __str__(self) -> str:
        return "thresholds of health"
