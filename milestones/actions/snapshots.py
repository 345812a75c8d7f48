"""Once a day: how each milestone of a launch stands, and which of its forecasts calibration will judge it by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from milestones.domain.calibration import is_to_be_judged
from milestones.models import Forecast, Milestone, Snapshot


def take_snapshots(milestones: Sequence[Milestone], forecasts: Mapping[int, Forecast], today: date) -> None:
    """How each milestone stands now, unless the day has its snapshot already; in two statements."""
    judged = set(
        Snapshot.objects.filter(is_judged=True, milestone__in=[m.pk for m in milestones]).values_list(
            "milestone_id", flat=True
        )
    )
    nothing = Forecast()
    rows = [
        Snapshot(
            milestone=m,
            day=today,
            state=m.state,
            progress=m.progress,
            tasks_total=m.tasks_total,
            tasks_done=m.tasks_done,
            due_date=m.due_date,
            health=m.health,
            p50=(likely := forecasts.get(m.pk, nothing)).p50,
            p85=likely.p85,
            chance=likely.chance,
            is_judged=m.pk not in judged and is_to_be_judged(today, likely=likely.p50, sure=likely.p85),
        )
        for m in milestones
    ]
    Snapshot.objects.bulk_create(rows, ignore_conflicts=True)
