"""The Risks tab of a launch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from launches.access import Need, get_launch
from launches.selectors import comment_thread
from luna.lib.versions import StaleVersionError
from luna.ui.htmx import is_htmx, next_url, redirect, render_fragment, render_page, toast
from milestones.access_governance import get_risk, get_risk_to_change, may_change_risk
from milestones.actions.risks import change_risk_state, create_risk, delete_risk, edit_risk, restore_risk
from milestones.domain.types import RiskState
from milestones.forms.governance import RiskForm, RiskStateForm
from milestones.models import Risk
from milestones.selectors_governance import risks_of
from milestones.views.governance import initial_of, milestone_asked_for, posted, stale_context, tab_context

if TYPE_CHECKING:
    from django.http import HttpResponse

    from luna.ui.htmx import HtmxRequest

STATES = [(state.value, state.value.capitalize()) for state in RiskState]
LIST, PAGE, FORM = (f"milestones/governance/{name}.html" for name in ("risks", "risk", "risk_form"))


@require_GET
def risks(request: HtmxRequest, key: str) -> HttpResponse:
    """All risks of the launch, the most exposed first."""
    launch = get_launch(request.user, key)
    rows = risks_of(launch)
    still_open = sum(risk.state != RiskState.CLOSED for risk in rows)
    context = tab_context(request, launch, "risks", risks=still_open) | {"risks": rows, "states": STATES}
    return render_page(request, LIST, context, fragment="rows")


@require_GET
def risk(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """One risk, in the drawer or as a page."""
    row = get_risk(request.user, key, pk)
    context = tab_context(request, row.launch, "risks") | {
        "risk": row,
        "states": STATES,
        "can_change": may_change_risk(request.user, row),
        "thread": comment_thread(row.launch, "risk", pk),
    }
    return render_page(request, PAGE, context, fragment="drawer")


@require_http_methods(["GET", "POST"])
def risk_create(request: HtmxRequest, key: str) -> HttpResponse:
    """Add a risk."""
    launch = get_launch(request.user, key, Need.CONTRIBUTE)
    first = {"owner": request.user, "milestone": milestone_asked_for(request, launch)}
    form = RiskForm(posted(request), launch=launch, reader=request.user, initial=first)
    if request.method == "POST" and form.is_valid():
        row = create_risk(launch=launch, fields=form.written(), actor=request.user)
        toast(request, f"Risk “{row.title}” added.")
        return redirect(request, next_url(request, reverse("milestones:risks", args=[launch.key])))
    context = tab_context(request, launch, "risks") | {"form": form, "next": next_url(request, "")}
    return render_page(request, FORM, context, fragment="drawer", status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def risk_edit(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Edit a risk; a save that meets a newer one shows both."""
    row = get_risk_to_change(request.user, key, pk)
    first = initial_of(row, RiskForm.base_fields)
    form = RiskForm(posted(request), launch=row.launch, reader=request.user, risk=row, initial=first)
    context = tab_context(request, row.launch, "risks") | {"form": form, "risk": row, "next": next_url(request, "")}
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            edit_risk(risk=row, version=form.cleaned_data["version"] or 0, fields=form.written(), actor=request.user)
        except StaleVersionError:
            status = 409
            context |= stale_context(form, get_risk_to_change(request.user, key, pk))
        else:
            toast(request, "Risk saved.")
            return redirect(request, next_url(request, reverse("milestones:risk", args=[key, pk])))
    return render_page(request, FORM, context, fragment="drawer", status=status)


@require_POST
def risk_state(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Move a risk to another state, from its row or its page."""
    row = get_risk_to_change(request.user, key, pk)
    form = RiskStateForm(request.POST)
    status = 200
    if not form.is_valid():
        toast(request, "Choose one of the states.", level=messages.WARNING)
        status = 422
    else:
        try:
            given = form.cleaned_data
            change_risk_state(risk=row, version=given["version"], state=given["state"], actor=request.user)
        except StaleVersionError:
            row = get_risk_to_change(request.user, key, pk)
            toast(request, f"“{row.title}” was changed meanwhile. Look, then choose again.", level=messages.WARNING)
            status = 409
    if is_htmx(request):
        context = tab_context(request, row.launch, "risks") | {"risk": row, "states": STATES, "can_change": True}
        return render_fragment(request, f"{LIST}#row", context, status=status)
    return redirect(request, next_url(request, _page_of(row)))


@require_POST
def risk_delete(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Delete a risk; Undo brings it back."""
    row = get_risk_to_change(request.user, key, pk)
    delete_risk(risk=row, actor=request.user)
    toast(request, "Risk deleted.", undo_url=reverse("milestones:risk_restore", args=[row.launch.key, pk]))
    return redirect(request, next_url(request, reverse("milestones:risks", args=[row.launch.key])))


@require_POST
def risk_restore(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Bring back a risk that was deleted within a day."""
    row = get_risk_to_change(request.user, key, pk, deleted=True)
    restore_risk(risk=row, actor=request.user)
    toast(request, f"Risk “{row.title}” is back.")
    return redirect(request, next_url(request, reverse("milestones:risks", args=[row.launch.key])))


def _page_of(row: Risk) -> str:
    return reverse("milestones:risk", args=[row.launch.key, row.pk])
