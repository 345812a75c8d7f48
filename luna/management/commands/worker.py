"""`manage.py worker`: works what is due."""

from __future__ import annotations

import argparse
import os
import warnings
from typing import Any

from celery.exceptions import CPendingDeprecationWarning, SecurityWarning
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import close_old_connections

from luna.celery import app
from luna.lib.heartbeat import start_heartbeat

NICENESS = 5
"""How far the worker stands back, as nice(1) counts; a container of its own does not notice."""


class Command(BaseCommand):
    """Runs one Celery worker with threads; on SQLite run only one."""

    help = "Work what is due: sync runs, deliveries, notices, recomputations."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """No arguments: threads come from LUNA_WORKER_THREADS."""

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002  the command's signature
        """Run until SIGTERM; rows in hand are let go by their lease."""
        # Messages are JSON with a name and a number: nothing that a root worker could be made to run.
        warnings.filterwarnings("ignore", category=SecurityWarning)
        app.log.already_setup = True  # type: ignore[misc]  # the logs are Luna's own; Celery has no other switch
        # Where web server and worker share a machine, people go before a sync: `make bench` measures their pages.
        os.nice(NICENESS)
        start_heartbeat()
        close_old_connections()
        worker = app.Worker(
            pool="threads",
            concurrency=settings.WORKER_THREADS,
            loglevel="WARNING",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            quiet=True,
        )
        # Said at each lost connection, though what runs is meant to go on: its row is claimed. Celery has just set a
        # filter of its own.
        warnings.filterwarnings("ignore", category=CPendingDeprecationWarning)
        worker.start()
        raise SystemExit(worker.exitcode or 0)
