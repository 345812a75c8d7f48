"""How long pages take while a worker syncs, beside how long they take at rest: a real web server, a real worker.

In a process of its own, with the database that its environment names: `benchmarks.on_postgres` starts it.
"""

from __future__ import annotations

import http.client
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import django
from django.db import connection as database

from benchmarks.ports import free_port

if TYPE_CHECKING:
    from people.models import User

ISSUES, FIRST = 30_000, 10_000
LAUNCHES, MILESTONES = 60, 20
ROUNDS = 80
AT_MOST = 2.0
_PATIENCE_SECONDS = 60


def page_latency() -> Iterator[tuple[bool, str]]:
    """(holds, words) of the portfolio and of a launch's page."""
    from benchmarks.company import make_company  # noqa: PLC0415  models come after the settings
    from benchmarks.prepared_jira import PreparedJira, connect_to, link_stream  # noqa: PLC0415
    from launches.models import Launch  # noqa: PLC0415

    user = make_company(LAUNCHES, MILESTONES)
    paths = {"portfolio": "/", "launch page": f"/launches/{Launch.objects.order_by('pk')[0].key}/"}
    with PreparedJira() as jira, _running(jira.url) as web:
        pages = _Pages(web, _cookie_of(user))
        idle = pages.timed(paths, ROUNDS)
        link_stream(connect_to(jira, user), 0, FIRST, ISSUES, user)
        _until(_is_syncing)
        busy = pages.timed(paths, ROUNDS)
        is_synced_meanwhile = _is_syncing()
    for name in paths:
        (rest, rest_95), (taken, taken_95) = _quantiles(idle[name]), _quantiles(busy[name])
        yield (
            is_synced_meanwhile and taken <= AT_MOST * rest and taken_95 <= AT_MOST * rest_95,
            f"{name} during a first sync on {database.vendor}: half within {taken:.0f} ms ({taken / rest:.2f}×), 95 % "
            f"within {taken_95:.0f} ms ({taken_95 / rest_95:.2f}×; limit {AT_MOST:g}× of {rest:.0f} and "
            f"{rest_95:.0f} ms at rest){'' if is_synced_meanwhile else ': the sync ended too early'}",
        )


class _Pages:
    """One person's browser, with a kept connection."""

    def __init__(self, port: int, cookie: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
        self._headers = {"Cookie": cookie}

    def timed(self, paths: dict[str, str], rounds: int) -> dict[str, list[float]]:
        """Milliseconds of each page, in turn; a few go before, uncounted."""
        taken: dict[str, list[float]] = {name: [] for name in paths}
        for number in range(-5, rounds):
            for name, path in paths.items():
                started = time.perf_counter()
                self._connection.request("GET", path, headers=self._headers)
                answer = self._connection.getresponse()
                answer.read()
                assert answer.status == 200, (path, answer.status)
                if number >= 0:
                    taken[name].append((time.perf_counter() - started) * 1000)
        return taken


@contextmanager
def _running(jira_url: str) -> Iterator[int]:
    """The web server and the worker; the port of the first."""
    port = free_port()
    environment = os.environ | {"LUNA_PRIVATE_HOSTS": jira_url.removeprefix("http://")}
    commands = (["web", "--port", str(port)], ["worker"])
    # Without the others' output: the figures are read by people.
    processes = [
        subprocess.Popen([sys.executable, "manage.py", *command], env=environment, stderr=subprocess.DEVNULL)
        for command in commands
    ]
    try:
        _until(lambda: _listens(port))
        yield port
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(_PATIENCE_SECONDS)


def _listens(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/livez")
        return connection.getresponse().status == 200
    except OSError:
        return False


def _cookie_of(user: User) -> str:
    """Signed in as if by a form."""
    from django.test import Client  # noqa: PLC0415  after the settings

    client = Client()
    client.force_login(user)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def _is_syncing() -> bool:
    from integrations.domain.types import RunState  # noqa: PLC0415
    from integrations.models import SyncRun  # noqa: PLC0415

    return SyncRun.objects.filter(state=RunState.RUNNING).exists()


def _until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < ends, "nothing comes of it"
        time.sleep(0.05)


def _quantiles(taken: list[float]) -> tuple[float, float]:
    """The median, and what 95 of 100 stay below."""
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def main() -> int:
    """Print each figure; 1 when one is over."""
    django.setup()
    fine = True
    for holds, words in page_latency():
        print(f"{'ok  ' if holds else 'OVER'}  {words}", flush=True)
        fine = fine and holds
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
