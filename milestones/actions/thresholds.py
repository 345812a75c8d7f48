"""The thresholds that health is judged by, for the whole workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from launches.actions.summaries import wish_recompute_everywhere
from luna.events.log import changed_fields, record
from luna.lib.versions import StaleVersionError, save_version
from milestones.domain.thresholds import Thresholds, to_json
from milestones.models import HealthSettings
from milestones.selectors_health import thresholds_in_force

if TYPE_CHECKING:
    from people.models import User


def change_thresholds(*, version: int, thresholds: Thresholds, actor: User) -> None:
    """Judge by these from now on; every launch is computed anew. Raises StaleVersionError."""
    with transaction.atomic():
        row, _ = HealthSettings.objects.get_or_create(pk=1)
        before, after = changed_fields(to_json(thresholds_in_force()), to_json(thresholds))
        if version != row.version:
            raise StaleVersionError(row)
        if not after:
            return
        save_version(row, expected=version, thresholds=to_json(thresholds))
        record("health_settings.changed", row, actor=actor, before=before, after=after)
        wish_recompute_everywhere()
