"""Runs of a connection: starting them, watching them, their history; and trying the connection without a run."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from integrations.access import get_connection
from integrations.account import CheckReport, Step
from integrations.actions import connections as actions
from integrations.errors import ProviderError
from integrations.registry import PROVIDERS, open_destination, open_source
from integrations.selectors_connection import run_lines, run_progress, runs_of
from luna import clock
from luna.ui.htmx import is_htmx, next_url, redirect, render_fragment, render_page, toast
from people.access import admin_required

if TYPE_CHECKING:
    from django.http import HttpResponse

    from integrations.models import Connection
    from luna.ui.htmx import HtmxRequest

PAGE_SIZE = 50
_PROGRESS = "integrations/_run_progress.html"


@require_GET
@admin_required
def history(request: HtmxRequest, pk: int) -> HttpResponse:
    """Every run that is kept: when, why, what it read and changed, how long it took, what it says."""
    row = get_connection(pk)
    page = Paginator(runs_of(row), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"connection": row, "page": page, "runs": run_lines(list(page.object_list))}
    return render_page(request, "integrations/runs.html", context)


@require_GET
@admin_required
def progress(request: HtmxRequest, pk: int) -> HttpResponse:
    """The bar of the run that goes on. Where more than the bar has changed since `stage`, the page loads anew."""
    row = get_connection(pk)
    context = _progress(row)
    if not is_htmx(request) or request.GET.get("stage") != context["progress"].stage:
        return redirect(request, reverse("integrations:connection", args=[pk]))
    return render_fragment(request, _PROGRESS, context)


def _progress(row: Connection) -> dict[str, Any]:
    run = runs_of(row).first()
    return {"connection": row, "run": run, "progress": run_progress(row, run, clock.now())}


@require_POST
@admin_required
def sync_now(request: HtmxRequest, pk: int) -> HttpResponse:
    """Read what changed now, or everything again (`full`), or compare ids with the source (`census`)."""
    row = get_connection(pk)
    is_full, is_census = bool(request.POST.get("full")), bool(request.POST.get("census"))
    run = actions.sync_now(connection=row, is_full=is_full, is_census=is_census, actor=request.user)
    if is_htmx(request):
        return render_fragment(request, _PROGRESS, _progress(get_connection(pk)))
    told = run_progress(row, run, clock.now())
    if told.rests_until:
        toast(request, f"{row.name} rests, and goes on by itself afterwards. {told.why_then}".strip())
    else:
        toast(request, f"{'Comparing' if is_census else 'Reading'} {row.name}. You can leave this page.")
    return redirect(request, next_url(request, reverse("integrations:connection", args=[row.pk])))


@require_POST
@admin_required
def test(request: HtmxRequest, pk: int) -> HttpResponse:
    """Try address, sign-in and rights now with a few cheap calls, and show each step. Nothing is changed."""
    row = get_connection(pk)
    context = {"connection": row, "report": _tried(row), "tried_at": clock.now()}
    return render_page(request, "integrations/tried.html", context, fragment="test-result")


def _tried(row: Connection) -> CheckReport:
    """What the live test of the connection's own client finds."""
    try:
        if not PROVIDERS[row.provider].is_task_tool:
            return open_destination(row).check()
        with closing(open_source(row)) as client:
            return client.check()
    except ProviderError as error:
        return CheckReport((Step("The stored token can’t be used", "bad", error.detail),), error=error)
