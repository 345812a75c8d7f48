"""`manage.py web`: the web server alone, for deployments that run each role as its own process."""

from __future__ import annotations

import argparse
import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from luna.web import granian_command


class Command(BaseCommand):
    help = "Run the web server."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Become the web server, so that signals reach it directly."""
        command = granian_command(host=options["host"], port=options["port"], workers=settings.WEB_WORKERS)
        os.execv(command[0], command)  # noqa: S606 (no shell is wanted)
