"""Every URL of Luna: each app has its own list."""

from __future__ import annotations

from django.urls import include, path

from luna import probes
from people.urls import account_urls

urlpatterns = [
    path("livez", probes.livez, name="livez"),
    path("readyz", probes.readyz, name="readyz"),
    path("account/", include(account_urls)),
    path("", include("people.urls")),
    path("", include("launches.urls")),
    path("", include("milestones.urls")),
    path("", include("integrations.urls")),
    path("", include("reports.urls")),
]
handler403 = "luna.ui.views.forbidden"
handler404 = "luna.ui.views.not_found"
handler500 = "luna.ui.views.server_error"
