"""A list of one's own: the page that takes a file, the preview before it is kept, and the address that takes JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from integrations.access import get_connection
from integrations.actions.own_list import KEY_DIGEST, connection_by_key, make_list_key, take_list
from integrations.forms_upload import UploadForm
from integrations.registry import PROVIDERS
from integrations.selectors_connection import given_list, listed_faults
from integrations.sources.upload.listing import MOST_BYTES, TOO_LARGE, read_body
from integrations.sources.upload.shape import FIELDS
from integrations.views.bodies import body_of
from luna.ui.htmx import redirect, render_page, toast
from people.access import admin_required

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from integrations.models import Connection
    from luna.ui.htmx import HtmxRequest

PAGE = "integrations/upload.html"
FRAME_BYTES = 65_536
"""What a form's frame and its other fields may add to a file."""
SHOWN_FAULTS = 20
BEARER = "Bearer "


@csrf_exempt
@require_http_methods(["GET", "POST"])
@admin_required
def own_list(request: HtmxRequest, pk: int) -> HttpResponse:
    """The page, and what is kept from it. Too large a file is refused before anything of it is read."""
    row = _get_list(pk)
    return _page(request, row, refused=TOO_LARGE, status=413) if _is_too_large(request) else _keep(request, row)


@csrf_exempt
@require_POST
@admin_required
def check_list(request: HtmxRequest, pk: int) -> HttpResponse:
    """What a file holds and what in it can't be read; nothing is kept."""
    row = _get_list(pk)
    return _page(request, row, refused=TOO_LARGE, status=413) if _is_too_large(request) else _preview(request, row)


@require_POST
@admin_required
def new_list_key(request: HtmxRequest, pk: int) -> HttpResponse:
    """A key for scripts, shown this once."""
    row = _get_list(pk)
    key = make_list_key(connection=row, actor=request.user)
    return _page(request, get_connection(row.pk), key=key)


@csrf_exempt
@login_not_required
@require_POST
def take_json(request: HttpRequest) -> HttpResponse:
    """The list as JSON, from a script that has its key. A body of a wrong shape changes nothing and is told where."""
    sent = request.headers.get("Authorization", "")
    row = connection_by_key(sent.removeprefix(BEARER).strip()) if sent.startswith(BEARER) else None
    if row is None:
        return JsonResponse({"error": "No list has this key. Send it as “Authorization: Bearer …”."}, status=404)
    raw = body_of(request, most=MOST_BYTES)
    if raw is None:
        return JsonResponse({"error": "The body is larger than 10 MB. Send the tasks in several calls."}, status=413)
    listing, replaces = read_body(raw)
    if listing.faults:
        faults = [{"path": fault.where, "error": fault.reason} for fault in listing.faults[:SHOWN_FAULTS]]
        return JsonResponse({"error": "Nothing was taken.", "faults": faults, "count": len(listing.faults)}, status=422)
    taken = take_list(connection=row, listing=listing, replaces=replaces, actor=None)
    return JsonResponse(
        {"new": taken.new, "changed": taken.changed, "removed": taken.removed, "older": taken.older}, status=202
    )


@csrf_protect
def _keep(request: HtmxRequest, row: Connection) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return _page(request, row, form=form)
    if not form.is_valid() or form.listing is None:
        return _page(request, row, form=form, status=422)
    taken = take_list(connection=row, listing=form.listing, replaces=form.cleaned_data["replaces"], actor=request.user)
    older = f"; {taken.older} left, because they are older than what Luna has" if taken.older else ""
    toast(
        request,
        f"Taken: {taken.new} new, {taken.changed} changed, {taken.removed} removed, {taken.set_aside} set aside"
        f"{older}.",
    )
    return redirect(request, reverse("integrations:connection", args=[row.pk]))


@csrf_protect
def _preview(request: HtmxRequest, row: Connection) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    return _page(request, row, form=form, status=200 if form.is_valid() else 422)


def _get_list(pk: int) -> Connection:
    row = get_connection(pk)
    if not PROVIDERS[row.provider].is_own_list:
        raise Http404
    return row


def _is_too_large(request: HttpRequest) -> bool:
    told = str(request.META.get("CONTENT_LENGTH") or "0")
    return not told.isdecimal() or int(told) > MOST_BYTES + FRAME_BYTES


def _page(
    request: HtmxRequest,
    row: Connection,
    *,
    form: UploadForm | None = None,
    refused: str = "",
    key: str = "",
    status: int = 200,
) -> HttpResponse:
    shown = form or UploadForm()
    context: dict[str, Any] = {
        "connection": row,
        "form": shown,
        "listing": shown.listing if form and request.method == "POST" else None,
        "faults": shown.listing.faults[:SHOWN_FAULTS] if shown.listing else [],
        "given": given_list(row),
        "kept_faults": listed_faults(row, SHOWN_FAULTS),
        "refused": refused,
        "key": key,
        "has_key": KEY_DIGEST in row.options,
        "address": request.build_absolute_uri(reverse("integrations:take_json")),
        "fields": FIELDS,
    }
    return render_page(request, PAGE, context, fragment="preview", status=status)
