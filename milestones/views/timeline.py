"""The launch's milestones in time: a drawing with a table that says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_GET

from launches.access import get_launch
from luna.ui.htmx import render_page
from milestones.domain.timeline import Item, draw
from milestones.selectors import links_within, milestones_of
from milestones.views.governance import tab_context
from people.selectors import workspace

if TYPE_CHECKING:
    from django.http import HttpResponse

    from luna.ui.htmx import HtmxRequest
    from milestones.models import Milestone


@require_GET
def timeline(request: HtmxRequest, key: str) -> HttpResponse:
    """Bars from start to due, diamonds on the due days, dependencies as lines, and today."""
    launch = get_launch(request.user, key)
    rows = list(milestones_of(launch))
    links = links_within(launch)
    today = workspace().today
    names = {row.pk: row.name for row in rows}
    context = tab_context(request, launch, "milestones", milestones=len(rows)) | {
        "drawing": draw([_item(row) for row in rows], links, today=today),
        "table": [(row, [names[a] for a, b in links if b == row.pk and a in names]) for row in rows],
        "today": today,
    }
    return render_page(request, "milestones/timeline.html", context)


def _item(row: Milestone) -> Item:
    return Item(
        pk=row.pk,
        name=row.name,
        start=row.start_date,
        due=row.due_date,
        baseline=row.baseline_due_date,
        completed=row.completed_date,
        health=row.health,
    )
