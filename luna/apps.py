"""The project's own app: commands and logging."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import register

from luna.checks import check_address, check_database
from luna.logs import configure_logs


class LunaConfig(AppConfig):
    """Luna's wiring."""

    name = "luna"
    verbose_name = "Luna"

    def ready(self) -> None:
        """Set up the logs once settings are known, and what `check --deploy` looks at."""
        configure_logs(settings.LOG_LEVEL)
        register(check_address, deploy=True)
        register(check_database, deploy=True)
