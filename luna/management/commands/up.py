"""`manage.py up` in Django's list of commands; manage.py itself runs it without waiting for Django."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from luna import up
from luna.start import add_options


class Command(BaseCommand):
    help = "Start Luna: migrate, web server and worker (with --demo: the sandbox and the sample company too)."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_options(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Start as manage.py would have."""
        place = ["--host", options["host"], "--port", str(options["port"])]
        data = ["--data", options["data"]] if options["data"] else []
        up.main([*place, *data, *(["--demo"] if options["demo"] else [])])
