"""Doors to what belongs to the workspace as a whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from luna.ui.htmx import HtmxRequest

Given = ParamSpec("Given")
View = Callable[Concatenate[HtmxRequest, Given], HttpResponse]


def admin_required(view: View[Given]) -> View[Given]:
    """A page for admins alone: other signed-in people get 403."""

    @wraps(view)
    def door(request: HtmxRequest, /, *args: Given.args, **kwargs: Given.kwargs) -> HttpResponse:
        if not request.user.is_admin:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return door
