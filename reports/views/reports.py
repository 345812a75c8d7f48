"""Reports of all launches that one may see, and the Reports tab of one launch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.views.decorators.http import require_safe

from integrations.selectors import destinations
from luna.ui.htmx import HtmxRequest, render_page
from people.selectors import workspace
from reports.access import get_scope
from reports.domain.types import REPORT_WORDS
from reports.selectors import (
    destinations_for,
    history_for,
    history_of,
    may_see_portfolio_editions,
    running_schedules,
    schedules_of,
    troubled_deliveries,
)
from reports.views.scope import scope_context

if TYPE_CHECKING:
    from django.http import HttpResponse

PAGE = 20
MOST_TROUBLES = 20


@require_safe
def show_reports(request: HtmxRequest) -> HttpResponse:
    """What goes out when and where, what needs somebody, and what went out."""
    context = {
        "schedules": list(running_schedules(request.user)[:50]),
        "troubled": list(troubled_deliveries(request.user)[:MOST_TROUBLES]),
        "page": Paginator(history_for(request.user), PAGE).get_page(request.GET.get("page")),
        "section": "reports",
        "kinds": list(REPORT_WORDS.items()),
        "sees_portfolio": may_see_portfolio_editions(request.user),
        "today": workspace().today,
    }
    return render_page(request, "reports/reports.html", context, fragment="rows")


@require_safe
def show_scope_reports(request: HtmxRequest, key: str = "") -> HttpResponse:
    """The schedules of a launch or of all, and what was sent, with what to do about failures."""
    launch = get_scope(request.user, key)
    history = history_of(launch, request.user)
    page = Paginator(history, PAGE).get_page(request.GET.get("page"))
    for edition in page.object_list:
        edition.launch = launch
    context = {
        **scope_context(request.user, launch),
        "kinds": list(REPORT_WORDS.items()),
        "schedules": list(schedules_of(launch)),
        "page": page,
        "has_places": destinations_for(launch).exists(),
        "is_connected": destinations().exists(),
        "today": workspace().today,
        "is_moving": any(delivery.is_moving for edition in page.object_list for delivery in edition.deliveries.all()),
    }
    return render_page(request, "reports/launch_reports.html", context, fragment="history")
