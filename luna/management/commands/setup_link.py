"""`manage.py setup_link`: print the link with which the first admin is made, while there is nobody."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from people.actions.setup import issue_setup_link


class Command(BaseCommand):
    help = "Print a one-time link that makes the first admin; an older link stops working."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print it, or say that there is somebody already."""
        try:
            self.stdout.write(f"{settings.BASE_URL}{issue_setup_link()}")
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
