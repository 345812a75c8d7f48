"""A launch's front page, and the activity behind it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.views.decorators.http import require_safe

from launches.access import get_launch
from launches.domain.declared import is_worse
from launches.views.page import launch_context
from luna import clock
from luna.ui import wording
from luna.ui.htmx import HtmxRequest, render_page
from luna.ui.kept import row_html
from luna.ui.vocabulary import look_of
from milestones.domain.forecast_types import Likely
from milestones.views.movements import moved_context
from people.selectors import workspace
from reports.collect.activity import activity_of
from reports.collect.attention import Reader
from reports.collect.overview import MilestoneRow, overview
from reports.content.strip import Stop, Strip, lay_out
from reports.views.forecast import forecast_context, is_over

if TYPE_CHECKING:
    from django.http import HttpResponse

    from launches.models import Launch, LaunchSummary

ACTIVITY_PAGE = 50


@require_safe
def show_launch(request: HtmxRequest, key: str) -> HttpResponse:
    """Status beside computed health, the timeline, what needs attention, the latest update, the milestones."""
    launch = get_launch(request.user, key)
    place = workspace()
    today = place.today
    shared = launch_context(request.user, launch, "overview")
    found = overview(launch, Reader(request.user, can_edit=shared["can_edit"]), today)
    context: dict[str, Any] = {
        **shared,
        "today": today,
        "workspace": place,
        "summary": launch.summary,
        "worse_than_said": is_worse(launch.summary.health, than=launch.status),
        "is_computing": launch.summary.due_at is not None and launch.summary.computed_at is None,
        "signals": found.signals,
        "stale_since": found.stale_since(clock.now()),
        "attention": found.attention,
        "update": found.update,
        **forecast_context(launch, found.rows, today),
        **(moved_context(launch, None, request.user, today) if _has_forecast(launch.summary) else {}),
        "strip": _strip(launch, found.rows, today),
        "rows": [row_html("reports/_milestone_row.html", row=row, today=today) for row in found.rows],
    }
    return render_page(request, "reports/launch.html", context, fragment="ledger-live")


def _has_forecast(summary: LaunchSummary) -> bool:
    """Whether there is a likely day, and not all is over."""
    return summary.p85 is not None and summary.milestones_completed < summary.milestones_total


@require_safe
def show_activity(request: HtmxRequest, key: str) -> HttpResponse:
    """What happened in this launch, newest first."""
    launch = get_launch(request.user, key)
    page = Paginator(activity_of(launch), ACTIVITY_PAGE).get_page(request.GET.get("page"))
    context = {**launch_context(request.user, launch, "activity"), "page": page, "today": workspace().today}
    return render_page(request, "reports/activity.html", context)


def _strip(launch: Launch, rows: list[MilestoneRow], today: date) -> Strip | None:
    """It ends with the last date of a launch that is over."""
    shown = None if is_over(launch) else today
    return lay_out(_stops(rows, today), start=launch.start_date, target=launch.target_date, today=shown)


def _stops(rows: list[MilestoneRow], today: date) -> list[Stop]:
    return [_stop(row, row.completed_date or row.due_date, today) for row in rows if row.completed_date or row.due_date]


def _stop(row: MilestoneRow, day: date | None, today: date) -> Stop:
    assert day is not None  # noqa: S101  only dated rows are asked for
    words = wording.day_words(day, today)
    if not row.is_open:
        is_done = row.completed_date is not None
        said = f"{row.name}, {'completed' if is_done else look_of(row.health).word.lower()} {words}"
        return Stop(row.name, day, "done", words, row.path, health=row.health, words=said)
    sure = row.p85 if row.p85 and row.p85 > day else None
    late = f"may be {wording.slip_words(sure, day)}" if sure else wording.late_words(day, today)
    told = f", {Likely(row.p50, row.p85, None).words(today)}" if row.p85 or row.is_out_of_sight else ""
    return Stop(
        row.name,
        day,
        look_of(row.health).tone,
        f"{words}, {late}" if late else words,
        row.path,
        health=row.health,
        words=f"{row.name}, due {words}{told}",
        sure=sure,
        is_out_of_sight=row.is_out_of_sight,
    )
