"""Making a launch, changing it, putting it away."""

from __future__ import annotations

from typing import cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from launches.access import Need, get_deleted_launch, get_launch, may
from launches.actions import launches as actions
from launches.actions.statuses import declare_status, status_words
from launches.forms.launches import EditLaunchForm, NewLaunchForm, StatusForm, differences, initial_of
from launches.models import Launch
from launches.selectors import labels_in_use, last_change
from launches.views.page import launch_context
from luna.lib.versions import StaleVersionError
from luna.ui.htmx import HtmxRequest, next_url, redirect, render_page, toast
from people.selectors import workspace


def create(request: HtmxRequest) -> HttpResponse:
    """A new launch, for makers and admins."""
    if not request.user.can_create_launches:
        raise PermissionDenied
    form = NewLaunchForm(request.POST or None, initial={"owner": request.user})
    if request.method == "POST" and form.is_valid():
        try:
            launch = actions.create_launch(
                fields=form.launch_fields(),
                key=form.cleaned_data["key"],
                labels=form.cleaned_data["labels"],
                actor=request.user,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toast(request, f"{launch.name} is made. Now its milestones: one per line.")
            return redirect(request, reverse("milestones:list", args=[launch.key]))
    context = {"form": form, "labels_in_use": labels_in_use(request.user)}
    return render_page(request, "launches/create.html", context, status=422 if request.method == "POST" else 200)


def edit(request: HtmxRequest, key: str) -> HttpResponse:
    """Everything that the launch's form holds; a save that meets a newer one shows both."""
    launch = get_launch(request.user, key, Need.EDIT)
    form = EditLaunchForm(request.POST or None, edited=launch, initial=initial_of(launch))
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_launch(
                launch=launch,
                version=form.cleaned_data["version"],
                fields=form.launch_fields(),
                labels=form.cleaned_data["labels"],
                actor=request.user,
            )
        except StaleVersionError as stale:
            return _stale(request, launch, form, cast("Launch", stale.current))
        toast(request, f"{launch.name} is saved.")
        return redirect(request, next_url(request, reverse("reports:launch", args=[launch.key])))
    return _edit_page(request, launch, form, status=422 if request.method == "POST" else 200)


def _stale(request: HtmxRequest, launch: Launch, form: EditLaunchForm, current: Launch) -> HttpResponse:
    """Both versions, and the person's own still in the form; saving again puts it over the newer one."""
    typed = request.POST.copy()
    typed["version"] = str(current.version)
    again = EditLaunchForm(typed, edited=launch)
    change = last_change(current)
    context = {
        "stale": differences(current, form),
        "saved_by": change.actor if change and change.actor else current.owner,
        "saved_at": change.recorded_at if change else None,
    }
    return _edit_page(request, launch, again, status=409, **context)


def _edit_page(
    request: HtmxRequest, launch: Launch, form: EditLaunchForm, *, status: int, **more: object
) -> HttpResponse:
    context = {
        **launch_context(request.user, launch),
        "form": form,
        "labels_in_use": labels_in_use(request.user),
        "may_delete": may(request.user, launch, Need.OWN),
        **more,
    }
    return render_page(request, "launches/edit.html", context, status=status)


def status(request: HtmxRequest, key: str) -> HttpResponse:
    """Declare how it goes, with a line of reason."""
    launch = get_launch(request.user, key, Need.EDIT)
    said = {"status": launch.status, "reason": launch.status_reason}
    form = StatusForm(
        request.POST or None, initial=said, computed=launch.summary.health, today=(today := workspace().today)
    )
    if request.method == "POST" and form.is_valid():
        try:
            declare_status(launch=launch, **form.cleaned_data, actor=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            toast(request, f"{launch.name} is declared {status_words(launch.status).lower()}.")
            return redirect(request, next_url(request, reverse("reports:launch", args=[launch.key])))
    context = {**launch_context(request.user, launch), "form": form, "today": today}
    return render_page(request, "launches/status.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def archive(request: HtmxRequest, key: str) -> HttpResponse:
    """Put the launch away."""
    launch = get_launch(request.user, key, Need.EDIT)
    actions.archive_launch(launch=launch, actor=request.user)
    toast(request, f"{launch.name} is archived.", undo_url=reverse("launches:unarchive", args=[launch.key]))
    return redirect(request, reverse("reports:launch", args=[launch.key]))


@require_POST
def unarchive(request: HtmxRequest, key: str) -> HttpResponse:
    """Take it out again."""
    launch = get_launch(request.user, key, Need.EDIT)
    actions.unarchive_launch(launch=launch, actor=request.user)
    toast(request, f"{launch.name} runs again.")
    return redirect(request, reverse("reports:launch", args=[launch.key]))


@require_POST
def delete(request: HtmxRequest, key: str) -> HttpResponse:
    """Its owner or an admin deletes it; for a day it can be brought back."""
    launch = get_launch(request.user, key, Need.OWN)
    actions.delete_launch(launch=launch, actor=request.user)
    toast(request, f"{launch.name} is deleted.", undo_url=reverse("launches:restore", args=[launch.key]))
    return redirect(request, reverse("reports:portfolio"))


@require_POST
def restore(request: HtmxRequest, key: str) -> HttpResponse:
    """Bring a deleted launch back."""
    launch = get_deleted_launch(request.user, key)
    actions.restore_launch(launch=launch, actor=request.user)
    toast(request, f"{launch.name} is back.")
    return redirect(request, reverse("reports:launch", args=[launch.key]))
