"""Days: what was done on each working day, and how each milestone stood at the end of a day."""

from __future__ import annotations

from django.db import models

from milestones.models.milestone import Milestone


class WorkDay(models.Model):
    """Per milestone and day: what arrived, what was completed, how large the scope was. Rewritten by sync."""

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="work_days")
    day = models.DateField()
    arrived = models.PositiveIntegerField(default=0)
    completed = models.PositiveIntegerField(default=0)
    scope = models.PositiveIntegerField(default=0)
    """Tasks in scope at the end of the day, cancelled ones left out."""

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["milestone", "day"], name="one_work_day")]

    def __str__(self) -> str:
        return f"{self.milestone_id} on {self.day}"


class Snapshot(models.Model):
    """How a milestone stood on a day; taken once a day, missed days stay empty."""

    milestone = models.ForeignKey(Milestone, on_delete=models.CASCADE, related_name="snapshots")
    day = models.DateField()
    state = models.CharField(max_length=12)
    progress = models.FloatField()
    tasks_total = models.PositiveIntegerField()
    tasks_done = models.PositiveIntegerField()
    due_date = models.DateField(null=True, blank=True)
    health = models.CharField(max_length=16)
    p50 = models.DateField(null=True, blank=True)
    p85 = models.DateField(null=True, blank=True)
    """The forecast of that day; null without one."""
    chance = models.FloatField(null=True, blank=True)
    """Of meeting the due date, 0 to 1, as it was given that day."""
    is_judged = models.BooleanField(default=False)
    """Whether calibration judges the milestone's forecast by this one: settled on the day itself, before anybody knows
    how it ends."""

    class Meta:
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["milestone", "day"], name="one_snapshot_a_day"),
            models.UniqueConstraint(
                fields=["milestone"], condition=models.Q(is_judged=True), name="one_judged_forecast"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone_id} on {self.day}"
