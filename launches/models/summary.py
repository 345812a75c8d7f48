"""A launch's computed columns: written only by milestones' recompute action, read by every list."""

from __future__ import annotations

from typing import Any

from django.db import models

from launches.models.launch import Launch
from luna.lib.work import DueRow


class LaunchSummary(DueRow):
    """One row per launch, made with it. Due when something it is computed from changed, and after each midnight."""

    launch = models.OneToOneField(Launch, on_delete=models.CASCADE, related_name="summary", primary_key=True)
    health = models.CharField(max_length=16, default="unknown")
    """A level of milestones.domain.types.Level, or `paused`, `completed`."""
    signals: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    """What speaks against the launch, worst first: {rule, level, sentence, milestone_id}."""
    gap = models.PositiveSmallIntegerField(default=0)
    """By how many levels health is worse than the declared status."""
    gap_since = models.DateField(null=True, blank=True)
    progress = models.FloatField(default=0)
    """Fraction 0 to 1 over its milestones."""
    milestones_total = models.PositiveIntegerField(default=0)
    milestones_completed = models.PositiveIntegerField(default=0)
    next_milestone_id = models.BigIntegerField(null=True, blank=True)
    next_milestone_name = models.CharField(max_length=160, blank=True)
    next_milestone_date = models.DateField(null=True, blank=True)
    open_risks = models.PositiveIntegerField(default=0)
    open_decisions = models.PositiveIntegerField(default=0)
    open_approvals = models.PositiveIntegerField(default=0)
    last_update_headline = models.CharField(max_length=280, blank=True)
    last_update_at = models.DateTimeField(null=True, blank=True)
    p50 = models.DateField(null=True, blank=True)
    p85 = models.DateField(null=True, blank=True)
    p95 = models.DateField(null=True, blank=True)
    """Days by which the last milestone is likely to be finished; null without a forecast."""
    chance = models.FloatField(null=True, blank=True)
    """Of meeting the target date, 0 to 1."""
    curve: models.JSONField[list[str | None], list[str | None]] = models.JSONField(default=list)
    """P5, P10 … P95 of the last milestone's finish as ISO days, null beyond the horizon; empty without a forecast."""
    criticality: models.JSONField[dict[str, float], dict[str, float]] = models.JSONField(default=dict)
    """Milestone id → the share of draws in which it decided the date; also milestones of other launches."""
    forecast_hash = models.CharField(max_length=64, blank=True)
    """Of what the forecast is made from; as long as it stays the same, so does the forecast."""
    without_forecast = models.PositiveSmallIntegerField(default=0)
    """Open milestones that have none, so that the launch has none."""
    synced_at = models.DateTimeField(null=True, blank=True)
    """The newest sync of any source in the launch."""
    computed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["health"], name="summary_health")]

    def __str__(self) -> str:
        return f"summary of {self.launch_id}"
