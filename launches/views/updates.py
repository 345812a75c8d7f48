"""The updates of a launch."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from launches.access import Need, can_edit, get_launch, get_update, may
from launches.actions import updates as actions
from launches.forms.words import UpdateForm
from launches.models import Launch
from launches.selectors import comment_threads, done_since_last_update, updates_of
from launches.views.page import launch_context
from luna.ui.htmx import HtmxRequest, redirect, render_page, toast

PAGE = 20


@require_GET
def updates(request: HtmxRequest, key: str) -> HttpResponse:
    """What was said, the newest first."""
    launch = get_launch(request.user, key)
    page: Any = Paginator(updates_of(launch), PAGE).get_page(request.GET.get("page"))
    threads = comment_threads(launch, "update", [update.pk for update in page])
    context = {
        **launch_context(request.user, launch, "updates"),
        "page": page,
        "entries": [(update, threads[update.pk]) for update in page],
        "may_write": may(request.user, launch, Need.CONTRIBUTE),
    }
    return render_page(request, "launches/updates.html", context)


def write_update(request: HtmxRequest, key: str) -> HttpResponse:
    """Drafted from what was completed since the last one."""
    launch = get_launch(request.user, key, Need.CONTRIBUTE)
    declares = can_edit(request.user, launch)
    form = UpdateForm(request.POST or None, declares=declares, initial=_draft(launch))
    if request.method == "POST" and form.is_valid():
        update = actions.write_update(launch=launch, **form.cleaned_data, actor=request.user)
        undo = reverse("launches:delete_update", args=[launch.key, update.pk])
        toast(request, "Your update is out.", undo_url=undo)
        return redirect(request, reverse("launches:updates", args=[launch.key]))
    context = {**launch_context(request.user, launch, "updates"), "form": form, "declares": declares}
    return render_page(request, "launches/write_update.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def delete_update(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Its author or an editor takes it back."""
    update = get_update(request.user, key, pk)
    actions.delete_update(update=update, actor=request.user)
    undo = reverse("launches:restore_update", args=[update.launch.key, pk])
    toast(request, "The update is deleted.", undo_url=undo)
    return redirect(request, reverse("launches:updates", args=[update.launch.key]))


@require_POST
def restore_update(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Bring it back."""
    update = get_update(request.user, key, pk, deleted=True)
    actions.restore_update(update=update, actor=request.user)
    toast(request, "The update is back.")
    return redirect(request, reverse("launches:updates", args=[update.launch.key]))


def _draft(launch: Launch) -> dict[str, str]:
    done = done_since_last_update(launch)
    return {
        "status": launch.status,
        "highlights": "\n".join(f"- {name} is completed" for name in done),
    }
