"""One's own profile, and the theme switch."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from luna.ui.htmx import HtmxRequest, next_url, redirect, render_page, toast
from people.actions.profile import choose_theme, edit_profile
from people.domain.types import Theme
from people.forms.settings import ProfileForm, ThemeForm


def profile(request: HtmxRequest) -> HttpResponse:
    """Name, zone, theme, primary team."""
    me = request.user
    initial = {"name": me.name, "time_zone": me.time_zone, "theme": me.theme, "primary_team": me.primary_team_id}
    form = ProfileForm(request.POST or None, user=me, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {"theme": Theme(form.cleaned_data["theme"])}
        try:
            edit_profile(**given, actor=me)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toast(request, "Your profile is saved.")
            return redirect(request, reverse("people:profile"))
    return render_page(request, "people/profile.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def theme(request: HtmxRequest) -> HttpResponse:
    """Light, dark, or as the system has it."""
    form = ThemeForm(request.POST)
    if form.is_valid():
        choose_theme(theme=Theme(form.cleaned_data["theme"]), actor=request.user)
    return redirect(request, next_url(request, reverse("people:profile")))
