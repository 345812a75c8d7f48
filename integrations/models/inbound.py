"""What tools call Luna with: one webhook per connection and scope, and the calls that wait to be looked into."""

from __future__ import annotations

from typing import Any

from django.db import models

from integrations.domain.types import WebhookState
from integrations.models.connection import Connection
from luna.lib.work import DueRow


class Webhook(DueRow):
    """A tool's promise to call. Due when it is to be registered, renewed or looked at."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="webhooks")
    scope = models.CharField(max_length=64, blank=True)
    """External id of what it watches, where the tool registers one for each: an Asana project, a ClickUp workspace."""
    path_key = models.CharField(max_length=43, unique=True)
    """The unguessable end of its address."""
    remote_id = models.CharField(max_length=64, blank=True)
    secret = models.TextField(blank=True, editable=False)
    """Ciphertext bound to this row; what the tool signs with."""
    state = models.CharField(
        max_length=10, choices=[(s.value, s.value) for s in WebhookState], default=WebhookState.OFF
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    last_event_at = models.DateTimeField(null=True, blank=True)
    refused = models.PositiveIntegerField(default=0)
    """Calls that did not prove that they came from the tool."""
    error_sentence = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "scope"], name="webhook_once")]

    def __str__(self) -> str:
        return f"webhook {self.pk} of {self.connection_id}"


class InboundEvent(DueRow):
    """One call, kept once, as it came. A hint: what it names is fetched afterwards."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="inbound")
    delivery_key = models.CharField(max_length=64)
    """The tool's own id of the delivery, or a digest of the body where it gives none."""
    task_ids: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    """External ids that it names."""
    about: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    """What kind of change, for the history."""
    received_at = models.DateTimeField()
    worked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["connection", "delivery_key"], name="inbound_once")]

    def __str__(self) -> str:
        return f"call {self.delivery_key} to {self.connection_id}"
