"""The configurable stages that a launch goes through."""

from __future__ import annotations

from django.db import models

from launches.domain.types import StageCategory


class Stage(models.Model):
    """A named stage in one of the five categories."""

    name = models.CharField(max_length=40, unique=True)
    category = models.CharField(
        max_length=12, choices=[(c.value, c.value.replace("_", " ").capitalize()) for c in StageCategory]
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name
