"""Reading what was kept of earlier days, and why dates moved."""

from __future__ import annotations

from datetime import date

from milestones.models import KeptInputs


def p85_of(kept: KeptInputs, milestone_id: int | None) -> date | None:
    """The milestone's P85 of that day, or with None the launch's; None where there was none."""
    if milestone_id is None:
        return kept.p85
    found = kept.milestones.get(str(milestone_id))
    return date.fromisoformat(found) if found else None
