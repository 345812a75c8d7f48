"""What a launch's progress figure opens to: its milestones, each with its share and how fresh it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.views.decorators.http import require_GET

from launches.access import get_launch
from launches.views.page import launch_context
from luna.ui.htmx import render_page
from milestones.domain.rollup import Part, counts, launch_progress, shares
from milestones.domain.types import Priority, State
from milestones.selectors import milestones_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from luna.ui.htmx import HtmxRequest
    from milestones.models import Milestone


@dataclass(frozen=True)
class ShareLine:
    """One milestone in the launch's figure."""

    milestone: Milestone
    share: float
    """Which part of the whole it is, 0 to 1."""
    is_counted: bool
    """Whether it belongs to the whole: neither cancelled nor a Won't."""


@require_GET
def launch_origin(request: HtmxRequest, key: str) -> HttpResponse:
    """The launch's milestones with their shares, each leading on to where its own figure comes from."""
    launch = get_launch(request.user, key)
    rows = list(milestones_of(launch).select_related(None))
    parts = [
        Part(State(row.state), Priority(row.priority), row.progress, float(row.estimate_days or 0) or None)
        for row in rows
    ]
    rolled = launch_progress(parts)
    context = {
        **launch_context(request.user, launch, "overview"),
        "rolled": rolled,
        "lines": [
            ShareLine(row, share, counts(part)) for row, part, share in zip(rows, parts, shares(parts), strict=True)
        ],
    }
    return render_page(request, "milestones/launch_origin.html", context, fragment="drawer")
