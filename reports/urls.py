"""URLs of reports."""

from __future__ import annotations

from reports.page_urls import urlpatterns as pages
from reports.report_urls import urlpatterns as reports

app_name = "reports"
urlpatterns = [*pages, *reports]
