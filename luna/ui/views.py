"""Pages of the shell itself: what a person sees when a form can't be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """The form's token was missing or old: say so, and how to get back to what was typed."""
    return render(request, "403_csrf.html", status=403)
