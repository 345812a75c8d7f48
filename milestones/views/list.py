"""The Milestones tab: the list with quick add, its rows edited where they stand, and their order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from launches.access import Need, get_launch
from luna.lib.versions import StaleVersionError
from luna.ui.htmx import is_htmx, redirect, render_fragment, render_page, toast
from luna.ui.wording import counted
from milestones.access import get_milestone
from milestones.actions.milestones import (
    ApprovalsUnmetError,
    add_milestones,
    edit_row,
    freeze_baseline,
    move_milestone,
    shift_milestone,
)
from milestones.domain.paste import Pasted, read_lines
from milestones.forms.milestones import AddForm, BaselineForm, OrderForm, RowForm, ShiftForm
from milestones.selectors import milestones_of
from milestones.views.governance import initial_of, posted, stale_context, tab_context
from people.selectors import workspace

if TYPE_CHECKING:
    from launches.models import Launch
    from luna.ui.htmx import HtmxRequest
    from milestones.models import Milestone

LIST, ROW_PAGE = "milestones/list.html", "milestones/row.html"


@require_GET
def milestones(request: HtmxRequest, key: str) -> HttpResponse:
    """The launch's milestones in their order."""
    launch = get_launch(request.user, key)
    return render_page(request, LIST, _list_context(request, launch), fragment="rows")


@require_GET
def row_show(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """One row as it is: what Cancel brings back. Without scripts it is the milestone's page."""
    milestone = get_milestone(request.user, key, pk)
    if not is_htmx(request):
        return redirect(request, reverse("milestones:detail", args=[milestone.launch.key, pk]))
    return render_fragment(request, f"{LIST}#row", _row_context(request, milestone))


@require_POST
def add(request: HtmxRequest, key: str) -> HttpResponse:
    """Add what was typed or pasted; lines that were not understood stay in the box, with their numbers."""
    launch = get_launch(request.user, key, Need.EDIT)
    form = AddForm(request.POST)
    pasted = Pasted((), ())
    if form.is_valid():
        pasted = read_lines(form.cleaned_data["lines"], today=workspace().today)
        if not (pasted.drafts or pasted.problems):
            form.add_error("lines", "Write at least one name.")
    if pasted.drafts:
        add_milestones(launch=launch, drafts=pasted.drafts, actor=request.user)
        toast(request, f"{counted(len(pasted.drafts), 'milestone')} added.")
    is_clean = form.is_valid() and not pasted.problems
    if is_clean and not is_htmx(request):
        return redirect(request, reverse("milestones:list", args=[launch.key]))
    left = pasted.left_over if form.is_valid() else request.POST.get("lines", "")
    context = _list_context(request, launch) | {
        "problems": pasted.problems,
        "errors": form.errors.get("lines", []),
        "typed": "" if is_clean else left,
    }
    return render_page(request, LIST, context, fragment="rows", status=200 if is_clean else 422)


@require_http_methods(["GET", "POST"])
def row_edit(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Edit a row where it stands; without scripts on a page of its own."""
    milestone = get_milestone(request.user, key, pk, Need.EDIT)
    first = initial_of(milestone, RowForm.base_fields)
    form = RowForm(posted(request), milestone=milestone, reader=request.user, initial=first)
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        status, context = _save_row(request, milestone, form)
        if status == 200:
            return _row_saved(request, get_milestone(request.user, key, pk))
    context |= _row_context(request, milestone) | {"form": form}
    if is_htmx(request):
        return render_fragment(request, f"{ROW_PAGE}#row", context, status=status)
    return render_page(request, ROW_PAGE, context, status=status)


@require_POST
def order(request: HtmxRequest, key: str) -> HttpResponse:
    """Put a milestone before another one, as dragging and the arrow keys do."""
    launch = get_launch(request.user, key, Need.EDIT)
    form = OrderForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    milestone = get_milestone(request.user, key, form.cleaned_data["id"], Need.EDIT)
    before = form.cleaned_data["before"]
    move_milestone(
        milestone=milestone,
        before=get_milestone(request.user, key, before, Need.EDIT) if before else None,
        actor=request.user,
    )
    return HttpResponse(status=204) if is_htmx(request) else redirect(request, _list_url(launch))


@require_POST
def shift(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """One place up or down."""
    milestone = get_milestone(request.user, key, pk, Need.EDIT)
    form = ShiftForm(request.POST)
    if form.is_valid():
        shift_milestone(
            milestone=milestone, step=-1 if form.cleaned_data["direction"] == "up" else 1, actor=request.user
        )
    return redirect(request, _list_url(milestone.launch))


@require_POST
def freeze(request: HtmxRequest, key: str) -> HttpResponse:
    """Keep today's due dates as the agreed plan."""
    launch = get_launch(request.user, key, Need.EDIT)
    form = BaselineForm(request.POST)
    why = form.cleaned_data["why"] if form.is_valid() else ""
    frozen = freeze_baseline(launch=launch, why=why, actor=request.user)
    toast(request, f"The due dates of {counted(frozen, 'milestone')} are now the baseline.")
    return redirect(request, _list_url(launch))


def _save_row(request: HtmxRequest, milestone: Milestone, form: RowForm) -> tuple[int, dict[str, Any]]:
    """The status of the answer (200 when saved), and what a stale save shows."""
    if not form.is_valid():
        return 422, {}
    given = form.cleaned_data
    try:
        edit_row(
            milestone=milestone,
            version=given["version"] or 0,
            fields=form.written(),
            state=given["state"],
            why=given["why"],
            actor=request.user,
        )
    except StaleVersionError:
        return 409, stale_context(form, get_milestone(request.user, milestone.launch.key, milestone.pk))
    except ApprovalsUnmetError as unmet:
        form.add_error("state", str(unmet))
        return 422, {}
    except ValidationError as refused:
        form.take(refused)
        return 422, {}
    return 200, {}


def _row_saved(request: HtmxRequest, milestone: Milestone) -> HttpResponse:
    toast(request, f"“{milestone.name}” saved.", level=messages.SUCCESS)
    if is_htmx(request):
        return render_fragment(request, f"{LIST}#row", _row_context(request, milestone))
    return redirect(request, _list_url(milestone.launch))


def _list_context(request: HtmxRequest, launch: Launch) -> dict[str, Any]:
    rows = list(milestones_of(launch))
    counts = {"milestones": len(rows)}
    return tab_context(request, launch, "milestones", **counts) | {"milestones": rows, "today": workspace().today}


def _row_context(request: HtmxRequest, milestone: Milestone) -> dict[str, Any]:
    context = tab_context(request, milestone.launch, "milestones")
    return context | {"milestone": milestone, "today": workspace().today}


def _list_url(launch: Launch) -> str:
    return reverse("milestones:list", args=[launch.key])
