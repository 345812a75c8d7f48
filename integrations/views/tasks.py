"""All the tasks behind a milestone's progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.views.decorators.http import require_GET

from integrations.selectors_tasks import tasks_of
from luna.ui.htmx import render_page
from milestones.access import get_milestone

if TYPE_CHECKING:
    from django.http import HttpResponse

    from luna.ui.htmx import HtmxRequest

PAGE_SIZE = 50


@require_GET
def milestone_tasks(request: HtmxRequest, key: str, milestone_pk: int) -> HttpResponse:
    """What is left first, then what is done, in pages."""
    milestone = get_milestone(request.user, key, milestone_pk)
    page = Paginator(tasks_of(milestone), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"milestone": milestone, "launch": milestone.launch, "page": page, "tasks": page.object_list}
    return render_page(request, "integrations/milestone_tasks.html", context)
