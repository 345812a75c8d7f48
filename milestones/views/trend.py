"""How the dates of a launch's milestones moved: the trend and the slips, drawn and as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_GET

from launches.access import get_launch
from luna.ui.charts import slips, trend
from luna.ui.htmx import render_page
from milestones.selectors_charts import launch_dates
from milestones.views.governance import tab_context
from people.selectors import workspace

if TYPE_CHECKING:
    from django.http import HttpResponse

    from luna.ui.htmx import HtmxRequest


@require_GET
def launch_trend(request: HtmxRequest, key: str) -> HttpResponse:
    """The due dates over the days on which they stood, or with `?by=likely` the days by which each was 85 % sure."""
    launch = get_launch(request.user, key)
    place = workspace()
    dates = launch_dates(launch, place)
    is_likely = request.GET.get("by") == "likely"
    context = tab_context(request, launch, "milestones") | {
        "is_likely": is_likely,
        "trend": trend.lay_out(dates.sure if is_likely else dates.due, today=place.today),
        "slips": slips.lay_out(dates.slips, today=place.today),
        "today": place.today,
    }
    return render_page(request, "milestones/trend.html", context)
