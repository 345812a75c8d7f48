"""A group of people."""

from __future__ import annotations

from django.db import models

from people.domain.types import TeamKind


class Team(models.Model):
    """A delivery or an enabling team."""

    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(
        max_length=8, choices=[(k.value, k.value.capitalize()) for k in TeamKind], default=TeamKind.DELIVERY
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
