"""Search, and the palette that asks it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.views.decorators.http import require_safe

from luna.lib.text import clean_line
from luna.ui.htmx import HtmxRequest, render_page
from reports.collect.search import Hit, find

if TYPE_CHECKING:
    from django.http import HttpResponse

    from people.models import User


@dataclass(frozen=True)
class Place:
    """Something to jump to."""

    url: str
    label: str
    meta: str
    icon: str


@require_safe
def search(request: HtmxRequest) -> HttpResponse:
    """Launches, milestones and pages whose names hold the words."""
    text = clean_line(request.GET.get("q", ""), limit=80)
    hits = find(request.user, text)
    pages = [page for page in _pages(request.user) if text.lower() in page.label.lower()]
    found = {
        "Launches": [_place(hit) for hit in hits if hit.kind == "launch"],
        "Milestones": [_place(hit) for hit in hits if hit.kind == "milestone"],
        "Go to": pages,
    }
    groups = [(title, places) for title, places in found.items() if places]
    return render_page(request, "reports/search.html", {"q": text, "groups": groups}, fragment="palette-results")


def _place(hit: Hit) -> Place:
    if hit.kind == "launch":
        return Place(reverse("reports:launch", args=[hit.key]), hit.name, hit.under, "moonic")
    return Place(reverse("milestones:detail", args=[hit.key, hit.pk]), hit.name, hit.under, "diamond")


def _pages(user: User) -> list[Place]:
    pages = [
        Place(reverse("reports:home"), "Home", "", "home"),
        Place(reverse("reports:portfolio"), "Launches", "", "moonic"),
        Place(reverse("reports:reports"), "Reports", "", "doc"),
        Place(reverse("people:profile"), "Profile", "", "person"),
    ]
    if user.can_create_launches:
        pages.append(Place(reverse("launches:create"), "New launch", "", "plus"))
    if user.is_admin:
        pages += [
            Place(reverse("people:workspace"), "Workspace settings", "", "gear"),
            Place(reverse("people:users"), "People", "", "people"),
            Place(reverse("integrations:connections"), "Integrations", "", "plug"),
        ]
    return pages
