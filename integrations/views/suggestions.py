"""Dependencies that task links give away: a panel of a milestone's dependencies, and a page of a launch's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from integrations.access import get_suggestion
from integrations.actions import suggestions as actions
from integrations.forms_suggestions import DismissForm, SnoozeForm
from integrations.suggestions import suggestion_lines, unsupported, waiting_suggestions
from launches.access import can_edit, get_launch
from launches.views.page import launch_context
from luna.ui.htmx import is_htmx, next_url, redirect, render_fragment, render_page, toast, trigger
from milestones.access import get_milestone

if TYPE_CHECKING:
    from django.http import HttpResponse

    from integrations.models import DependencySuggestion
    from luna.ui.htmx import HtmxRequest
    from milestones.models import Milestone

PANEL = "integrations/suggestions_milestone.html"
PAGE = "integrations/suggestions.html"
CHANGED = "dependencies-changed"


@require_GET
def launch_suggestions(request: HtmxRequest, key: str) -> HttpResponse:
    """All that wait for someone's word in a launch; for its front page their number alone."""
    launch = get_launch(request.user, key)
    waiting = waiting_suggestions(request.user).filter(successor__launch=launch)
    if request.headers.get("HX-Target", "").endswith("suggested"):
        context: dict[str, Any] = {"launch": launch, "count": waiting.count()}
        return render_fragment(request, f"{PAGE}#suggested", context)
    context = launch_context(request.user, launch, "milestones") | {
        "lines": suggestion_lines(waiting),
        "url": reverse("integrations:launch_suggestions", args=[launch.key]),
    }
    return render_page(request, PAGE, context)


@require_GET
def milestone_suggestions(request: HtmxRequest, key: str, milestone_pk: int) -> HttpResponse:
    """What a milestone seems to wait for, and what it was said to wait for by links that are gone."""
    return _show(request, get_milestone(request.user, key, milestone_pk))


@require_POST
def confirm(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Record the dependency."""
    row = get_suggestion(request.user, key, pk)
    try:
        actions.confirm_suggestion(suggestion=row, actor=request.user, shown=request.POST.get("shown", ""))
    except ValidationError as refused:
        return _refused(request, row, refused)
    return _done(request, row, f"“{row.successor.name}” waits for “{row.predecessor.name}”.")


@require_POST
def dismiss(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """It is none, and why."""
    row = get_suggestion(request.user, key, pk)
    form = DismissForm(request.POST)
    if not form.is_valid():
        return _refused(request, row, ValidationError([str(error) for error in form.errors["why"]]))
    try:
        actions.dismiss_suggestion(
            suggestion=row, why=form.cleaned_data["why"], actor=request.user, shown=request.POST.get("shown", "")
        )
    except ValidationError as refused:
        return _refused(request, row, refused)
    return _done(request, row, "Dismissed. Only a new link between their tasks brings it back.")


@require_POST
def snooze(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Ask again on a day."""
    row = get_suggestion(request.user, key, pk)
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        return _refused(request, row, ValidationError([str(error) for error in form.errors["until"]]))
    try:
        actions.snooze_suggestion(
            suggestion=row, until=form.cleaned_data["until"], actor=request.user, shown=request.POST.get("shown", "")
        )
    except ValidationError as refused:
        return _refused(request, row, refused)
    return _done(request, row, "Luna asks again on that day.")


def _done(request: HtmxRequest, row: DependencySuggestion, words: str) -> HttpResponse:
    """The panel anew for htmx, else back to the page that was left."""
    toast(request, words)
    if is_htmx(request):
        return trigger(_show(request, row.successor), CHANGED)
    return redirect(request, next_url(request, _url(row.successor)))


def _refused(request: HtmxRequest, row: DependencySuggestion, error: ValidationError) -> HttpResponse:
    return _show(request, row.successor, refused=error.messages[0], about=row.pk, status=422)


def _url(milestone: Milestone) -> str:
    return reverse("integrations:suggestions", args=[milestone.launch.key, milestone.pk])


def _show(
    request: HtmxRequest, milestone: Milestone, *, refused: str = "", about: int = 0, status: int = 200
) -> HttpResponse:
    """The panel; `refused` says what was wrong with the answer to the suggestion `about`, whose typing is kept."""
    launch = milestone.launch
    context: dict[str, Any] = {
        "milestone": milestone,
        "launch": launch,
        "lines": suggestion_lines(waiting_suggestions(request.user).filter(successor=milestone)),
        "unsupported": unsupported(milestone, request.user),
        "can_edit": can_edit(request.user, launch),
        "refused": refused,
        "about": about,
        "typed": {name: request.POST.get(name, "") for name in ("why", "until")},
    }
    return render_page(request, PANEL, context, fragment="suggestions", status=status)
