"""What stands behind the progress figure of one source: how much is in the mirror, and since when it is stale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from milestones.domain.thresholds import FRESH_HOURS

FRESHNESS = timedelta(hours=FRESH_HOURS)


@dataclass(frozen=True)
class Origin:
    """What stands behind one source's figure."""

    held: int
    """Tasks that the source's query found and the mirror holds now."""
    counted: int
    """Those of them that make the figure's whole."""
    cancelled: int
    set_aside: int
    """Payloads of the whole connection that could not be read: some of them may belong here."""
    stale_since: datetime | None
    """When the figure passed the freshness limit; None while it is fresh, or was never read."""

    @property
    def excluded(self) -> int:
        """Left out by the source's rules of counting."""
        return self.held - self.counted - self.cancelled


def stale_since(synced_at: datetime | None, now: datetime) -> datetime | None:
    """When what was read at that instant passed the freshness limit; None while it is fresh, or was never read."""
    if synced_at is None or now - synced_at <= FRESHNESS:
        return None
    return synced_at + FRESHNESS
