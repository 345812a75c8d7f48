"""URLs of reports."""

from __future__ import annotations

from reports.page_urls import urlpatterns as pages

app_name = "reports"
urlpatterns = [*pages]
