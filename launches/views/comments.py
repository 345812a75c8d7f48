"""Comments on a launch and on what is in it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from launches.access import get_comment, get_launch, get_subject
from launches.actions import comments as actions
from launches.forms.words import CommentForm
from launches.models import Launch
from launches.registry import SUBJECTS
from launches.selectors import comment_thread
from launches.views.page import launch_context
from luna.ui.htmx import HtmxRequest, is_htmx, next_url, redirect, render_fragment, render_page, toast


@require_GET
def comments(request: HtmxRequest, key: str, kind: str, subject_pk: int) -> HttpResponse:
    """The comments on one thing, as a page of their own."""
    launch = get_launch(request.user, key)
    context = _context(launch, kind, subject_pk)
    return render_page(request, "launches/comments.html", {**launch_context(request.user, launch), **context})


@require_POST
def comment_add(request: HtmxRequest, key: str, kind: str, subject_pk: int) -> HttpResponse:
    """Say something; whom it mentions is told."""
    launch = get_launch(request.user, key)
    context = _context(launch, kind, subject_pk)
    form = CommentForm(request.POST)
    if form.is_valid():
        actions.add_comment(
            launch=launch, subject_kind=kind, subject_id=subject_pk, text=form.cleaned_data["text"], actor=request.user
        )
        return _answer(request, launch, kind, subject_pk)
    context |= {"typed": request.POST.get("text", ""), "errors": form.errors.get("text", [])}
    if is_htmx(request):
        return render_fragment(request, "launches/_comments.html", context, status=422)
    page = {**launch_context(request.user, launch), **context}
    return render_page(request, "launches/comments.html", page, status=422)


@require_POST
def comment_delete(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Its author or an admin takes it back."""
    comment = get_comment(request.user, key, pk)
    actions.delete_comment(comment=comment, actor=request.user)
    undo = reverse("launches:comment_restore", args=[comment.launch.key, pk])
    toast(request, "The comment is deleted.", undo_url=undo)
    return _answer(request, comment.launch, comment.subject_kind, comment.subject_id)


@require_POST
def comment_restore(request: HtmxRequest, key: str, pk: int) -> HttpResponse:
    """Bring it back."""
    comment = get_comment(request.user, key, pk, deleted=True)
    actions.restore_comment(comment=comment, actor=request.user)
    toast(request, "The comment is back.")
    return redirect(request, SUBJECTS[comment.subject_kind].path(comment.launch.key, comment.subject_id))


def _answer(request: HtmxRequest, launch: Launch, kind: str, pk: int) -> HttpResponse:
    """The thread as it is now, or the page on which it stands."""
    if is_htmx(request):
        return render_fragment(request, "launches/_comments.html", _context(launch, kind, pk))
    return redirect(request, next_url(request, SUBJECTS[kind].path(launch.key, pk)))


def _context(launch: Launch, kind: str, pk: int) -> dict[str, Any]:
    """Raises Http404 when the thing is not this launch's."""
    subject = get_subject(launch, kind, pk)
    return {"launch": launch, "thread": comment_thread(launch, kind, pk), "about": str(subject)}
