"""`manage.py prepare`: what has to be done before web and worker start. Safe to run again."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from luna import settings as plain_settings
from luna.env import SettingError
from luna.supervisor import Child, stop_together
from luna.up import answers, half_loaded, sandbox_child
from people.actions.setup import issue_setup_link
from people.models import User

_SANDBOX_STARTS_WITHIN_SECONDS = 30.0


class Command(BaseCommand):
    help = "Migrate; while there is nobody, load the sample company (demo) or print the first admin's link."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Do what is missing. Raises SettingError."""
        _migrate()
        is_empty = not User.objects.exists()
        if settings.DEMO:
            self._load_sample_company_once(is_empty=is_empty)
        elif is_empty:
            link = f"{settings.BASE_URL}{issue_setup_link()}"
            self.stdout.write(f"Nobody is here yet. Make the first admin (this link works once):\n  {link}\n")

    def _load_sample_company_once(self, *, is_empty: bool) -> None:
        """Load the sample company into an empty database, beside the sandbox. Raises SettingError."""
        marker = half_loaded(settings.DATA_DIR)
        if not is_empty and marker.exists():
            raise SettingError(f"the sample company was loaded by half; remove {settings.DATA_DIR} and start again")
        if not is_empty:
            return
        self.stdout.write("Loading the sample company (once) …")
        marker.touch()
        sandbox = sandbox_child(plain_settings)
        try:
            sandbox.start()
            _wait_for(f"{settings.SANDBOX_URL}/", sandbox)
            manage = str(settings.BASE_DIR / "manage.py")
            loaded = subprocess.run([sys.executable, manage, "load_sample_company"], check=False)
        finally:
            stop_together([sandbox])
        if loaded.returncode:
            raise SettingError(
                f"the sample company could not be loaded; remove {settings.DATA_DIR} before the next try"
            )
        marker.unlink()


def _migrate() -> None:
    """Bring the database up to date; a look at the plan is all that an up-to-date one costs. Raises SettingError."""
    try:
        executor = MigrationExecutor(connection)
        planned = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as error:
        raise SettingError(f"LUNA_DATABASE_URL: no answer ({str(error).strip().splitlines()[0]})") from error
    if planned:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)


def _wait_for(url: str, child: Child) -> None:
    """Wait until `url` answers. Raises SettingError when the child ends or takes too long."""
    deadline = time.monotonic() + _SANDBOX_STARTS_WITHIN_SECONDS
    while not answers(url):
        if not child.is_running or time.monotonic() > deadline:
            raise SettingError(f"the {child.name} did not start (the lines above say why)")
        time.sleep(0.05)
