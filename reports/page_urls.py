"""URLs of the pages that show things of several apps."""

from __future__ import annotations

from django.urls import path

from reports.views import calibration, criticality, home, insights, launch, portfolio, search

urlpatterns = [
    path("", home.show_home, name="home"),
    path("search/", search.search, name="search"),
    path("insights/", insights.show_insights, name="insights"),
    path("insights/export.csv", insights.export_insights, name="insights_csv"),
    path("insights/calibration/", calibration.show_calibration, name="calibration"),
    path("launches/", portfolio.show_portfolio, name="portfolio"),
    path("launches/<slug:key>/", launch.show_launch, name="launch"),
    path("launches/<slug:key>/forecast/", criticality.show_forecast, name="launch_forecast"),
    path("launches/<slug:key>/activity/", launch.show_activity, name="launch_activity"),
]
