"""What every template can read: the workspace, the reader's theme, what the shell shows. Costs no query of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.functional import SimpleLazyObject
from django.utils.module_loading import import_string

from luna import clock

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest
    from django.template import Context

THEMES = ("system", "light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `workspace` (read when used), `theme`, `section` (first part of the path), `is_admin`."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    theme = getattr(user, "theme", "system") if signed_in else "system"
    return {
        "workspace": SimpleLazyObject(lambda: _workspace(request)),
        "theme": theme if theme in THEMES else "system",
        "section": request.path.strip("/").partition("/")[0] or "home",
        "is_admin": signed_in and getattr(user, "role", "") == "admin",
        "is_demo": settings.DEMO,
    }


def today_in(context: Context) -> date:
    """The page's `today`, or the workspace's where the view gave none."""
    given: date | None = context.get("today")
    if given:
        return given
    zone = getattr(context.get("workspace"), "time_zone", "")
    return clock.today(zone or settings.TIME_ZONE)


def _workspace(request: HttpRequest) -> object:
    """Whatever `SHELL_WORKSPACE` names: the interface lies beneath people and can't import their workspace."""
    kept: object = getattr(request, "workspace", None)
    path = getattr(settings, "SHELL_WORKSPACE", "")
    if kept is None and path:
        kept = import_string(path)()
    return kept
