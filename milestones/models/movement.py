"""What a launch's forecasts were made from on earlier days, and why dates moved between two of those days."""

from __future__ import annotations

from typing import Any

from django.db import models

from launches.models import Launch
from luna.lib.work import DueRow
from milestones.models.milestone import Milestone


class KeptInputs(models.Model):
    """One row per launch and day, the last of the day: all that its forecasts were made from, so that they can be
    made again."""

    launch = models.ForeignKey(Launch, on_delete=models.CASCADE, related_name="kept_inputs")
    day = models.DateField()
    """The workspace's day, which is the `today` of the forecast."""
    inputs = models.BinaryField()
    """As milestones.domain.inputs_codec writes them: without names."""
    p50 = models.DateField(null=True, blank=True)
    p85 = models.DateField(null=True, blank=True)
    """The launch's forecast of that day; null without one."""
    chance = models.FloatField(null=True, blank=True)
    """Of meeting the target date, 0 to 1."""
    milestones: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict)
    """Milestone id → its P85 of that day as an ISO date; those without one are left out."""

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["launch", "day"], name="kept_inputs_once_a_day")]

    def __str__(self) -> str:
        return f"{self.launch_id} on {self.day}"


class Since(models.TextChoices):
    """Which earlier day a date is compared with."""

    WEEK = "week", "a week ago"
    CHANGE = "change", "before the last change"
    ASKED = "asked", "a day that somebody chose"


class DateMovement(DueRow):
    """Why a P85 moved between two days; due until it is computed."""

    launch = models.ForeignKey(Launch, on_delete=models.CASCADE, related_name="movements")
    milestone = models.ForeignKey(Milestone, null=True, on_delete=models.CASCADE, related_name="movements")
    """None: it is the launch's date."""
    since = models.CharField(max_length=8, choices=Since.choices)
    before_day = models.DateField()
    after_day = models.DateField()
    before = models.DateField(null=True, blank=True)
    after = models.DateField(null=True, blank=True)
    """P85 on each of the two days; null where there was none."""
    shares: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    """As milestones.domain.movement_codec keeps them, those that did the most first."""
    went: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True, blank=True)
    """The figures behind scope and pace; null of a launch, and where no tasks are linked."""
    forecasts = models.PositiveSmallIntegerField(default=0)
    """How many were computed for it."""
    computed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["launch", "since"], name="movements_of_a_launch")]
        constraints = [
            models.UniqueConstraint(
                fields=["milestone", "since", "before_day", "after_day"],
                condition=models.Q(milestone__isnull=False),
                name="one_movement_of_a_milestone",
            ),
            models.UniqueConstraint(
                fields=["launch", "since", "before_day", "after_day"],
                condition=models.Q(milestone__isnull=True),
                name="one_movement_of_a_launch",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id or self.launch_id} from {self.before_day} to {self.after_day}"
