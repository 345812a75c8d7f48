"""How Luna's web server is started: granian, with limits that a slow or half-sent request can't stretch."""

from __future__ import annotations

import sys

BLOCKING_THREADS = 2


def granian_command(*, host: str, port: int, workers: int) -> list[str]:
    """The command line of the web server."""
    return [
        sys.executable, "-m", "granian", "luna.wsgi:application",
        "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(BLOCKING_THREADS), "--backlog", "1024",
        # A half-sent request would otherwise hold a stop for 30 seconds.
        "--workers-kill-timeout", "4", "--http1-header-read-timeout", "10000",
        "--respawn-failed-workers", "--no-access-log", "--log-level", "warning",
    ]  # fmt: skip
