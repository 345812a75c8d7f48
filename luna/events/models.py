"""The append-only log: one row per thing that someone did or that changed."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Through(StrEnum):
    """By what way a change came."""

    WEB = "web"
    SYNC = "sync"
    COMPUTED = "computed"
    COMMAND = "command"
    SCHEDULE = "schedule"


class Event(models.Model):
    """Who did what to what, before and after, why, when it was so and when we knew. Never updated, never deleted."""

    verb = models.CharField(max_length=60)
    """`<noun>.<past participle>`, as `milestone.completed`."""
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject_name = models.CharField(max_length=300, blank=True)
    launch_id = models.BigIntegerField(null=True, blank=True)
    """The launch it belongs to, as a plain number: the log outlives what it tells of."""
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    through = models.CharField(max_length=12, choices=[(t.value, t.value) for t in Through])
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    before: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    after: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    why = models.CharField(max_length=1000, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["launch_id", "-recorded_at"], name="event_launch"),
            models.Index(fields=["launch_id", "verb"], name="event_launch_verb"),
            models.Index(fields=["verb", "-recorded_at"], name="event_verb"),
            models.Index(fields=["subject_kind", "subject_id", "-recorded_at"], name="event_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_name}"
