"""Making and changing schedules, of a launch and of all launches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.views.decorators.http import require_POST

from launches.access import Need
from luna.lib.versions import StaleVersionError
from luna.ui.htmx import HtmxRequest, redirect, render_page, toast
from reports.access import get_schedule, get_scope
from reports.actions import schedules as actions
from reports.addresses import report_url
from reports.domain.places import place_words
from reports.domain.types import REPORT_WORDS
from reports.forms import WEEKDAYS, ScheduleForm, initial_of
from reports.models import Schedule
from reports.selectors import last_schedule_change
from reports.views.scope import scope_context, wanted_kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpResponse

    from integrations.models import Destination
    from launches.models import Launch

_MONDAY_AT_NINE = {"weekday": 0, "local_time": "09:00"}


def create(request: HtmxRequest, key: str = "") -> HttpResponse:
    """A new schedule."""
    launch = get_scope(request.user, key, Need.EDIT)
    kind = wanted_kind(request.GET.get("kind", ""))
    initial = _MONDAY_AT_NINE | {"time_zone": request.user.time_zone, "kind": kind}
    form = ScheduleForm(request.POST or None, launch=launch, initial=initial)
    if request.method == "POST" and form.is_valid():
        schedule = actions.create_schedule(
            kind=form.cleaned_data["kind"],
            launch=launch,
            fields=form.schedule_fields(),
            destinations=form.cleaned_data["destinations"],
            actor=request.user,
        )
        report = REPORT_WORDS[form.cleaned_data["kind"]].lower()
        toast(request, f"The {report} goes out every {WEEKDAYS[schedule.weekday]} from now on.")
        return redirect(request, report_url("reports", launch))
    return _page(request, launch, form, status=422 if request.method == "POST" else 200)


def edit(request: HtmxRequest, pk: int, key: str = "") -> HttpResponse:
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
        return redirect(request, report_url("reports", schedule.launch))
    return _page(request, schedule.launch, form, status=422 if request.method == "POST" else 200, schedule=schedule)


@require_POST
def pause(request: HtmxRequest, pk: int, key: str = "") -> HttpResponse:
    """Send nothing until it is resumed."""
    schedule = get_schedule(request.user, key, pk)
    actions.pause_schedule(schedule=schedule, actor=request.user)
    return _back(request, schedule, "Paused. Nothing goes out until you resume it.")


@require_POST
def resume(request: HtmxRequest, pk: int, key: str = "") -> HttpResponse:
    """Go on with the next slot."""
    schedule = get_schedule(request.user, key, pk)
    actions.resume_schedule(schedule=schedule, actor=request.user)
    return _back(request, schedule, "Resumed.")


@require_POST
def delete(request: HtmxRequest, pk: int, key: str = "") -> HttpResponse:
    """Take it away."""
    schedule = get_schedule(request.user, key, pk)
    actions.delete_schedule(schedule=schedule, actor=request.user)
    return _back(request, schedule, "The schedule is deleted. What it sent stays.")


def _back(request: HtmxRequest, schedule: Schedule, said: str) -> HttpResponse:
    toast(request, said)
    return redirect(request, report_url("reports", schedule.launch))


def _stale(request: HtmxRequest, launch: Launch | None, form: ScheduleForm, current: Schedule) -> HttpResponse:
    """Both versions, and the person's own still in the form."""
    typed = request.POST.copy()
    typed["version"] = str(current.version)
    fields = form.cleaned_data
    chosen = _named(fields["destinations"])
    rows = [
        ("Every", WEEKDAYS[current.weekday], WEEKDAYS[fields["weekday"]]),
        ("At", f"{current.local_time:%H:%M}", f"{fields['local_time']:%H:%M}"),
        ("Time zone", current.time_zone, fields["time_zone"]),
        ("Places", _named(current.destinations.all()), chosen),
    ]
    change = last_schedule_change(current)
    again = ScheduleForm(typed, launch=launch, edited=current)
    more = {
        "stale": [row for row in rows if row[1] != row[2]],
        "saved_by": change.actor if change and change.actor else current.created_by or request.user,
        "saved_at": change.recorded_at if change else None,
    }
    return _page(request, launch, again, status=409, schedule=current, **more)


def _named(places: Iterable[Destination]) -> str:
    return ", ".join(place_words(place.kind, place.name) for place in places)


def _page(request: HtmxRequest, launch: Launch | None, form: ScheduleForm, *, status: int, **more: Any) -> HttpResponse:
    context = {**scope_context(request.user, launch), "form": form, **more}
    return render_page(request, "reports/schedule.html", context, status=status)
