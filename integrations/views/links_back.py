"""The switch for links that Luna leaves on tasks, on the connection's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.urls import reverse
from django.views.decorators.http import require_POST

from integrations.access import get_connection
from integrations.actions.links_back import allow_links_back, forbid_links_back
from integrations.lineage.lines import lacks_consent
from integrations.registry import PROVIDERS
from luna.ui.htmx import redirect, toast
from people.access import admin_required

if TYPE_CHECKING:
    from django.http import HttpResponse

    from luna.ui.htmx import HtmxRequest


@require_POST
@admin_required
def switch_on(request: HtmxRequest, pk: int) -> HttpResponse:
    """Allow it, or try again what was refused."""
    connection = get_connection(pk)
    if not PROVIDERS[connection.provider].links:
        raise Http404
    allow_links_back(connection=connection, actor=request.user)
    if lacks_consent(connection):
        toast(request, "Allowed in Luna, and not yet on the tool’s own page: see below.", level=messages.WARNING)
    else:
        toast(request, f"Luna links back from {connection.name}, a few tasks a minute.")
    return redirect(request, reverse("integrations:connection", args=[connection.pk]))


@require_POST
@admin_required
def switch_off(request: HtmxRequest, pk: int) -> HttpResponse:
    """Write nothing new."""
    connection = get_connection(pk)
    forbid_links_back(connection=connection, actor=request.user)
    toast(request, f"Luna writes nothing new into {connection.name}. What stands there stays.")
    return redirect(request, reverse("integrations:connection", args=[connection.pk]))
