"""Where a fault is measured: a database, a sandbox and a clock of its own."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import django
from django.conf import LazySettings
from django.core.management import call_command

from luna.env import PrivateTarget
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.moving_clock import MovingClock

_LOUD = ("slack_sdk", "urllib3.connection", "django.request")
"""Who writes a line for every call that goes wrong, as here most do."""
_SIZES = ("LUNA_SEEDS", "LUNA_TASKS")
"""What whoever measures may set: how much F17 tries."""


@dataclass(frozen=True)
class Stage:
    """`clock` moves Luna and the sandbox. Tests make one out of their fixtures."""

    folder: Path
    sandbox: SandboxServer
    control: SandboxControl
    clock: MovingClock
    settings: LazySettings

    def open_to_sandbox(self) -> None:
        """Let every service that Luna calls be the sandbox's."""
        root = self.sandbox.url
        self.settings.SLACK_URL = f"{root}/slack/api/"
        self.settings.ATLASSIAN_URL = f"{root}/atlassian"
        self.settings.ASANA_URL = f"{root}/asana/api/1.0"
        self.settings.CLICKUP_URL = f"{root}/clickup/api/v2"
        self.settings.GOOGLE_URL = f"{root}/google"
        self.settings.PRIVATE_HOSTS = ()
        self.open_to(root)

    def open_to(self, url: str) -> None:
        """Let Luna call the host and port of `url` as well."""
        parts = urlsplit(url)
        self.settings.PRIVATE_HOSTS = (
            *self.settings.PRIVATE_HOSTS,
            PrivateTarget(str(parts.hostname), int(parts.port or 80)),
        )


def prepare(folder: Path) -> None:
    """Point Luna at an empty SQLite database in `folder`, whatever the environment says; once per process."""
    for name in [name for name in os.environ if name.startswith("LUNA_") and name not in _SIZES]:
        del os.environ[name]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "luna.settings",
        "LUNA_DATA_DIR": str(folder),
        "LUNA_CLOCK_FILE": str(folder / "clock.json"),
        "LUNA_LOG_LEVEL": "ERROR",
    }
    django.setup()
    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


@contextmanager
def raised(folder: Path) -> Iterator[Stage]:
    """The stage in `folder`, where `prepare` has been."""
    from django.conf import settings  # noqa: PLC0415  known only now

    clock = MovingClock(folder / "clock.json")
    with SandboxServer(data_dir=folder / "sandbox", clock_file=clock.file) as sandbox:
        stage = Stage(folder, sandbox, SandboxControl(sandbox.url), clock, settings)
        stage.open_to_sandbox()
        yield stage
    clock.move(timedelta(0))
