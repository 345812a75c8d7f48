"""`manage.py load_sample_company`: fill an empty database; `manage.py up --demo` runs it once."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from luna.demo.load import load_sample_company


class Command(BaseCommand):
    help = "Load the sample company, once, beside a running sandbox."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load it, where this is the demo."""
        if not settings.DEMO:
            raise CommandError("The sample company belongs to the demo: manage.py up --demo")
        load_sample_company(sandbox_url=settings.SANDBOX_URL)
