"""One edition to one destination, and each try."""

from __future__ import annotations

from datetime import datetime

from django.db import models

from integrations.errors import ErrorKind
from integrations.models import Destination
from luna.lib.work import DueRow
from reports.domain.types import FINAL_STATES, SHOWN_STATES, DeliveryState
from reports.models.edition import Edition


class Delivery(DueRow):
    """Arrives once: the key goes with the call that creates, and an unclear outcome is looked up before any retry."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="deliveries")
    destination = models.ForeignKey(Destination, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(
        max_length=12, choices=[(s.value, s.value) for s in DeliveryState], default=DeliveryState.QUEUED
    )
    idempotency_key = models.CharField(max_length=64, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    """Tries to send, counted before each."""
    sending_at = models.DateTimeField(null=True, blank=True)
    """When the last creating call was about to be made."""
    remote_id = models.CharField(max_length=200, blank=True)
    remote_url = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    is_late = models.BooleanField(default=False)
    error_kind = models.CharField(max_length=32, blank=True)
    error_sentence = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["edition", "destination"], name="delivery_once"),
            models.CheckConstraint(
                condition=~models.Q(state=DeliveryState.DONE) | ~models.Q(remote_id=""), name="done_has_a_remote_id"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} to {self.destination_id}"

    @property
    def shown_state(self) -> str:
        """waiting, sending, sent, needs_answer, failed or skipped."""
        return SHOWN_STATES[DeliveryState(self.state)]

    @property
    def is_moving(self) -> bool:
        """Whether Luna itself still has something to do about it."""
        return self.state not in {*FINAL_STATES, DeliveryState.HELD}

    @property
    def paused_until(self) -> datetime | None:
        """Until when the service asked Luna to wait."""
        is_paused = self.is_moving and self.error_kind == ErrorKind.RATE_LIMITED
        return self.due_at if is_paused else None


class DeliveryAttempt(models.Model):
    """One phase of one try; append-only."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="tries")
    phase = models.CharField(max_length=12)
    """`send`, `look_up` or `answer` (a person's)."""
    at = models.DateTimeField()
    outcome = models.CharField(max_length=200)

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.phase}: {self.outcome}"
