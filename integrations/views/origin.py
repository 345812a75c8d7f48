"""What a milestone's progress figure opens to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.views.decorators.http import require_GET

from integrations.selectors import source_lines
from integrations.selectors_progress import stale_since
from integrations.troubles import reader_of
from launches.access import can_edit
from luna import clock
from luna.ui.htmx import render_page
from milestones.access import get_milestone

if TYPE_CHECKING:
    from django.http import HttpResponse

    from luna.ui.htmx import HtmxRequest


@require_GET
def origin(request: HtmxRequest, key: str, milestone_pk: int) -> HttpResponse:
    """Per source: what was asked, when it was read and compared, how much of it is here, and whether it is stale."""
    milestone = get_milestone(request.user, key, milestone_pk)
    now = clock.now()
    reader = reader_of(is_admin=request.user.is_admin, may_edit=can_edit(request.user, milestone.launch))
    context = {
        "milestone": milestone,
        "launch": milestone.launch,
        "lines": source_lines(milestone, now, reader),
        "stale_since": stale_since(milestone.tasks_synced_at, now),
    }
    return render_page(request, "integrations/origin.html", context, fragment=("origin", "drawer"))
