"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """What we tell people."""

    name = "reports"
