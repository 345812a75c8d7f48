"""The project's own app: commands and logging."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from luna.logs import configure_logs


class LunaConfig(AppConfig):
    """Luna's wiring."""

    name = "luna"
    verbose_name = "Luna"

    def ready(self) -> None:
        """Set up the logs once settings are known."""
        configure_logs(settings.LOG_LEVEL)
