"""The app's registration."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Users, teams, roles, sign-in, invitations, workspace settings."""

    name = "people"
