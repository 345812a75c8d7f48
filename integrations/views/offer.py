"""Third step of connecting a task tool: which of its projects or lists PMs may read."""

from __future__ import annotations

from contextlib import closing, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from integrations.access import get_connection
from integrations.account import Project
from integrations.actions import connections as actions
from integrations.credentials import access_of
from integrations.errors import NeedsAttentionError, ProviderError, RefusedError
from integrations.forms import OfferForm
from integrations.registry import PROVIDERS, open_source, part
from integrations.sources.base import FindsProjects, ListsInPart
from integrations.views.places import offer_places
from luna.lib.versions import StaleVersionError
from luna.ui.htmx import redirect, render_page, toast
from people.access import admin_required

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

    from integrations.models import Connection, SyncRun
    from luna.ui.htmx import HtmxRequest

PAGE = "integrations/offer.html"
REMEMBERED_SECONDS = 600
"""How long a search looks through what the service listed when the page was opened."""
MOST_LOOKED_UP = 20
"""How many that are ticked and not listed are asked for one by one."""
LONGEST_SEARCH = 100
Named = dict[str, tuple[str, Project]]


@dataclass
class _Listed:
    """What the service lists, and what was found besides."""

    projects: list[Project]
    is_cut_off: bool
    can_find: bool
    """Whether the service itself looks for more by words."""


@require_http_methods(["GET", "POST"])
@admin_required
def offer(request: HtmxRequest, pk: int) -> HttpResponse:
    """What can be read, searched by `q`: what is ticked stays in sight whatever is searched for."""
    row = get_connection(pk)
    entry = PROVIDERS[row.provider]
    if not entry.is_task_tool:
        return offer_places(request, row)
    context: dict[str, Any] = {"connection": row, "entry": entry}
    is_search = request.method == "GET" and "q" in request.GET
    try:
        listed = _listed(row, is_search=is_search)
        asked = request.GET if request.method == "GET" else request.POST
        _look_further(row, listed, asked.get("q", ""), asked.getlist("chosen"))
        named = _named(row, listed)
    except ProviderError as error:
        return render_page(request, PAGE, context | {"trouble": error.sentence})
    if request.method == "POST":
        return _save(request, row, named, context)
    context |= {"add_form": adding(row), "is_cut_off": listed.is_cut_off, "can_find": listed.can_find}
    chosen = request.GET.getlist("chosen") if is_search else [one["id"] for one in row.offered]
    version = request.GET.get("version") if is_search else row.version
    form = OfferForm(items=_labels(named), initial={"chosen": chosen, "version": version})
    return _show(request, context, form, named, chosen)


@require_POST
@admin_required
def add_project(request: HtmxRequest, pk: int) -> HttpResponse:
    """Add what a pasted address leads to, where the service does not list everything, to what is chosen already."""
    row = get_connection(pk)
    form = adding(row, request.POST)
    if form is None:
        return redirect(request, reverse("integrations:offer", args=[pk]))
    if form.is_valid():
        added: Project = form.cleaned_data["project"]
        kept = [Project(one["id"], one["key"], one["name"]) for one in row.offered if one["id"] != added.id]
        run = actions.offer_projects(connection=row, version=None, projects=[*kept, added], actor=request.user)
        toast(request, f"{added.name} is added.{_begun(run)}")
        return redirect(request, reverse("integrations:offer", args=[pk]))
    context = {"connection": row, "entry": PROVIDERS[row.provider], "add_form": form}
    return render_page(request, PAGE, context, status=422)


def adding(row: Connection, data: Any = None) -> forms.Form | None:
    """The provider's form for what it does not list by itself, where it has one and can be asked."""
    try:
        form: type[forms.Form] = part(row.provider, "forms.AddProjectForm")
        return form(data, access=access_of(row))  # type: ignore[call-arg]
    except (ImportError, NeedsAttentionError):
        return None


def _save(request: HtmxRequest, row: Connection, named: Named, context: dict[str, Any]) -> HttpResponse:
    form = OfferForm(request.POST, items=_labels(named))
    chosen = request.POST.getlist("chosen")
    if not form.is_valid():
        return _show(request, context, form, named, chosen, status=422)
    picked = [named[external_id][1] for external_id in form.cleaned_data["chosen"]]
    try:
        version = form.cleaned_data["version"]
        run = actions.offer_projects(connection=row, version=version, projects=picked, actor=request.user)
    except StaleVersionError:
        row = get_connection(row.pk)
        form.meet(row, [one["key"] or one["name"] for one in row.offered])
        return _show(request, context | {"connection": row}, form, named, chosen, status=409)
    toast(request, f"{len(picked)} chosen.{_begun(run)}")
    return redirect(request, reverse("integrations:connection", args=[row.pk]))


def _begun(run: SyncRun | None) -> str:
    """What follows at once from another choice, for the toast."""
    if run is None:
        return ""
    if run.is_census:
        return " Luna now looks for tasks that may not be read any more, and lets go of them."
    return " Everything is read again now, by what may be read."


def _show(
    request: HtmxRequest,
    context: dict[str, Any],
    form: OfferForm,
    named: Named,
    chosen: list[str],
    *,
    status: int = 200,
) -> HttpResponse:
    """What is ticked first, then what the search finds."""
    q = request.GET.get("q", "")
    words = q.casefold().split()
    is_found = {pk: all(word in label.casefold() for word in words) for pk, (label, _) in named.items()}
    ticked = [(pk, label) for pk, (label, _) in named.items() if pk in chosen]
    found = [(pk, label) for pk, (label, _) in named.items() if is_found[pk] and pk not in chosen]
    context |= {"form": form, "q": q, "total": len(named), "ticked": ticked, "found": found}
    return render_page(request, PAGE, context, fragment="offered", status=status)


def _labels(named: Named) -> list[tuple[str, str]]:
    return [(external_id, label) for external_id, (label, _) in named.items()]


def _listed(row: Connection, *, is_search: bool) -> _Listed:
    """What the service lists: asked for when the page opens and when it is saved, remembered while one searches.

    Raises ProviderError.
    """
    kept: tuple[list[tuple[str, str, str]], bool, bool] | None = cache.get(_key(row)) if is_search else None
    if kept is not None:
        return _Listed([Project(*one) for one in kept[0]], *kept[1:])
    with closing(open_source(row)) as client:
        projects = client.projects()
        is_cut_off = isinstance(client, ListsInPart) and client.has_more_projects
        listed = _Listed(projects, is_cut_off, isinstance(client, FindsProjects))
    _remember(row, listed)
    return listed


def _look_further(row: Connection, listed: _Listed, words: str, chosen: list[str]) -> None:
    """Where not all is listed, add what the service finds by the words, and what was found and ticked before.

    Raises ProviderError.
    """
    known = {one.id for one in listed.projects} | {one["id"] for one in row.offered}
    unknown = [external_id for external_id in chosen if external_id not in known][:MOST_LOOKED_UP]
    words = " ".join(words.split())[:LONGEST_SEARCH]
    if not listed.is_cut_off or not (words or unknown):
        return
    with closing(open_source(row)) as client:
        if not isinstance(client, FindsProjects):
            return
        found = client.projects_with(words) if words else []
        for external_id in unknown:
            # What is no project is refused by the form.
            with suppress(RefusedError):
                found.append(client.project(external_id))
    listed.projects += [one for one in {one.id: one for one in found}.values() if one.id not in known]
    _remember(row, listed)


def _remember(row: Connection, listed: _Listed) -> None:
    kept = [(one.id, one.key, one.name) for one in listed.projects]
    cache.set(_key(row), (kept, listed.is_cut_off, listed.can_find), REMEMBERED_SECONDS)


def _key(row: Connection) -> str:
    return f"listed:{row.pk}:{row.version}"


def _named(row: Connection, listed: _Listed) -> Named:
    """What was chosen stays in sight, also where the service does not list it, or not any more."""
    offered = [Project(one["id"], one["key"], one["name"]) for one in row.offered]
    projects = list({one.id: one for one in [*offered, *listed.projects]}.values())
    return {one.id: (f"{one.key} · {one.name}" if one.key else one.name, one) for one in projects}
