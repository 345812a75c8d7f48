"""What a connection set aside because it could not be read, and trying it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.views.decorators.http import require_GET

from integrations.access import get_connection
from integrations.domain.types import ConnectionState
from integrations.selectors_connection import set_aside, shown_payload
from luna.ui.htmx import render_page
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
    context = {
        "connection": row,
        "page": page,
        "payloads": [(bad, shown_payload(bad)) for bad in page.object_list],
        "is_disconnected": row.state == ConnectionState.DISCONNECTED,
    }
    return render_page(request, "integrations/quarantine.html", context)
