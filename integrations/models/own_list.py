"""The rows of a list that people keep themselves, as they gave them last."""

from __future__ import annotations

from typing import Any

from django.db import models

from integrations.models.connection import Connection


class ListedTask(models.Model):
    """One row. It stands for the tool that the team does not have; the mirror is read from it by sync."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="listed")
    external_id = models.CharField(max_length=64)
    """Where none could be read, the row's place in the file."""
    fields: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    """As integrations.sources.upload.shape.read_fields returned them; empty while no giving could be read."""
    fault = models.CharField(max_length=300, blank=True)
    """Why the last giving could not be read."""
    given = models.TextField(blank=True)
    """What could not be read, as it came, cut at 10,000 characters."""
    taken_at = models.DateTimeField()
    """When it changed last."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "external_id"], name="listed_once")]
        indexes = [models.Index(fields=["connection", "taken_at", "id"], name="listed_in_order")]

    def __str__(self) -> str:
        return self.external_id
