"""URLs of launches."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "launches"
urlpatterns: list[URLPattern] = []
