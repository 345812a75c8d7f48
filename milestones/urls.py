"""URLs of milestones."""

from __future__ import annotations

from django.urls import URLPattern

from milestones import governance_urls

app_name = "milestones"
urlpatterns: list[URLPattern] = [*governance_urls.urlpatterns]
