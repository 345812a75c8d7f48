"""URLs of milestones."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "milestones"
urlpatterns: list[URLPattern] = []
