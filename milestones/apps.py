"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class MilestonesConfig(AppConfig):
    """The plan and its judgement."""

    name = "milestones"
