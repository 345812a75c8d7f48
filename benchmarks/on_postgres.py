"""Benchmarks in a process and with a database of their own: on PostgreSQL with a server of their own, too."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile

from tests.servers import Postgres, make_folder

MODULES = ("large_sync", "sync_memory", "suggestions", "latency")


def run_on_postgres(modules: tuple[str, ...] = MODULES) -> bool:
    """Whether every figure of each is within its limit; they print their lines themselves."""
    folder = make_folder()
    server = Postgres.start(folder)
    try:
        over = [one for one in modules if not run_module(one, server.create_database(f"bench_{one}"))]
        return not over
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def run_module(module: str, database_url: str = "") -> bool:
    """Whether its figures hold; on SQLite without an address."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LUNA_")}
    with tempfile.TemporaryDirectory(prefix="luna-bench-") as data:
        environment = kept | {
            "LUNA_DATA_DIR": data,
            **({"LUNA_DATABASE_URL": database_url} if database_url else {}),
            "LUNA_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "luna.settings",
        }
        for command in (("migrate", "--verbosity", "0"), ("createcachetable",)):
            subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True)
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{module}"], env=environment, check=False)
        return done.returncode == 0


if __name__ == "__main__":
    sys.exit(0 if run_on_postgres(tuple(sys.argv[1:]) or MODULES) else 1)
