"""Settings, people: who is here, who is invited, and what an admin does about it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from luna.lib.mail import mail_is_set
from luna.ui.htmx import HtmxRequest, redirect, render_page, toast
from people.access import admin_required
from people.actions import invitations
from people.actions import users as accounts
from people.domain.types import Role
from people.forms.settings import InviteForm, RoleForm
from people.models import User
from people.selectors import open_invitations, people_here


@require_GET
@admin_required
def users(request: HtmxRequest) -> HttpResponse:
    """Everyone, and open invitations."""
    return render_page(request, "people/users.html", {"people": people_here(), "invitations": open_invitations()})


@admin_required
def invite(request: HtmxRequest) -> HttpResponse:
    """The form, and after it the link: shown this once."""
    form = InviteForm(request.POST or None, granter=request.user, initial={"role": Role.MEMBER})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data | {"role": Role(form.cleaned_data["role"])}
        try:
            fresh = invitations.invite_person(**given, actor=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return render_page(request, "people/invited.html", {"fresh": fresh})
    context = {"form": form, "mail_is_set": mail_is_set()}
    return render_page(request, "people/invite.html", context, status=422 if form.is_bound else 200)


@require_POST
@admin_required
def revoke_invitation(request: HtmxRequest, pk: int) -> HttpResponse:
    """The link stops working."""
    invitation = get_object_or_404(open_invitations(), pk=pk)
    invitations.revoke_invitation(invitation=invitation, actor=request.user)
    toast(request, f"The invitation of {invitation.email} is withdrawn.")
    return redirect(request, reverse("people:users"))


@require_GET
@admin_required
def user(request: HtmxRequest, pk: int) -> HttpResponse:
    """One person: role, teams, account."""
    person = _person(pk)
    form = RoleForm(granter=request.user, initial={"role": person.role})
    return render_page(request, "people/user.html", {"person": person, "form": form})


@require_POST
@admin_required
def change_role(request: HtmxRequest, pk: int) -> HttpResponse:
    """Another workspace role; the person signs in again."""
    person = _person(pk)
    form = RoleForm(request.POST, granter=request.user)
    if form.is_valid():
        role = Role(form.cleaned_data["role"])
        try:
            accounts.change_role(user=person, role=role, actor=request.user)
        except ValidationError as error:
            form.add_error("role", error)
        else:
            toast(request, f"{person.name} is now {role.value.capitalize()}.")
            return redirect(request, reverse("people:user", args=[pk]))
    return render_page(request, "people/user.html", {"person": person, "form": form}, status=422)


@require_POST
@admin_required
def deactivate(request: HtmxRequest, pk: int) -> HttpResponse:
    """Close the account."""
    return _done(request, pk, accounts.deactivate_user, "{name}’s account is closed, and their sessions are ended.")


@require_POST
@admin_required
def reactivate(request: HtmxRequest, pk: int) -> HttpResponse:
    """Open the account again."""
    return _done(request, pk, accounts.reactivate_user, "{name} can sign in again.")


@require_POST
@admin_required
def end_sessions(request: HtmxRequest, pk: int) -> HttpResponse:
    """Sign the person out everywhere."""
    return _done(request, pk, accounts.end_sessions, "{name} is signed out everywhere.")


@require_POST
@admin_required
def reset_link(request: HtmxRequest, pk: int) -> HttpResponse:
    """A link for a new password, to be handed over by the admin; shown this once."""
    person = _person(pk)
    try:
        path = accounts.make_reset_link(user=person, actor=request.user)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level=messages.ERROR)
        return redirect(request, reverse("people:user", args=[pk]))
    return render_page(request, "people/reset_link.html", {"person": person, "link": settings.BASE_URL + path})


def _done(request: HtmxRequest, pk: int, action: Callable[..., None], words: str) -> HttpResponse:
    person = _person(pk)
    try:
        action(user=person, actor=request.user)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level=messages.ERROR)
    else:
        toast(request, words.format(name=person.name))
    return redirect(request, reverse("people:user", args=[pk]))


def _person(pk: int) -> User:
    return get_object_or_404(people_here().prefetch_related("teams"), pk=pk)
