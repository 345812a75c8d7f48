"""How soon the demo answers on existing data, what it costs while nobody uses it, and what it holds after use."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from benchmarks.memory import memory_line
from benchmarks.ports import free_port

FIRST_PAGE_SECONDS = 3.0
IDLE_PER_CENT = 2.0
_IDLE_SECONDS = 20
_RESTS_BELOW_SECONDS = 0.3
"""Processor time in five seconds."""


def startup_ratios(folder: Path) -> Iterator[tuple[bool, str]]:
    """(holds, words): first page on existing data, then the processor time of all processes at rest."""
    data = folder / "demo"
    port = free_port()
    first, _ = _start(data, port)
    _wait_for_rest(first.pid)  # the sample company is loaded after the first page
    _stop(first)
    again, seconds = _start(data, port)
    yield (
        seconds < FIRST_PAGE_SECONDS,
        f"make run on existing data to the first page: {seconds:.2f} s (limit {FIRST_PAGE_SECONDS:g} s)",
    )
    _wait_for_rest(again.pid)  # the first ticks and polls
    before = _ticks(again.pid)
    time.sleep(_IDLE_SECONDS)
    spent = (_ticks(again.pid) - before) / os.sysconf("SC_CLK_TCK") / _IDLE_SECONDS * 100
    held = memory_line(f"http://127.0.0.1:{port}", again.pid)
    _stop(again)
    yield spent < IDLE_PER_CENT, f"idle, all processes together: {spent:.2f} % of a core (limit {IDLE_PER_CENT:g} %)"
    yield held


def _start(data: Path, port: int) -> tuple[subprocess.Popen[bytes], float]:
    started = time.perf_counter()
    command = [sys.executable, "manage.py", "up", "--demo", "--port", str(port), "--data", str(data)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LUNA_")}
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    while not _answers(f"http://127.0.0.1:{port}/account/login/"):
        assert process.poll() is None, "it ended"
        time.sleep(0.02)
    return process, time.perf_counter() - started


def _wait_for_rest(pid: int) -> None:
    """Until a few seconds went by in which next to nothing was done."""
    for _ in range(60):
        before = _ticks(pid)
        time.sleep(5)
        if (_ticks(pid) - before) / os.sysconf("SC_CLK_TCK") < _RESTS_BELOW_SECONDS:
            return
    raise AssertionError("it does not come to rest")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  always http
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    process.wait(20)


def _ticks(root: int) -> int:
    """User and system time of a process and all that descend from it, in clock ticks."""
    parents: dict[int, int] = {}
    spent: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)], spent[int(entry.name)] = int(fields[1]), int(fields[11]) + int(fields[12])
    return sum(ticks for pid, ticks in spent.items() if _descends(pid, root, parents))


def _descends(pid: int, root: int, parents: dict[int, int]) -> bool:
    while pid and pid != root:
        pid = parents.get(pid, 0)
    return pid == root
