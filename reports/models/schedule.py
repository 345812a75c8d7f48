"""When a report goes out, and where to."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models

from integrations.models import Destination
from launches.models import Launch
from luna.lib.dates import WeeklyRule
from luna.lib.versions import VersionedRow
from luna.lib.work import DueRow
from people.models import User
from people.models.user import check_zone
from reports.domain.types import REPORT_WORDS, ReportKind


class Schedule(VersionedRow, DueRow):
    """Once a week at a local time. Due at its next slot."""

    kind = models.CharField(max_length=10, choices=[(k.value, k.value) for k in ReportKind], default=ReportKind.DIGEST)
    launch = models.ForeignKey(Launch, null=True, blank=True, on_delete=models.CASCADE, related_name="schedules")
    """None: of all running launches that are open to everybody."""
    weekday = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(6)])
    """0 is Monday."""
    local_time = models.TimeField(default=time(9))
    time_zone = models.CharField(max_length=64, default="UTC", validators=[check_zone])
    destinations: models.ManyToManyField[Destination, Any] = models.ManyToManyField(
        Destination, related_name="schedules"
    )
    counts_from_at = models.DateTimeField()
    """Slots up to this instant do not count: when it was made, its time was changed, or it was resumed."""
    commentary = models.CharField(max_length=600, blank=True)
    """What a person wants to say in the next edition; taken by it."""
    commentary_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    paused_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["weekday", "local_time", "pk"]

    def __str__(self) -> str:
        return f"the weekly {REPORT_WORDS[ReportKind(self.kind)].lower()}"

    @property
    def rule(self) -> WeeklyRule:
        """The slots as a pure rule."""
        return WeeklyRule(self.weekday, self.local_time, self.time_zone)
