"""When a milestone will be finished, as it was computed last."""

from __future__ import annotations

from django.db import models

from milestones.domain.forecast_types import Basis, Lack, Likely, NoForecast, chance_words
from milestones.models.milestone import Milestone


class Forecast(models.Model):
    """One row per milestone that is not cancelled; written anew only when what it is made from has changed."""

    milestone = models.OneToOneField(Milestone, on_delete=models.CASCADE, related_name="forecast", primary_key=True)
    inputs_hash = models.CharField(max_length=64)
    """As milestones.domain.forecast_hash computes it: the same hash, the same forecast."""
    basis = models.CharField(max_length=12, blank=True)
    """milestones.domain.forecast_types.Basis; empty without a forecast."""
    p50 = models.DateField(null=True, blank=True)
    p85 = models.DateField(null=True, blank=True)
    p95 = models.DateField(null=True, blank=True)
    """Null beside a basis: beyond the horizon."""
    chance = models.FloatField(null=True, blank=True)
    """Of meeting the due date, 0 to 1."""
    curve: models.JSONField[list[str | None], list[str | None]] = models.JSONField(default=list)
    """P5, P10 … P95 as ISO days, null beyond the horizon; empty without a forecast."""
    lack = models.CharField(max_length=12, blank=True)
    """milestones.domain.forecast_types.Lack; empty with a forecast."""
    active_days = models.PositiveSmallIntegerField(default=0)
    lacking: models.JSONField[list[int], list[int]] = models.JSONField(default=list)
    """The ids of those that it waits for and that have no forecast."""
    horizon = models.DateField()
    """The last day that was looked at."""
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"forecast of {self.milestone_id}"

    @property
    def likely(self) -> Likely | None:
        """Its days, or None without a forecast."""
        return Likely(self.p50, self.p85, self.p95) if self.basis else None

    @property
    def lack_words(self) -> str:
        """Why there is none, as a sentence; empty with a forecast."""
        return NoForecast(Lack(self.lack), self.active_days, tuple(self.lacking)).sentence if self.lack else ""

    def chance_words(self) -> str:
        """`73 %`, never surer than `>95 %` while work is left; empty without a chance."""
        return "" if self.chance is None else chance_words(self.chance, is_over=self.basis == Basis.COMPLETED)
