"""A small site around the shell: stands in for the apps' URLs, and has pages that use every part of the interface.

Used with `@pytest.mark.urls("tests.ui.site")`. The names are those of the real apps, so that the shell's links resolve.
"""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, reverse

from luna.ui.htmx import HtmxRequest, is_htmx, redirect, render_fragment, render_page, toast, trigger

if TYPE_CHECKING:
    from django.urls import URLPattern

TODAY = date(2026, 11, 23)
LAUNCH = SimpleNamespace(
    key="BOOK",
    name="Patient self-booking",
    outcome="Patients book their own visits.",
    visibility="open",
    archived_at=None,
    summary=SimpleNamespace(progress=0.62),
)


class BetaForm(forms.Form):
    name = forms.CharField(help_text="As people say it.")
    state = forms.ChoiceField(choices=[("not_started", "Not started"), ("completed", "Completed")])
    notes = forms.CharField(widget=forms.Textarea, required=False)
    must = forms.BooleanField(required=False, label="Must be there on the day")


def rows() -> list[SimpleNamespace]:
    """Milestones with every kind of date."""
    return [
        SimpleNamespace(pk=1, name="Booking page", due=TODAY - timedelta(days=9), fraction=1.0, status="on_track"),
        SimpleNamespace(pk=2, name="Calendar sync", due=TODAY + timedelta(days=19), fraction=0.62, status="at_risk"),
        SimpleNamespace(pk=3, name="Pilot", due=None, fraction=0.0, status="unknown"),
    ]


def listing(request: HtmxRequest) -> HttpResponse:
    """A list with a filter, a drawer, sorting, a form and an undo."""
    form = BetaForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        toast(request, "Saved.", undo_url=reverse("undo"))
        return redirect(request, reverse("listing"))
    wanted = request.GET.get("q", "")
    context = {"rows": [row for row in rows() if wanted.lower() in row.name.lower()], "form": form, "today": TODAY}
    return render_page(request, "ui/listing.html", context, fragment="rows", status=422 if form.errors else 200)


def item(request: HtmxRequest, pk: int) -> HttpResponse:
    """One milestone: a page, or what the drawer shows."""
    context = {
        "item": rows()[pk - 1],
        "today": TODAY,
        "launch": LAUNCH,
        "tab": "milestones",
        "launch_tabs": {"risks": 2},
        "can_edit": True,
    }
    if request.method == "POST" and is_htmx(request):
        toast(request, "Renamed.")
        return trigger(render_fragment(request, "ui/item.html#drawer", context), "milestones-changed")
    return render_page(request, "ui/item.html", context, fragment="drawer")


def search(request: HtmxRequest) -> HttpResponse:
    """The palette's answers."""
    found = [SimpleNamespace(url=reverse("item", args=[row.pk]), label=row.name) for row in rows()]
    wanted = request.GET.get("q", "").lower()
    groups = [("Milestones", [one for one in found if wanted in one.label.lower()])]
    return render_page(request, "ui/search.html", {"groups": groups}, fragment="palette-results")


def sort(request: HtmxRequest) -> HttpResponse:
    """Keeps nothing; answers as a sorting endpoint does."""
    return HttpResponse(status=204 if request.POST["id"] else 400)


def undo(request: HtmxRequest) -> HttpResponse:
    """What an Undo button posts to."""
    toast(request, "Back again.")
    return redirect(request, reverse("listing"))


def stub(request: HttpRequest, **_: object) -> HttpResponse:
    """Stands where an app's page will be."""
    return HttpResponse("stub")


def names(app: str, *routes: tuple[str, str]) -> URLPattern:
    """The URL names of one app, all answered by the stub."""
    patterns = [path(route, stub, name=name) for name, route in routes]
    return path("", include((patterns, app)))  # type: ignore[return-value]


urlpatterns = [
    path("", listing, name="listing"),
    path("search/", search, name="found"),
    path("items/<int:pk>/", item, name="item"),
    path("sort/", sort, name="sort"),
    path("undo/", undo, name="undo"),
    path("account/", include("allauth.account.urls")),
    names(
        "reports",
        ("home", ""),
        ("portfolio", "launches/"),
        ("search", "search/"),
        ("reports", "reports/"),
        ("insights", "insights/"),
        ("launch", "launches/<key>/"),
        ("launch_reports", "launches/<key>/reports/"),
        ("launch_activity", "launches/<key>/activity/"),
    ),
    names(
        "launches",
        ("create", "launches/new/"),
        ("edit", "launches/<key>/edit/"),
        ("people", "launches/<key>/people/"),
        ("updates", "launches/<key>/updates/"),
    ),
    names(
        "milestones",
        ("list", "launches/<key>/milestones/"),
        ("risks", "launches/<key>/risks/"),
        ("decisions", "launches/<key>/decisions/"),
        ("approvals", "launches/<key>/approvals/"),
        ("thresholds", "settings/health/"),
    ),
    names(
        "people",
        ("profile", "me/"),
        ("theme", "me/theme/"),
        ("workspace", "settings/"),
        ("users", "settings/people/"),
        ("teams", "settings/teams/"),
    ),
    names("integrations", ("connections", "settings/integrations/")),
]
handler403 = "luna.ui.views.forbidden"
handler404 = "luna.ui.views.not_found"
handler500 = "luna.ui.views.server_error"
