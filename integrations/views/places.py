"""Third step of connecting a place: which channels, or which folders, reports may go to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.views.decorators.http import require_POST

from integrations.access import get_connection
from integrations.actions import connections as actions
from integrations.credentials import access_of
from integrations.destinations.base import Place
from integrations.domain.types import PlaceKind
from integrations.errors import NeedsAttentionError, ProviderError
from integrations.forms import OfferForm
from integrations.registry import PROVIDERS, open_destination, part
from integrations.selectors import destinations
from luna.lib.versions import StaleVersionError
from luna.ui.htmx import redirect, render_page, toast
from people.access import admin_required

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

    from integrations.models import Connection
    from luna.ui.htmx import HtmxRequest

PAGE = "integrations/offer_places.html"


def offer_places(request: HtmxRequest, row: Connection) -> HttpResponse:
    """The places that the service names, and those that were chosen before."""
    try:
        found = _all_places(row)
    except ProviderError as error:
        return render_page(request, PAGE, _context(row) | {"trouble": error.sentence})
    form = _choosing(request, row, found)
    if request.method != "POST" or not form.is_valid():
        context = _context(row) | {"form": form, "add_form": _adding(row)}
        return render_page(request, PAGE, context, status=422 if form.is_bound else 200)
    picked = [found[choice] for choice in form.cleaned_data["chosen"]]
    try:
        version = form.cleaned_data["version"]
        actions.choose_places(connection=row, version=version, places=picked, actor=request.user)
    except StaleVersionError:
        row = get_connection(row.pk)
        form.meet(row, [_label(place) for place in _chosen(row)])
        return render_page(request, PAGE, _context(row) | {"form": form, "add_form": _adding(row)}, status=409)
    toast(request, f"{len(picked)} chosen.")
    return redirect(request, reverse("integrations:connection", args=[row.pk]))


@require_POST
@admin_required
def add_place(request: HtmxRequest, pk: int) -> HttpResponse:
    """Add what a pasted link leads to, or a new folder, to what is chosen already."""
    row = get_connection(pk)
    add_form = _adding(row, request.POST)
    if add_form is None:
        return redirect(request, reverse("integrations:offer", args=[pk]))
    if add_form.is_valid():
        chosen = {place.choice_id: place for place in [*_chosen(row), *add_form.cleaned_data["places"]]}
        actions.choose_places(connection=row, version=None, places=chosen.values(), actor=request.user)
        toast(request, f"{len(add_form.cleaned_data['places'])} added. Untick what you don’t need.")
        return redirect(request, reverse("integrations:offer", args=[pk]))
    context = _context(row) | {"add_form": add_form}
    try:
        context["form"] = _choosing(None, row, _all_places(row))
    except ProviderError as error:
        context["trouble"] = error.sentence
    return render_page(request, PAGE, context, status=422)


def _context(row: Connection) -> dict[str, Any]:
    return {"connection": row, "entry": PROVIDERS[row.provider]}


def _choosing(request: HtmxRequest | None, row: Connection, found: dict[str, Place]) -> OfferForm:
    data = request.POST if request is not None and request.method == "POST" else None
    items = [(choice, _label(place)) for choice, place in found.items()]
    chosen = [place.choice_id for place in _chosen(row)]
    return OfferForm(data, items=items, initial={"chosen": chosen, "version": row.version})


def _adding(row: Connection, data: Any = None) -> forms.Form | None:
    """The provider's form for places that it does not name by itself, where it has one and can be asked."""
    try:
        form: type[forms.Form] = part(row.provider, "forms.AddPlaceForm")
        return form(data, access=access_of(row))  # type: ignore[call-arg]
    except (ImportError, NeedsAttentionError):
        return None


def _all_places(row: Connection) -> dict[str, Place]:
    """What Luna may write to now, and what was chosen before. Raises ProviderError."""
    named = [place for place in open_destination(row).places() if place.can_post]
    return {place.choice_id: place for place in [*_chosen(row), *named]}


def _chosen(row: Connection) -> list[Place]:
    return [
        Place(one.external_id, one.name, one.is_private, kind=PlaceKind(one.kind))
        for one in destinations().filter(connection=row)
    ]


def _label(place: Place) -> str:
    name = f"#{place.name}" if place.kind is PlaceKind.CHANNEL else place.name
    return f"{name} (private)" if place.is_private else name
