"""Where a milestone's progress comes from: a panel of its drawer, and a page of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from integrations.access import get_source
from integrations.actions import sources as actions
from integrations.forms import SourceForm
from integrations.selectors import open_runs_of, source_lines, task_connections
from integrations.selectors_tasks import SHOWN_TASKS, tasks_of
from integrations.troubles import Reader, reader_of
from launches.access import Need, can_edit
from luna import clock
from luna.ui.htmx import is_htmx, redirect, render_page, toast, trigger
from milestones.access import get_milestone

if TYPE_CHECKING:
    from django.http import HttpResponse

    from integrations.models import Connection
    from luna.ui.htmx import HtmxRequest
    from milestones.models import Milestone

PAGE = "integrations/milestone_sources.html"
CHANGED = "milestones-changed"


@require_GET
def milestone_sources(request: HtmxRequest, key: str, milestone_pk: int) -> HttpResponse:
    """From where, how many, how fresh; for editors also how to link more, from the connection that they chose."""
    return _show(request, get_milestone(request.user, key, milestone_pk), asked=request.GET.get("connection", ""))


@require_POST
def check(request: HtmxRequest, key: str, milestone_pk: int) -> HttpResponse:
    """Count and sample what a query finds; nothing is saved."""
    milestone = get_milestone(request.user, key, milestone_pk, Need.EDIT)
    form = SourceForm(request.POST, with_preview=True, reader=_reader(request))
    return _show(request, milestone, form=form, status=200 if form.is_valid() else 422)


@require_POST
def link(request: HtmxRequest, key: str, milestone_pk: int) -> HttpResponse:
    """Link what the query finds, and read it at once."""
    milestone = get_milestone(request.user, key, milestone_pk, Need.EDIT)
    form = SourceForm(request.POST, reader=_reader(request))
    if not form.is_valid():
        return _show(request, milestone, form=form, status=422)
    given = form.cleaned_data
    try:
        actions.link_source(
            milestone=milestone,
            connection=given["connection"],
            kind=given["kind"],
            query=given["query"],
            title=form.title,
            actor=request.user,
        )
    except ValidationError as error:
        form.add_error("query", error)
        return _show(request, milestone, form=form, status=422)
    toast(request, "Linked. Its tasks are being read.")
    return _answer(request, milestone)


@require_POST
def unlink(request: HtmxRequest, key: str, milestone_pk: int, pk: int) -> HttpResponse:
    """Let a source's tasks count no longer."""
    source = get_source(request.user, key, milestone_pk, pk)
    actions.unlink_source(source=source, actor=request.user)
    toast(request, "Unlinked. Nothing changed in the tool itself.")
    return _answer(request, source.milestone)


@require_POST
def sync(request: HtmxRequest, key: str, milestone_pk: int) -> HttpResponse:
    """Read the milestone's connections now."""
    milestone = get_milestone(request.user, key, milestone_pk, Need.EDIT)
    actions.sync_milestone(milestone=milestone, actor=request.user)
    if not is_htmx(request):
        toast(request, "Reading. You can leave this page.")
    return _answer(request, milestone)


def _answer(request: HtmxRequest, milestone: Milestone) -> HttpResponse:
    """The panel anew for htmx, else back to the page."""
    if is_htmx(request):
        return trigger(_show(request, milestone), CHANGED)
    return redirect(request, reverse("integrations:milestone_sources", args=[milestone.launch.key, milestone.pk]))


def _chosen(pk: str) -> Connection | None:
    """The connection that the address names, if there is one."""
    return task_connections().filter(pk=int(pk)).first() if re.fullmatch(r"[0-9]{1,18}", pk) else None


def _reader(request: HtmxRequest, *, may_edit: bool = True) -> Reader:
    """To whom troubles are told; only editors see the form."""
    return reader_of(is_admin=request.user.is_admin, may_edit=may_edit)


def _show(
    request: HtmxRequest,
    milestone: Milestone,
    *,
    form: SourceForm | None = None,
    asked: str = "",
    status: int = 200,
) -> HttpResponse:
    """The panel; `asked` is the id of the connection to link from."""
    may_edit = can_edit(request.user, milestone.launch)
    runs, now = open_runs_of(milestone), clock.now()
    if may_edit and form is None:
        form = SourceForm(chosen=_chosen(asked) if asked else None, reader=_reader(request))
    if form is not None:
        form.list_choices()
    context: dict[str, Any] = {
        "milestone": milestone,
        "launch": milestone.launch,
        "lines": source_lines(milestone, now, _reader(request, may_edit=may_edit)),
        "tasks": tasks_of(milestone)[:SHOWN_TASKS],
        "runs": runs,
        "may_edit": may_edit,
        "is_admin": request.user.is_admin,
        "form": form,
        "url": reverse("integrations:milestone_sources", args=[milestone.launch.key, milestone.pk]),
    }
    response = render_page(request, PAGE, context, fragment=("progress-source", "source_figures"), status=status)
    is_last_poll = not runs and request.headers.get("HX-Target", "").endswith("source_figures")
    return trigger(response, CHANGED) if is_last_poll else response
