"""Where task tools call, and the switch for it on the connection's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.access import get_connection
from integrations.actions.webhooks import switch_off_webhooks, switch_on_webhooks
from integrations.registry import PROVIDERS
from integrations.views.bodies import body_of
from integrations.webhooks.receiving import MOST_BYTES, take_call
from luna.ui.htmx import redirect, render_page, toast
from people.access import admin_required

if TYPE_CHECKING:
    from django.http import HttpRequest

    from luna.ui.htmx import HtmxRequest

BY_HAND = "integrations/webhook_by_hand.html"


@csrf_exempt
@login_not_required
@require_POST
def hook(request: HttpRequest, path_key: str) -> HttpResponse:
    """Take a tool's call. An unknown address and a wrong signature are answered alike."""
    body = body_of(request, most=MOST_BYTES)
    if body is None:
        return HttpResponse(status=413)
    accepted = take_call(path_key, body, request.headers)
    if accepted is None:
        return HttpResponse(status=404)
    return HttpResponse(status=200, headers=dict(accepted.headers))


@require_POST
@admin_required
def switch_on(request: HtmxRequest, pk: int) -> HttpResponse:
    """Have the tool call; where an admin has to tell it, the address and the secret, this once."""
    connection = get_connection(pk)
    if not PROVIDERS[connection.provider].webhooks:
        raise Http404
    by_hand = switch_on_webhooks(connection=connection, by_hand="by_hand" in request.POST, actor=request.user)
    if by_hand is not None:
        return render_page(
            request, BY_HAND, {"connection": connection, "by_hand": by_hand, "provider": connection.provider}
        )
    toast(request, f"Luna asks {connection.name} to call. See here in a minute how it went.")
    return redirect(request, reverse("integrations:connection", args=[connection.pk]))


@require_POST
@admin_required
def switch_off(request: HtmxRequest, pk: int) -> HttpResponse:
    """Have the tool call no more."""
    connection = get_connection(pk)
    switch_off_webhooks(connection=connection, actor=request.user)
    toast(request, f"{connection.name} calls no more. Luna goes on looking by itself.")
    return redirect(request, reverse("integrations:connection", args=[connection.pk]))
