"""Settings, teams: everyone sees them, admins change them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from luna.ui.htmx import HtmxRequest, redirect, render_page, toast
from people.access import admin_required
from people.actions import teams as actions
from people.domain.types import TeamKind
from people.forms.settings import TeamForm
from people.selectors import all_teams, teams_shown_to


@require_GET
def teams(request: HtmxRequest) -> HttpResponse:
    """The teams and who is in them; guests see their own."""
    return render_page(request, "people/teams.html", {"teams": teams_shown_to(request.user)})


@admin_required
def create_team(request: HtmxRequest) -> HttpResponse:
    """A new team."""
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {"kind": TeamKind(form.cleaned_data["kind"])}
        try:
            team = actions.create_team(**given, actor=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toast(request, f"Team {team.name} is made.")
            return redirect(request, reverse("people:teams"))
    return render_page(request, "people/team.html", {"form": form}, status=422 if form.is_bound else 200)


@admin_required
def team(request: HtmxRequest, pk: int) -> HttpResponse:
    """Name, kind and members of a team."""
    found = get_object_or_404(all_teams(), pk=pk)
    initial = {"name": found.name, "kind": found.kind, "members": found.members.all()}
    form = TeamForm(request.POST or None, edited=found, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {"kind": TeamKind(form.cleaned_data["kind"])}
        try:
            actions.edit_team(team=found, **given, actor=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toast(request, f"Team {found.name} is saved.")
            return redirect(request, reverse("people:teams"))
    return render_page(request, "people/team.html", {"form": form, "team": found}, status=422 if form.is_bound else 200)


@require_POST
@admin_required
def delete_team(request: HtmxRequest, pk: int) -> HttpResponse:
    """Dissolve a team."""
    found = get_object_or_404(all_teams(), pk=pk)
    try:
        actions.delete_team(team=found, actor=request.user)
    except ValidationError as refused:
        toast(request, refused.messages[0], level=messages.WARNING)
    else:
        toast(request, f"Team {found.name} is dissolved.")
    return redirect(request, reverse("people:teams"))
