"""Reading what charts are drawn from: a milestone's days, and how a launch's dates stood on each day."""

from __future__ import annotations

from datetime import date

from luna.ui.charts.burnup import Count, Plan
from milestones.domain.burnup import counts_of
from milestones.domain.progress import DayCount
from milestones.models import Forecast, Milestone, Snapshot, WorkDay


def burnup_of(milestone: Milestone, today: date) -> tuple[tuple[Count, ...], Plan]:
    """Its tasks day by day, and the days that stand beside them; in two statements."""
    days = WorkDay.objects.filter(milestone=milestone).values_list("day", "arrived", "completed", "scope")
    seen = Snapshot.objects.filter(milestone=milestone).values_list("day", "tasks_done", "tasks_total")
    now = Count(milestone.completed_date or today, milestone.tasks_done, milestone.tasks_total)
    counts = counts_of(
        (DayCount(*row) for row in days.order_by("day")), (Count(*row) for row in seen.order_by("day")), now
    )
    kept: Forecast | None = getattr(milestone, "forecast", None)
    return counts, Plan(
        today=today,
        due=milestone.due_date,
        baseline=milestone.baseline_due_date,
        completed=milestone.completed_date,
        likely=(kept.p50, kept.p85, kept.p95) if kept and milestone.is_open else (None, None, None),
    )
