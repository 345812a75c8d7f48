"""What a milestone waits for: pick a predecessor, change the lag, remove it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from launches.access import Need
from luna.ui.htmx import is_htmx, redirect, render_page, toast
from milestones.access import get_dependency, get_milestone
from milestones.actions.dependencies import add_dependency, change_lag, remove_dependency
from milestones.forms.milestones import DependencyForm, LagForm
from milestones.selectors import possible_predecessors, waits_for
from milestones.views.governance import posted, tab_context

if TYPE_CHECKING:
    from django.http import HttpResponse, QueryDict

    from luna.ui.htmx import HtmxRequest
    from milestones.models import Milestone


@require_http_methods(["GET", "POST"])
def dependencies(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """What it waits for, and a form for one more; a circle is refused and named."""
    milestone = get_milestone(request.user, key, pk, Need.EDIT)
    form = _form(request, milestone, posted(request))
    if request.method == "POST" and form.is_valid():
        before, days = form.cleaned_data["predecessor"], form.cleaned_data["lag_days"]
        try:
            add_dependency(predecessor=before, successor=milestone, lag_days=days, actor=request.user)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            return _changed(request, milestone, f"“{milestone.name}” waits for “{before.name}”.")
    return _page(request, milestone, form, status=422 if form.is_bound else 200)


@require_POST
def lag(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Wait longer or shorter."""
    dependency = get_dependency(request.user, key, pk)
    milestone = get_milestone(request.user, key, dependency.successor_id, Need.EDIT)
    form = LagForm(request.POST)
    if not form.is_valid():
        return _page(request, milestone, _form(request, milestone), status=422, lag_errors=form.errors["lag_days"])
    change_lag(dependency=dependency, lag_days=form.cleaned_data["lag_days"], actor=request.user)
    return _changed(request, milestone, "Lag saved.")


@require_POST
def remove(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Wait no longer."""
    dependency = get_dependency(request.user, key, pk)
    milestone = get_milestone(request.user, key, dependency.successor_id, Need.EDIT)
    before = dependency.predecessor.name
    remove_dependency(dependency=dependency, actor=request.user)
    return _changed(request, milestone, f"“{milestone.name}” no longer waits for “{before}”.")


def _form(request: HtmxRequest, milestone: Milestone, data: QueryDict | None = None) -> DependencyForm:
    choices = possible_predecessors(milestone, request.user)
    return DependencyForm(data, choices=choices, own_launch=milestone.launch)


def _page(
    request: HtmxRequest, milestone: Milestone, form: DependencyForm, *, status: int = 200, lag_errors: object = None
) -> HttpResponse:
    context = tab_context(request, milestone.launch, "milestones") | {
        "milestone": milestone,
        "form": form,
        "waits_for": waits_for(milestone, request.user),
        "lag_errors": lag_errors,
    }
    return render_page(request, "milestones/dependencies.html", context, fragment="drawer", status=status)


def _changed(request: HtmxRequest, milestone: Milestone, words: str) -> HttpResponse:
    """The same page again with what holds now, in the drawer or as a page."""
    toast(request, words)
    if is_htmx(request):
        return _page(request, milestone, _form(request, milestone))
    return redirect(request, reverse("milestones:dependencies", args=[milestone.launch.key, milestone.pk]))
