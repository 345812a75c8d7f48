"""The launch itself."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from launches.domain.types import Status, Visibility
from launches.models.stage import Stage
from launches.querysets import LaunchQuerySet
from luna.lib.versions import VersionedRow
from people.models import User

STATUS_WORDS: dict[Status, str] = {
    Status.ON_TRACK: "On track",
    Status.POSSIBLE_DELAYS: "Possible delays",
    Status.AT_RISK: "At risk",
    Status.PAUSED: "Paused",
}


class Label(models.Model):
    """A word that groups launches."""

    name = models.CharField(max_length=40, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Launch(VersionedRow):
    """A handful of milestones that every team shares, with an owner, an outcome and a target date."""

    key = models.CharField(
        max_length=12,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Z][A-Z0-9]{1,11}$", "Use 2 to 12 capital letters and digits, a letter first.")
        ],
    )
    name = models.CharField(max_length=120)
    description = models.TextField(max_length=20_000, blank=True)
    outcome = models.CharField(max_length=500, blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="owned_launches")
    tier = models.PositiveSmallIntegerField(default=2, validators=[MinValueValidator(1), MaxValueValidator(3)])
    labels: models.ManyToManyField[Label, Any] = models.ManyToManyField(Label, blank=True, related_name="launches")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="launches")
    status = models.CharField(
        max_length=16, choices=[(s.value, word) for s, word in STATUS_WORDS.items()], default=Status.ON_TRACK
    )
    status_reason = models.CharField(max_length=280, blank=True)
    status_at = models.DateTimeField(null=True, blank=True)
    status_until = models.DateField(null=True, blank=True)
    """The last day of a status that is better than computed health."""
    start_date = models.DateField(null=True, blank=True)
    target_date = models.DateField(null=True, blank=True)
    launched_date = models.DateField(null=True, blank=True)
    visibility = models.CharField(
        max_length=8, choices=[(v.value, v.value.capitalize()) for v in Visibility], default=Visibility.OPEN
    )
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = LaunchQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(tier__gte=1, tier__lte=3), name="launch_tier_1_to_3"),
            models.CheckConstraint(
                condition=models.Q(target_date__isnull=True)
                | models.Q(start_date__isnull=True)
                | models.Q(target_date__gte=models.F("start_date")),
                name="launch_target_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_private(self) -> bool:
        """Whether only participants and admins may know of it."""
        return self.visibility == Visibility.PRIVATE
