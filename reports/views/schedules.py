"""Making and changing a launch's schedules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.urls import reverse
from django.views.decorators.http import require_POST

from launches.access import Need, get_launch
from launches.views.page import launch_context
from luna.lib.versions import StaleVersionError
from luna.ui.htmx import HtmxRequest, redirect, render_page, toast
from reports.access import get_schedule
from reports.actions import schedules as actions
from reports.forms import WEEKDAYS, ScheduleForm, initial_of
from reports.models import Schedule
from reports.selectors import last_schedule_change

if TYPE_CHECKING:
    from django.http import HttpResponse

    from launches.models import Launch

_MONDAY_AT_NINE = {"weekday": 0, "local_time": "09:00"}


def create(request: HtmxRequest, key: str) -> HttpResponse:
    """A new schedule."""
    launch = get_launch(request.user, key, Need.EDIT)
    initial = _MONDAY_AT_NINE | {"time_zone": request.user.time_zone}
    form = ScheduleForm(request.POST or None, launch=launch, initial=initial)
    if request.method == "POST" and form.is_valid():
        schedule = actions.create_schedule(
            launch=launch,
            fields=form.schedule_fields(),
            destinations=form.cleaned_data["destinations"],
            actor=request.user,
        )
        toast(request, f"The digest goes out every {WEEKDAYS[schedule.weekday]} from now on.")
        return redirect(request, reverse("reports:launch_reports", args=[launch.key]))
    return _page(request, launch, form, status=422 if request.method == "POST" else 200)


def edit(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Another time or other channels; a save that meets a newer one shows both."""
    schedule = get_schedule(request.user, key, pk)
    form = ScheduleForm(request.POST or None, launch=schedule.launch, edited=schedule, initial=initial_of(schedule))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_schedule(
                schedule=schedule,
                version=form.cleaned_data["version"] or 0,
                fields=form.schedule_fields(),
                destinations=form.cleaned_data["destinations"],
                actor=request.user,
            )
        except StaleVersionError as stale:
            return _stale(request, schedule.launch, form, cast("Schedule", stale.current))
        toast(request, "The schedule is saved.")
        return redirect(request, reverse("reports:launch_reports", args=[schedule.launch.key]))
    return _page(request, schedule.launch, form, status=422 if request.method == "POST" else 200, schedule=schedule)


@require_POST
def pause(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Send nothing until it is resumed."""
    schedule = get_schedule(request.user, key, pk)
    actions.pause_schedule(schedule=schedule, actor=request.user)
    return _back(request, schedule, "Paused. Nothing goes out until you resume it.")


@require_POST
def resume(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Go on with the next slot."""
    schedule = get_schedule(request.user, key, pk)
    actions.resume_schedule(schedule=schedule, actor=request.user)
    return _back(request, schedule, "Resumed.")


@require_POST
def delete(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Take it away."""
    schedule = get_schedule(request.user, key, pk)
    actions.delete_schedule(schedule=schedule, actor=request.user)
    return _back(request, schedule, "The schedule is deleted. What it sent stays.")


def _back(request: HtmxRequest, schedule: Schedule, said: str) -> HttpResponse:
    toast(request, said)
    return redirect(request, reverse("reports:launch_reports", args=[schedule.launch.key]))


def _stale(request: HtmxRequest, launch: Launch, form: ScheduleForm, current: Schedule) -> HttpResponse:
    """Both versions, and the person's own still in the form."""
    typed = request.POST.copy()
    typed["version"] = str(current.version)
    fields = form.cleaned_data
    chosen = ", ".join(place.name for place in fields["destinations"])
    rows = [
        ("Every", WEEKDAYS[current.weekday], WEEKDAYS[fields["weekday"]]),
        ("At", f"{current.local_time:%H:%M}", f"{fields['local_time']:%H:%M}"),
        ("Time zone", current.time_zone, fields["time_zone"]),
        ("Channels", ", ".join(place.name for place in current.destinations.all()), chosen),
    ]
    change = last_schedule_change(current)
    again = ScheduleForm(typed, launch=launch, edited=current)
    more = {
        "stale": [row for row in rows if row[1] != row[2]],
        "saved_by": change.actor if change and change.actor else launch.owner,
        "saved_at": change.recorded_at if change else None,
    }
    return _page(request, launch, again, status=409, schedule=current, **more)


def _page(request: HtmxRequest, launch: Launch, form: ScheduleForm, *, status: int, **more: Any) -> HttpResponse:
    context = {**launch_context(request.user, launch, "reports"), "form": form, **more}
    return render_page(request, "reports/schedule.html", context, status=status)
