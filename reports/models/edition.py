"""One issued report, its content frozen."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse

from launches.models import Launch
from people.models import User
from reports.domain.types import ALL_LAUNCHES, ReportKind
from reports.models.schedule import Schedule


class Edition(models.Model):
    """What was said, for ever: never changed after it was made."""

    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in ReportKind], default=ReportKind.DIGEST)
    launch = models.ForeignKey(Launch, null=True, blank=True, on_delete=models.CASCADE, related_name="editions")
    """None: it tells of all running launches that were open to everybody."""
    told_launches: models.ManyToManyField[Launch, Any] = models.ManyToManyField(Launch, related_name="+")
    """Others that it may name: where one turned private, it is not sent any more, and shown to its readers alone."""
    schedule = models.ForeignKey(Schedule, null=True, blank=True, on_delete=models.SET_NULL, related_name="editions")
    slot_key = models.CharField(max_length=80)
    """`<schedule id>:<local date>` for a slot, `person:<random>` for "send now": a slot is issued once."""
    slot_at = models.DateTimeField(null=True, blank=True)
    """When a slot was due; null for "send now"."""
    skipped_at = models.DateTimeField(null=True, blank=True)
    """Set where the slot was found more than a day late: nothing went out, and the next edition tells of its week."""
    since_at = models.DateTimeField()
    """Changes after this instant are told."""
    until_at = models.DateTimeField()
    title = models.CharField(max_length=200)
    commentary = models.CharField(max_length=600, blank=True)
    content: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(encoder=DjangoJSONEncoder)
    """The document (reports.content.document) as plain data."""
    content_sha256 = models.CharField(max_length=64)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["slot_key"], name="one_edition_a_slot")]

    def __str__(self) -> str:
        return self.title

    @property
    def path(self) -> str:
        """Its page."""
        if self.launch is None:
            return reverse("reports:portfolio_edition", args=[self.pk])
        return reverse("reports:edition", args=[self.launch.key, self.pk])

    @property
    def list_path(self) -> str:
        """The page on which it stands among others."""
        if self.launch is None:
            return reverse("reports:portfolio_reports")
        return reverse("reports:launch_reports", args=[self.launch.key])

    @property
    def is_private(self) -> bool:
        """Whether only participants and admins may know of what it tells."""
        return self.launch is not None and self.launch.is_private

    @property
    def scope_name(self) -> str:
        """What it is about: the launch's name."""
        return self.launch.name if self.launch else ALL_LAUNCHES

    @property
    def scope_key(self) -> str:
        """The launch's key; no launch has this word for all."""
        return self.launch.key if self.launch else "all-launches"
