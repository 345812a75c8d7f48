"""What a milestone's page says about how its work grew and was done."""

from __future__ import annotations

from datetime import date
from typing import Any

from luna.ui.charts.burnup import lay_out
from milestones.models import Milestone
from milestones.selectors_charts import burnup_of

NO_TASKS = "A burn-up is drawn once tasks are linked."
NO_DAYS = "A burn-up is drawn from the second day with tasks on."


def burnup_context(milestone: Milestone, today: date) -> dict[str, Any]:
    """`burnup`, the drawing or None, and `no_burnup`, the sentence that stands in its place."""
    if not milestone.sources_linked or not milestone.tasks_total:
        return {"burnup": None, "no_burnup": NO_TASKS}
    drawing = lay_out(*burnup_of(milestone, today))
    return {"burnup": drawing, "no_burnup": "" if drawing else NO_DAYS}
