"""Settings, health: the thresholds, and what others would change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.urls import reverse
from django.views.decorators.http import require_http_methods

from luna.lib.versions import StaleVersionError
from luna.ui.htmx import HtmxRequest, redirect, render_page, toast
from milestones.actions.thresholds import change_thresholds
from milestones.domain.thresholds import DEFAULTS, LIMITS, to_json
from milestones.forms.thresholds import OFFERED, ThresholdsForm, initial_of
from milestones.selectors_governance import last_change
from milestones.selectors_health import thresholds_in_force
from milestones.selectors_thresholds import saved_version, what_would_change
from milestones.views.governance import posted
from people.access import admin_required

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from luna.lib.versions import VersionedRow

PAGE, FORM = "milestones/thresholds.html", "thresholds"


@require_http_methods(["GET", "POST"])
@admin_required
def thresholds(request: HtmxRequest) -> HttpResponse:
    """The form; “Show what would change” answers with the launches that would stand otherwise, and saves nothing."""
    in_force = thresholds_in_force()
    form = ThresholdsForm(posted(request), initial=initial_of(in_force, saved_version()))
    context: dict[str, Any] = {"form": form, "is_default": in_force == DEFAULTS}
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        if "preview" in request.POST:
            changes = what_would_change(form.chosen)
            context |= {"changes": changes, "launches": sum(change.is_of_launch for change in changes)}
            return render_page(request, PAGE, context, fragment=FORM)
        try:
            change_thresholds(version=form.cleaned_data["version"], thresholds=form.chosen, actor=request.user)
        except StaleVersionError as stale:
            status = 409
            context |= _stale(form, cast("VersionedRow", stale.current))
        else:
            toast(request, "The thresholds are saved. Every launch is judged anew.")
            return redirect(request, reverse("milestones:thresholds"))
    return render_page(request, PAGE, context, fragment=FORM, status=status)


def _stale(form: ThresholdsForm, current: VersionedRow) -> dict[str, Any]:
    """Both versions; the form keeps what was typed and carries the newer version from now on."""
    theirs, mine = to_json(thresholds_in_force()), to_json(form.chosen)
    rows = [
        (f"{LIMITS[name].group}: {LIMITS[name].label.lower()}", theirs[name], mine[name])
        for name in OFFERED
        if theirs[name] != mine[name]
    ]
    data = cast("QueryDict", form.data).copy()
    data["version"] = str(current.version)
    form.data = data
    change = last_change(current)
    return {
        "stale": rows,
        "saved_by": change.actor if change else None,
        "saved_at": change.recorded_at if change else None,
    }
