"""What a connection set aside because it could not be read, and trying it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from integrations.access import get_connection, get_payload
from integrations.actions.quarantine import retry_payload
from integrations.domain.types import ConnectionState
from integrations.errors import ProviderError
from integrations.selectors_connection import known_names, set_aside, shown_payload
from luna.ui.htmx import redirect, render_page, toast
from people.access import admin_required

if TYPE_CHECKING:
    from django.http import HttpResponse

    from luna.ui.htmx import HtmxRequest

PAGE_SIZE = 50


@require_GET
@admin_required
def quarantine(request: HtmxRequest, pk: int) -> HttpResponse:
    """Each payload that could not be read: why, since when, and as it came."""
    row = get_connection(pk)
    page = Paginator(set_aside(row), PAGE_SIZE).get_page(request.GET.get("page"))
    found = list(page.object_list)
    names = known_names(row, found)
    context = {
        "connection": row,
        "page": page,
        "payloads": [(bad, names.get(bad.external_id, ""), shown_payload(bad)) for bad in found],
        "is_disconnected": row.state == ConnectionState.DISCONNECTED,
    }
    return render_page(request, "integrations/quarantine.html", context)


@require_POST
@admin_required
def retry(request: HtmxRequest, pk: int) -> HttpResponse:
    """Ask the tool for this one task again."""
    bad = get_payload(pk)
    try:
        said, is_mended = retry_payload(payload=bad, actor=request.user)
    except ProviderError as error:
        said, is_mended = error.sentence, False
    toast(request, said, level=messages.SUCCESS if is_mended else messages.WARNING)
    return redirect(request, reverse("integrations:quarantine", args=[bad.connection_id]))
