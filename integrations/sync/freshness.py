"""How fresh a milestone's numbers are: as fresh as the source that was read longest ago."""

from __future__ import annotations

from integrations.models import TaskSource
from milestones.actions.progress import note_freshness


def note_oldest_reading(milestone_id: int) -> None:
    """One source that is read every ten minutes does not make up for another that can't be read.

    A source that was never read is as old as its link. With one source alone nothing is to be corrected.
    """
    readings = TaskSource.objects.filter(milestone_id=milestone_id).values_list("synced_at", "created_at")
    instants = [synced_at or created_at for synced_at, created_at in readings]
    if len(instants) > 1:
        note_freshness(milestone_id=milestone_id, synced_at=min(instants))
