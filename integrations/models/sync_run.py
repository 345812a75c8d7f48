"""One run over a connection's sources, and the payloads that it could not read."""

from __future__ import annotations

from typing import Any

from django.db import models

from integrations.domain.types import RunState, RunTrigger
from integrations.models.connection import Connection
from luna.lib.work import DueRow
from people.models import User


class SyncRun(DueRow):
    """Worked in slices; resumes at the page it reached."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="runs")
    trigger = models.CharField(max_length=12, choices=[(t.value, t.value) for t in RunTrigger])
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_full = models.BooleanField(default=False)
    """Reads everything again instead of what changed since the cursor."""
    is_census = models.BooleanField(default=False)
    """Reads ids alone and compares them with the mirror."""
    state = models.CharField(max_length=8, choices=[(s.value, s.value) for s in RunState], default=RunState.WAITING)
    position: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    """Where to go on: the source, its page token, the newest `updated` seen."""
    tries = models.PositiveSmallIntegerField(default=0)
    expected = models.PositiveIntegerField(null=True, blank=True)
    """About how many tasks will be read, as the provider counts them."""
    read = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    quarantined = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error_sentence = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection"],
                condition=models.Q(state__in=[RunState.WAITING, RunState.RUNNING]),
                name="one_run_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"run {self.pk} of {self.connection_id}"


class QuarantinedPayload(models.Model):
    """A payload that could not be read, with its reason; the rest of its page was."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="quarantine")
    external_id = models.CharField(max_length=64)
    reason = models.CharField(max_length=300)
    payload = models.TextField()
    """The JSON as it came, cut at 10,000 characters."""
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        ordering = ["-last_seen_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["connection", "external_id"], name="quarantined_once")]

    def __str__(self) -> str:
        return f"{self.external_id}: {self.reason}"
