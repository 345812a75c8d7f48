"""The Decisions tab of a launch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from launches.access import Need, get_launch
from launches.selectors import comment_thread
from luna.lib.versions import StaleVersionError
from luna.ui.htmx import next_url, redirect, render_page, toast
from milestones.access_governance import (
    get_decision,
    get_decision_to_change,
    get_decision_to_decide,
    may_decide,
)
from milestones.actions.decisions import (
    DecisionTakenError,
    create_decision,
    delete_decision,
    edit_decision,
    record_outcome,
    restore_decision,
    supersede_decision,
)
from milestones.domain.types import DecisionState
from milestones.forms.governance import DecisionForm, OutcomeForm
from milestones.models import Decision
from milestones.selectors_governance import decisions_of
from milestones.views.governance import initial_of, milestone_asked_for, posted, stale_context, tab_context

if TYPE_CHECKING:
    from django.http import HttpResponse

    from luna.ui.htmx import HtmxRequest

LIST, PAGE, FORM = (f"milestones/governance/{name}.html" for name in ("decisions", "decision", "decision_form"))
TAKEN = "This was decided already. To decide anew, supersede it."


@require_GET
def decisions(request: HtmxRequest, key: str) -> HttpResponse:
    """All decisions of the launch, open ones first."""
    launch = get_launch(request.user, key)
    rows = decisions_of(launch)
    still_open = sum(row.state == DecisionState.OPEN for row in rows)
    context = tab_context(request, launch, "decisions", decisions=still_open) | {"decisions": rows}
    return render_page(request, LIST, context, fragment="rows")


@require_GET
def decision(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """One decision, in the drawer or as a page."""
    row = get_decision(request.user, key, pk)
    return _show(request, row, OutcomeForm(initial={"version": row.version}))


@require_http_methods(["GET", "POST"])
def decision_create(request: HtmxRequest, key: str) -> HttpResponse:
    """Ask for a decision."""
    launch = get_launch(request.user, key, Need.CONTRIBUTE)
    milestone = milestone_asked_for(request, launch)
    first = {"milestones": [milestone] if milestone else []}
    form = DecisionForm(posted(request), launch=launch, reader=request.user, initial=first)
    if request.method == "POST" and form.is_valid():
        affected = list(form.cleaned_data["milestones"])
        row = create_decision(launch=launch, fields=form.written(), milestones=affected, actor=request.user)
        toast(request, f"“{row.title}” waits for {row.decider.name if row.decider else 'someone to decide it'}.")
        return redirect(request, next_url(request, reverse("milestones:decisions", args=[launch.key])))
    context = tab_context(request, launch, "decisions") | {"form": form, "next": next_url(request, "")}
    return render_page(request, FORM, context, fragment="drawer", status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def decision_edit(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Edit an open question; a save that meets a newer one shows both."""
    row = get_decision_to_change(request.user, key, pk)
    return _form_about(request, row, supersedes=False)


@require_http_methods(["GET", "POST"])
def decision_supersede(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Ask for a new decision in place of this one."""
    row = get_decision_to_change(request.user, key, pk)
    return _form_about(request, row, supersedes=True)


@require_POST
def decision_decide(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Record what was decided: by the decider or an editor."""
    row = get_decision_to_decide(request.user, key, pk)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        return _show(request, row, form, status=422)
    try:
        given = form.cleaned_data
        record_outcome(decision=row, version=given["version"], outcome=given["outcome"], actor=request.user)
    except StaleVersionError:
        current = get_decision(request.user, key, pk)
        return _show(request, current, form, status=409, **stale_context(form, current))
    except DecisionTakenError:
        toast(request, TAKEN, level=messages.WARNING)
        return _show(request, row, form, status=409)
    toast(request, "Decision recorded.")
    return redirect(request, next_url(request, reverse("milestones:decisions", args=[row.launch.key])))


@require_POST
def decision_delete(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Delete a decision; Undo brings it back."""
    row = get_decision_to_change(request.user, key, pk)
    delete_decision(decision=row, actor=request.user)
    toast(request, "Decision deleted.", undo_url=reverse("milestones:decision_restore", args=[row.launch.key, pk]))
    return redirect(request, next_url(request, reverse("milestones:decisions", args=[row.launch.key])))


@require_POST
def decision_restore(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Bring back a decision that was deleted within a day."""
    row = get_decision_to_change(request.user, key, pk, deleted=True)
    restore_decision(decision=row, actor=request.user)
    toast(request, f"Decision “{row.title}” is back.")
    return redirect(request, next_url(request, reverse("milestones:decisions", args=[row.launch.key])))


def _show(request: HtmxRequest, row: Decision, form: OutcomeForm, *, status: int = 200, **more: Any) -> HttpResponse:
    context = tab_context(request, row.launch, "decisions") | {
        "decision": row,
        "form": form,
        "can_decide": row.state == DecisionState.OPEN and may_decide(request.user, row),
        "affected": [milestone for milestone in row.milestones.all() if milestone.deleted_at is None],
        "thread": comment_thread(row.launch, "decision", row.pk),
    }
    return render_page(request, PAGE, context | more, fragment="drawer", status=status)


def _form_about(request: HtmxRequest, row: Decision, *, supersedes: bool) -> HttpResponse:
    """The form of an existing decision: to edit it, or to ask anew in its place."""
    first = initial_of(row, DecisionForm.base_fields)
    form = DecisionForm(posted(request), launch=row.launch, reader=request.user, decision=row, initial=first)
    context = tab_context(request, row.launch, "decisions")
    context |= {"form": form, "decision": row, "supersedes": supersedes, "next": next_url(request, "")}
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, row, form, supersedes=supersedes)
        except StaleVersionError:
            status = 409
            context |= stale_context(form, get_decision_to_change(request.user, row.launch.key, row.pk))
        except DecisionTakenError:
            status = 409
            toast(request, TAKEN, level=messages.WARNING)
        else:
            toast(request, "Decision superseded." if supersedes else "Decision saved.")
            page = reverse("milestones:decision", args=[row.launch.key, saved.pk])
            return redirect(request, next_url(request, page))
    return render_page(request, FORM, context, fragment="drawer", status=status)


def _save(request: HtmxRequest, row: Decision, form: DecisionForm, *, supersedes: bool) -> Decision:
    version, affected = form.cleaned_data["version"] or 0, list(form.cleaned_data["milestones"])
    if supersedes:
        return supersede_decision(
            decision=row, version=version, fields=form.written(), milestones=affected, actor=request.user
        )
    edit_decision(decision=row, version=version, fields=form.written(), milestones=affected, actor=request.user)
    return row
