"""Benchmarks that need PostgreSQL: a server of their own, and for each a fresh database and a process."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile

from tests.servers import Postgres, make_folder

MODULES = ("large_sync", "sync_memory")


def run_on_postgres(modules: tuple[str, ...] = MODULES) -> bool:
    """Whether every figure of each is within its limit; they print their lines themselves."""
    folder = make_folder()
    server = Postgres.start(folder)
    try:
        over = [module for module in modules if not _run(server, module)]
        return not over
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _run(server: Postgres, module: str) -> bool:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LUNA_")}
    with tempfile.TemporaryDirectory(prefix="luna-bench-") as data:
        environment = kept | {
            "LUNA_DATA_DIR": data,
            "LUNA_DATABASE_URL": server.create_database(f"bench_{module}"),
            "LUNA_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "luna.settings",
        }
        for command in (("migrate", "--verbosity", "0"), ("createcachetable",)):
            subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True)
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{module}"], env=environment, check=False)
        return done.returncode == 0


if __name__ == "__main__":
    sys.exit(0 if run_on_postgres(tuple(sys.argv[1:]) or MODULES) else 1)
