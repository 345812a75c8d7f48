"""Adjectives for launches: who may see which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models import Q

from launches.domain.types import StageCategory, Visibility

if TYPE_CHECKING:
    from launches.models import Launch  # noqa: F401  the class's base names it
    from people.models import User


class LaunchQuerySet(models.QuerySet["Launch"]):
    """`Launch.objects.visible_to(user).running()`."""

    def existing(self) -> LaunchQuerySet:
        """Not deleted."""
        return self.filter(deleted_at__isnull=True)

    def visible_to(self, user: User) -> LaunchQuerySet:
        """What `user` may know of: admins all, guests what they take part in, others also what is open."""
        existing = self.existing()
        if user.is_admin:
            return existing
        mine = Q(owner=user) | Q(pk__in=self._taken_part_in(user))
        return existing.filter(mine if user.is_guest else mine | Q(visibility=Visibility.OPEN))

    def _taken_part_in(self, user: User) -> models.QuerySet[Any, int]:
        participants = apps.get_model("launches", "Participant")._default_manager
        return participants.filter(Q(user=user) | Q(team__members=user)).values_list("launch_id", flat=True)

    def running(self) -> LaunchQuerySet:
        """Neither archived nor completed nor closed."""
        over = [StageCategory.COMPLETED, StageCategory.CLOSED]
        return self.filter(archived_at__isnull=True).exclude(stage__category__in=over)
