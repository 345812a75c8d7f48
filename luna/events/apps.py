"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The append-only log."""

    name = "luna.events"
    label = "events"
