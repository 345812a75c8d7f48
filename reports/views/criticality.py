"""How sure a launch's date is, day by day, and which milestones decide it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.views.decorators.http import require_safe

from launches.access import get_launch
from launches.views.page import launch_context
from luna.ui.charts import bars, curve
from luna.ui.htmx import HtmxRequest, render_page
from luna.ui.wording import percent
from milestones.domain.forecast_types import chance_words
from milestones.selectors_movements import Named, milestones_named
from milestones.views.forecast import curve_of
from people.selectors import workspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.http import HttpResponse

    from launches.models import Launch
    from people.models import User

MOST_SHOWN = 10
PRIVATE = "a private milestone"
_LEAST = 0.01


@require_safe
def show_forecast(request: HtmxRequest, key: str) -> HttpResponse:
    """A part of the launch's front page that comes after it, and a page."""
    launch = get_launch(request.user, key)
    today = workspace().today
    context = {
        **launch_context(request.user, launch, "overview"),
        "summary": launch.summary,
        **drawings_of(launch, request.user, today),
    }
    return render_page(request, "reports/launch_forecast.html", context, fragment="sure")


def drawings_of(launch: Launch, reader: User, today: date) -> dict[str, Any]:
    """`curve` and `deciding` (None without a forecast, and once all is completed)."""
    summary, target = launch.summary, launch.target_date
    if not summary.criticality:
        return {"curve": None, "deciding": None}
    wanted = None
    if target is not None:
        known = summary.chance if target >= today else None
        words = "" if known is None else chance_words(known, is_over=False)
        wanted = curve.Wanted("Target", target, known, words)
    return {
        "curve": curve_of(summary.curve, wanted, today),
        "deciding": _bars(summary.criticality, milestones_named([int(pk) for pk in summary.criticality], reader)),
    }


def _bars(criticality: Mapping[str, float], names: Mapping[int, Named]) -> bars.Bars:
    """Those that decide the launch's date most often, at most ten, and what is left in one row.

    What the reader may not see shares one row: neither its names nor its number are told.
    """
    often = sorted(criticality.items(), key=lambda item: (-item[1], int(item[0])))
    seen = [(names[int(pk)], int(pk), share) for pk, share in often if int(pk) in names]
    hidden = [share for pk, share in often if int(pk) not in names]
    measures = [
        bars.Measure(one.name, share, _words(share), reverse("milestones:detail", args=[one.launch_key, pk]))
        for one, pk, share in seen
    ]
    if hidden:
        measures.append(bars.Measure(PRIVATE, hidden[0], _words(hidden[0])))
    measures.sort(key=lambda one: -(one.value or 0.0))
    shown, left = measures[:MOST_SHOWN], measures[MOST_SHOWN:]
    if left:
        most = left[0].value or 0.0
        shown.append(bars.Measure(f"{len(left)} others", most, f"at most {_words(most)}"))
    return bars.lay_out(
        shown,
        caption="How often each milestone decides the launch’s date",
        head="Milestone",
        figure="Decides the date in",
        most=1.0,
        opens_drawer=True,
    )


def _words(share: float) -> str:
    return percent(share) if share >= _LEAST else "under 1 %"
