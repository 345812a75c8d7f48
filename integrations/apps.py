"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """The outside world: task tools read, places written to."""

    name = "integrations"
