"""Django app for the shared interface."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "luna.ui"
    label = "ui"
    verbose_name = "Interface"
