"""The people of a launch."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from launches.access import Need, get_launch, get_participant
from launches.actions import participants as actions
from launches.domain.types import LaunchRole
from launches.forms.words import ParticipantForm, ParticipantRoleForm
from launches.models import Launch
from launches.selectors import participants_of
from launches.views.page import launch_context
from luna.ui.htmx import HtmxRequest, redirect, render_page, toast


@require_GET
def people(request: HtmxRequest, key: str) -> HttpResponse:
    """Owner, participants, teams; editors change them."""
    launch = get_launch(request.user, key)
    return _page(request, launch, ParticipantForm(launch=launch))


@require_POST
def add_participant(request: HtmxRequest, key: str) -> HttpResponse:
    """Let a person or a team take part."""
    launch = get_launch(request.user, key, Need.EDIT)
    form = ParticipantForm(request.POST, launch=launch)
    if form.is_valid():
        who = form.cleaned_data["user"] or form.cleaned_data["team"]
        try:
            actions.add_participant(launch=launch, who=who, role=form.cleaned_data["role"], actor=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toast(request, f"{who} takes part.")
            return redirect(request, reverse("launches:people", args=[launch.key]))
    return _page(request, launch, form, status=422)


@require_POST
def change_participant_role(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Participant or editor."""
    participant = get_participant(request.user, key, pk)
    form = ParticipantRoleForm(request.POST)
    try:
        if form.is_valid():
            actions.change_participant_role(participant=participant, role=form.cleaned_data["role"], actor=request.user)
            toast(request, f"{participant} is now {form.cleaned_data['role'].value}.")
        else:
            toast(request, "Choose participant or editor.", level=messages.ERROR)
    except ValidationError as error:
        toast(request, " ".join(error.messages), level=messages.ERROR)
    return redirect(request, reverse("launches:people", args=[participant.launch.key]))


@require_POST
def remove_participant(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """They take part no more."""
    participant = get_participant(request.user, key, pk)
    name = str(participant)
    actions.remove_participant(participant=participant, actor=request.user)
    toast(request, f"{name} takes part no more.")
    return redirect(request, reverse("launches:people", args=[participant.launch.key]))


def _page(request: HtmxRequest, launch: Launch, form: ParticipantForm, *, status: int = 200) -> HttpResponse:
    context = {
        **launch_context(request.user, launch),
        "participants": participants_of(launch),
        "form": form,
        "roles": [(role.value, role.value.capitalize()) for role in LaunchRole],
    }
    return render_page(request, "launches/people.html", context, status=status)
