"""Coming in by a one-time link: the first admin, and who was invited."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters

from luna.ui.htmx import redirect, toast
from people.actions.invitations import accept_invitation
from people.actions.setup import create_first_admin
from people.actions.tokens import hash_of
from people.forms.accounts import FirstAdminForm, WelcomeForm
from people.models import User
from people.selectors import invitation_of, workspace


@login_not_required
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a name and a password. Unknown, used, withdrawn and expired links get the same answer."""
    found = invitation_of(hash_of(token))
    if found is None:
        return _link_is_over(request)
    if request.user.is_authenticated:
        return render(request, "people/signed_in_already.html", {"invitation": found})
    form = WelcomeForm(
        request.POST or None, email=found.email, initial={"name": found.name, "time_zone": workspace().time_zone}
    )
    if request.method == "POST" and form.is_valid():
        try:
            user = accept_invitation(invitation=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _come_in(request, user, to="reports:home", words=f"Welcome, {user.name}.")
    return render(
        request, "people/invitation.html", {"form": form, "invitation": found}, status=422 if form.is_bound else 200
    )


@login_not_required
@sensitive_post_parameters("password")
def setup(request: HttpRequest, token: str) -> HttpResponse:
    """Make the first admin and name the workspace; the link is printed by `manage.py up`."""
    found = invitation_of(hash_of(token), for_first_admin=True)
    if found is None:
        return _link_is_over(request)
    form = FirstAdminForm(request.POST or None, initial={"time_zone": "UTC"})
    if request.method == "POST" and form.is_valid():
        try:
            admin = create_first_admin(invitation=found, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            words = "Luna is yours. Start with a launch, or invite people under Settings."
            return _come_in(request, admin, to="reports:portfolio", words=words)
    return render(request, "people/setup.html", {"form": form}, status=422 if form.is_bound else 200)


def _come_in(request: HttpRequest, user: User, *, to: str, words: str) -> HttpResponse:
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    toast(request, words)
    return redirect(request, reverse(to))


def _link_is_over(request: HttpRequest) -> HttpResponse:
    return render(request, "people/link_is_over.html", status=404)
