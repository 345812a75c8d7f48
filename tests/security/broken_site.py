"""Luna's URLs, and one whose view breaks."""

from __future__ import annotations

from typing import NoReturn

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.urls import path

from luna import urls

handler403, handler404, handler500 = urls.handler403, urls.handler404, urls.handler500


@login_not_required
def break_down(_request: HttpRequest) -> NoReturn:
    """Fail as a programming error does."""
    raise RuntimeError("token=canary-in-an-error")


urlpatterns = [*urls.urlpatterns, path("broken/", break_down)]
