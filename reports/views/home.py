"""Home: mine, in the order in which it is due; below, what changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.selectors import workspace
from reports.collect.home import recent_events, todos

if TYPE_CHECKING:
    from django.http import HttpResponse

    from luna.ui.htmx import HtmxRequest


@require_safe
def show_home(request: HtmxRequest) -> HttpResponse:
    """What waits for me, and what others changed in my launches."""
    place = workspace()
    today = place.today
    mine = todos(request.user)
    context = {
        "workspace": place,
        "today": today,
        "late": [todo for todo in mine if todo.due and todo.due < today],
        "dated": [todo for todo in mine if todo.due and todo.due >= today],
        "undated": [todo for todo in mine if todo.due is None],
        "events": recent_events(request.user),
    }
    return render(request, "reports/home.html", context)
