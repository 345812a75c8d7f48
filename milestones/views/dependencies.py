"""What a milestone waits for: pick a predecessor, change the lag, remove it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from launches.access import Need
from luna.ui.htmx import redirect, render_page, toast
from milestones.access import get_dependency, get_milestone
from milestones.actions.dependencies import add_dependency, change_lag, remove_dependency
from milestones.forms.milestones import DependencyForm, LagForm
from milestones.selectors import possible_predecessors, waits_for
from milestones.views.governance import posted, tab_context

if TYPE_CHECKING:
    from django.http import HttpResponse

    from luna.ui.htmx import HtmxRequest
    from milestones.models import Dependency, Milestone

PAGE = "milestones/dependencies.html"


@require_http_methods(["GET", "POST"])
def dependencies(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """What it waits for, and a form for one more; a circle is refused and named."""
    milestone = get_milestone(request.user, key, pk, Need.EDIT)
    choices = possible_predecessors(milestone, request.user)
    form = DependencyForm(posted(request), choices=choices, own_launch=milestone.launch)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            add_dependency(
                predecessor=given["predecessor"],
                successor=milestone,
                lag_days=given["lag_days"],
                actor=request.user,
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            toast(request, f"“{milestone.name}” waits for “{given['predecessor'].name}”.")
            return redirect(request, _url(milestone))
    context = tab_context(request, milestone.launch, "milestones") | {
        "milestone": milestone,
        "form": form,
        "waits_for": waits_for(milestone, request.user),
    }
    return render_page(request, PAGE, context, fragment="drawer", status=422 if form.is_bound else 200)


@require_POST
def lag(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Wait longer or shorter."""
    dependency = get_dependency(request.user, key, pk)
    form = LagForm(request.POST)
    if form.is_valid():
        change_lag(dependency=dependency, lag_days=form.cleaned_data["lag_days"], actor=request.user)
        toast(request, "Lag saved.")
        return redirect(request, _url(dependency.successor))
    return _refused(request, dependency, form)


@require_POST
def remove(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Wait no longer."""
    dependency = get_dependency(request.user, key, pk)
    remove_dependency(dependency=dependency, actor=request.user)
    toast(request, f"“{dependency.successor.name}” no longer waits for “{dependency.predecessor.name}”.")
    return redirect(request, _url(dependency.successor))


def _refused(request: HtmxRequest, dependency: Dependency, lag_form: LagForm) -> HttpResponse:
    milestone = get_milestone(request.user, dependency.successor.launch.key, dependency.successor_id, Need.EDIT)
    context = tab_context(request, milestone.launch, "milestones") | {
        "milestone": milestone,
        "form": DependencyForm(choices=possible_predecessors(milestone, request.user), own_launch=milestone.launch),
        "waits_for": waits_for(milestone, request.user),
        "lag_errors": lag_form.errors["lag_days"],
    }
    return render_page(request, PAGE, context, fragment="drawer", status=422)


def _url(milestone: Milestone) -> str:
    return reverse("milestones:dependencies", args=[milestone.launch.key, milestone.pk])
