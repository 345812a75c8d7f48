"""`manage.py up`: everything that Luna needs in one go, in the environment that `luna.start` has prepared."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import IO, Any
from urllib.error import URLError

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import OperationalError

from luna.demo.sign_ins import PASSWORD, SIGN_INS
from luna.env import SettingError
from luna.start import add_options
from luna.supervisor import Child, Supervisor, stop_together
from luna.web import granian_command
from people.actions.setup import issue_setup_link
from people.models import User

_MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
_PROBE_SECONDS = 2.0
_START_SECONDS = 30.0


class Command(BaseCommand):
    help = "Migrate, then run the web server and the worker (with --demo: the sandbox and the sample company too)."
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        add_options(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prepare the data folder, then supervise the children until someone asks to stop."""
        # Until the supervisor takes over, a stop from outside is the same as Ctrl-C.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with _only_one(settings.DATA_DIR), contextlib.suppress(KeyboardInterrupt):
            _migrate(quiet=options["verbosity"] < 2)
            is_empty = not User.objects.exists()
            greeting = _demo_greeting() if settings.DEMO else _greeting(issue_setup_link() if is_empty else "")
            connection.close()
            if settings.DEMO:
                self._load_sample_company_once(is_empty=is_empty)
            address = f"http://{_probe_host(options['host'])}:{options['port']}/livez"
            Supervisor(_children(options["host"], options["port"])).run(
                ready=lambda: _answers(address), on_ready=lambda: self.stdout.write(greeting)
            )

    def _load_sample_company_once(self, *, is_empty: bool) -> None:
        """Load the sample company into an empty database, beside the sandbox. Raises SettingError."""
        half_loaded = settings.DATA_DIR / "sample-company-half-loaded"
        if not is_empty and not half_loaded.exists():
            return
        if not is_empty:
            raise SettingError(
                f"LUNA_DATA_DIR: loading the sample company was cut short; remove {settings.DATA_DIR} and start again"
            )
        self.stdout.write("Loading the sample company (once) …")
        half_loaded.touch()
        sandbox = _sandbox(settings.DATA_DIR)
        try:
            sandbox.start()
            _wait_for(f"{settings.SANDBOX_URL}/", sandbox)
            loaded = subprocess.run([*_MANAGE, "load_sample_company"], check=False)
        finally:
            stop_together([sandbox])
        if loaded.returncode:
            raise SettingError("the sample company could not be loaded (the lines above say why)")
        half_loaded.unlink()


def _children(host: str, port: int) -> list[Child]:
    web = Child("web", granian_command(host=host, port=port, workers=settings.WEB_WORKERS))
    worker = Child("worker", [*_MANAGE, "worker"])
    return [_sandbox(settings.DATA_DIR), web, worker] if settings.DEMO else [web, worker]


def _sandbox(data: Path) -> Child:
    host, _, port = settings.SANDBOX_URL.removeprefix("http://").partition(":")
    place = ["--host", host, "--port", port, "--data", str(data / "sandbox"), "--clock-file", str(data / "clock.json")]
    return Child("sandbox", [sys.executable, "-m", "sandbox", *place])


def _migrate(*, quiet: bool) -> None:
    """Bring the database up to date; a look at the plan is all that an up-to-date one costs. Raises SettingError."""
    try:
        executor = MigrationExecutor(connection)
        planned = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as error:
        raise SettingError(
            f"LUNA_DATABASE_URL: the database doesn't answer ({str(error).strip().splitlines()[0]})"
        ) from error
    if planned:
        call_command("migrate", interactive=False, verbosity=0 if quiet else 1)
        call_command("createcachetable", verbosity=0)


def _only_one(data: Path) -> IO[str]:
    """The data folder's lock, held as long as the file is open. Raises SettingError."""
    lock = (data / "up.lock").open("w", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise SettingError(
            f"LUNA_DATA_DIR: another Luna runs on {data}; stop it or choose another with DATA= or --data"
        ) from error
    return lock


def _wait_for(url: str, child: Child) -> None:
    """Wait until `url` answers. Raises SettingError when the child ends or takes too long."""
    deadline = time.monotonic() + _START_SECONDS
    while not _answers(url):
        if not child.is_running or time.monotonic() > deadline:
            raise SettingError(f"the {child.name} did not start (the lines above say why)")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=_PROBE_SECONDS) as answer:  # noqa: S310 (our own address)
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _probe_host(host: str) -> str:
    """Where a server that listens on `host` can be asked from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104


def _greeting(link: str) -> str:
    first = f"\nMake the first admin (this link works once): {settings.BASE_URL}{link}" if link else ""
    return f"\nLuna: {settings.BASE_URL}{first}\nCtrl-C stops it.\n"


def _demo_greeting() -> str:
    lines = [
        "",
        f"Luna:     {settings.BASE_URL}",
        f"Sandbox:  {settings.SANDBOX_URL} (the sample company's Jira and Slack)",
        f"Sign in with the password {PASSWORD} as",
        *(f"  {email:<28} {who}" for email, who in SIGN_INS),
        "Ctrl-C stops it.",
        "",
    ]
    return "\n".join(lines)
