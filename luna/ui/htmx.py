"""Pages and their fragments: one view, one context, the smaller template for htmx.

How a view uses this:

    def milestones(request: HtmxRequest, key: str) -> HttpResponse:
        ...
        return render_page(request, "milestones/list.html", context, fragment="rows")

A partial is named after the element that it replaces: `fragment="rows"` is answered when htmx aims at `#rows`
(`{% partialdef rows inline %}` in the page), and the whole page otherwise. `fragment="drawer"` is answered when
htmx aims at the drawer (`#drawer-body`). A page with several of them passes a tuple.

A POST endpoint changes one thing and answers with `render_fragment(request, "app/page.html#row", context)` where
htmx asked, or `redirect(request, url)` otherwise; a form with errors is `render_page(..., status=422)`.
`toast(request, "Milestone deleted.", undo_url=url)` travels with whichever answer comes next.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_htmx.middleware import HtmxDetails

    from people.models import User

TARGET_OF = {"drawer": "drawer-body"}
"""Where a partial's name is not the id of the element that it fills."""


class HtmxRequest(HttpRequest):
    """A signed-in person's request, as every view behind the sign-in page receives it."""

    htmx: HtmxDetails
    user: User


class SeeOther(HttpResponseRedirectBase):
    """303: the answer to a POST is to be read elsewhere with GET."""

    status_code = 303


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    fragment: str | tuple[str, ...] = (),
    status: int = 200,
) -> HttpResponse:
    """The page, or that one of its named partials at which the htmx request aims."""
    names = (fragment,) if isinstance(fragment, str) else fragment
    aimed = _aimed_at(request)
    for name in names:
        if aimed and aimed == TARGET_OF.get(name, name):
            return render_fragment(request, f"{template}#{name}", context, status=status)
    return render(request, template, dict(context or {}), status=status)


def render_fragment(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HttpResponse:
    """A fragment followed by the toasts that wait for this person, each put into its own place by htmx."""
    html = render_to_string(template, dict(context or {}), request)
    return HttpResponse(html + pending_toasts(request), status=status)


def pending_toasts(request: HttpRequest) -> str:
    """The waiting toasts as an `<hx-partial>`, or nothing."""
    waiting = messages.get_messages(request)
    if not waiting:
        return ""
    return render_to_string("_shared/toasts.html#arriving", {"messages": waiting}, request)


def toast(request: HttpRequest, text: str, undo_url: str | None = None, *, level: int = messages.SUCCESS) -> None:
    """Say one sentence with the next answer to this person; `undo_url` gives it an Undo button that posts there."""
    messages.add_message(request, level, text, extra_tags=undo_url or "")


def redirect(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser to `url`: by header for htmx (the whole page loads anew), by 303 otherwise."""
    if is_htmx(request):
        return HttpResponse(headers={"HX-Redirect": url})
    return SeeOther(url)


def trigger(response: HttpResponse, *events: str) -> HttpResponse:
    """Announce events to the page; elements listen with `hx-trigger="name from:body"`."""
    response["HX-Trigger"] = json.dumps({name: {"target": "body"} for name in events})
    return response


def next_url(request: HttpRequest, default: str) -> str:
    """The `next` of the form or the address, if it stays on this site, else `default`."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else default


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asked for a part. Going back in the history asks for whole pages."""
    return request.headers.get("HX-Request") == "true" and "HX-History-Restore-Request" not in request.headers


def _aimed_at(request: HttpRequest) -> str:
    """The id of the element that htmx wants to fill; htmx 4 sends `tag#id`."""
    if not is_htmx(request):
        return ""
    return request.headers.get("HX-Target", "").rpartition("#")[2]
