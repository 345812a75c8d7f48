"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class LaunchesConfig(AppConfig):
    """What we launch and who answers for it."""

    name = "launches"
