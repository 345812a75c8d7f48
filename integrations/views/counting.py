"""What counts for a milestone: a page of its own, behind the panel that says where its progress comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from integrations.access import get_source, get_task
from integrations.actions import counting as actions
from integrations.domain.counting import Rules
from integrations.forms_counting import RulesForm, ShareForm, UnitForm
from integrations.selectors_counting import (
    SCOPE_SPAN,
    count_of,
    preview_of,
    scope_changes,
    scope_since,
    shared_tasks,
    source_parts,
)
from launches.access import Need, can_edit
from luna import clock
from luna.lib.versions import StaleVersionError
from luna.ui.htmx import redirect, render_page, toast
from milestones.access import get_milestone

if TYPE_CHECKING:
    from django.http import HttpResponse

    from luna.ui.htmx import HtmxRequest
    from milestones.models import Milestone


@require_GET
def counting(request: HtmxRequest, key: str, milestone_pk: int) -> HttpResponse:
    """By what it counts, what each source adds, what it shares, and how its scope changed."""
    return _page(request, get_milestone(request.user, key, milestone_pk))


@require_POST
def unit(request: HtmxRequest, key: str, milestone_pk: int) -> HttpResponse:
    """Count by another unit."""
    milestone = get_milestone(request.user, key, milestone_pk, Need.EDIT)
    form = UnitForm(request.POST)
    if not form.is_valid():
        return _page(request, milestone, form=form, status=422)
    given = form.cleaned_data
    try:
        actions.choose_unit(milestone=milestone, version=given["version"], unit=given["unit"], actor=request.user)
    except StaleVersionError:
        words = "Someone changed this meanwhile. Here is how it stands now: look, then choose again."
        toast(request, words, level=messages.WARNING)
        return _page(request, get_milestone(request.user, key, milestone_pk), status=409)
    toast(request, "Saved, and counted anew.")
    return _back(request, milestone)


@require_POST
def share(request: HtmxRequest, key: str, milestone_pk: int) -> HttpResponse:
    """Let another part of a shared task count here."""
    milestone = get_milestone(request.user, key, milestone_pk, Need.EDIT)
    form = ShareForm(request.POST)
    if not form.is_valid():
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _page(request, milestone, refused=words, status=422)
    task = get_task(milestone, form.cleaned_data["task"])
    try:
        actions.move_share(task=task, milestone=milestone, percent=form.cleaned_data["percent"], actor=request.user)
    except ValidationError as refused:
        return _page(request, milestone, refused=refused.messages[0], status=422)
    toast(request, "Saved, and counted anew.")
    return _back(request, milestone)


@require_http_methods(["GET", "POST"])
def rules(request: HtmxRequest, key: str, milestone_pk: int, pk: int) -> HttpResponse:
    """Which of a source's tasks count; with `look` what the choices would take is shown, and nothing is saved."""
    source = get_source(request.user, key, milestone_pk, pk)
    stored = Rules.from_json(source.counting)
    found = preview_of(source, stored)
    form = RulesForm(request.POST if request.method == "POST" else None, rules=stored, found=found)
    is_valid = form.is_bound and form.is_valid()
    if is_valid and "look" not in request.POST:
        actions.change_rules(source=source, rules=form.rules, actor=request.user)
        toast(request, "Saved, and counted anew.")
        return _back(request, source.milestone)
    context = {
        "milestone": source.milestone,
        "launch": source.milestone.launch,
        "source": source,
        "form": form,
        "preview": preview_of(source, form.rules) if is_valid else found,
        "url": request.path,
        "back": _address(source.milestone),
    }
    status = 422 if form.is_bound and not is_valid else 200
    return render_page(request, "integrations/rules.html", context, fragment="rules", status=status)


def _address(milestone: Milestone) -> str:
    return reverse("integrations:counting", args=[milestone.launch.key, milestone.pk])


def _back(request: HtmxRequest, milestone: Milestone) -> HttpResponse:
    return redirect(request, _address(milestone))


def _page(
    request: HtmxRequest, milestone: Milestone, *, form: UnitForm | None = None, refused: str = "", status: int = 200
) -> HttpResponse:
    now = clock.now()
    count = count_of(milestone, now)
    first = {"unit": milestone.progress_unit, "version": milestone.version}
    parts = source_parts(milestone, count)
    context = {
        "milestone": milestone,
        "launch": milestone.launch,
        "may_edit": can_edit(request.user, milestone.launch),
        "form": form or UnitForm(initial=first),
        "refused": refused,
        "tally": count.tally,
        "stand_in": count.size_words,
        "parts": parts,
        # One source adds all that the line above says.
        "says_adds": len(parts) > 1 and parts[0].points is not None,
        "shared": shared_tasks(milestone, count),
        "shared_total": len(count.shared),
        "scope": scope_since(milestone, now - SCOPE_SPAN),
        "changes": scope_changes(milestone),
    }
    return render_page(request, "integrations/counting.html", context, status=status)
