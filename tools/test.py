"""Runs every test twice, side by side: on SQLite without Redis, and on PostgreSQL with Valkey.

What reads no database, and what takes long and differs in nothing, runs once. What waits for browsers and processes
is in a run apart on SQLite, so that no processor waits. Prints the runs' lines under their name, their closing
lines and one line that adds them up; fails when one of them fails.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

_BROWSER, _SQLITE, _POSTGRES = "browser", "sqlite", "postgres"
_APART = ("tests/browser", "tests/ui", "tests/faults", "tests/house", "tests/architecture", "tests/security")
"""What waits for browsers and processes more than it computes, and so much beside it that both runs take as long."""
_OUTCOMES = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed)")
_CLOSING = re.compile(r"^(=+ )?(no tests ran|\d+ (passed|failed|error|skipped|deselected)).* in [\d.]+s")
_NOTHING_COLLECTED = 5
# One look at every page and at what happens in the browser alone, the sample company's first start, and processes that
# have no database.
_ONCE_ON_SQLITE = (
    "tests/browser/test_every_page.py", "tests/browser/test_demo.py", "tests/ui/test_shell.py",
    "tests/integrations/test_counting_on_a_phone.py", "tests/house/test_sandbox_command.py",
    "tests/house/test_supervisor.py", "tests/browser/test_empty.py", "tests/architecture/test_access_matrix.py",
    "tests/security/test_csrf.py", "tests/security/test_headers.py", "tests/browser/test_charts.py",
    "tests/browser/test_two_clicks.py", "tests/security/test_secrets.py", "tests/faults/test_figures_inbound.py",
)  # fmt: skip
_ONCE_ON_POSTGRES = ("tests/deployment/test_roles.py",)
_printing = threading.Lock()


@dataclass
class Run:
    """One pytest process and what its closing line said."""

    name: str
    closing: str = "did not finish"
    counts: dict[str, int] = field(default_factory=dict)
    exit_code: int = 1

    def follow(self, process: subprocess.Popen[str]) -> None:
        """Print the process's lines under this run's name until it ends."""
        assert process.stdout is not None  # noqa: S101 (it was asked for)
        for line in process.stdout:
            text = line.rstrip()
            if _CLOSING.match(text):
                self.closing = text.strip("= ")
                self.counts = {word: int(number) for number, word in _OUTCOMES.findall(text)}
            with _printing:
                print(f"{self.name:>8} | {text}", flush=True)
        self.exit_code = process.wait()

    def count(self, *words: str) -> int:
        return sum(self.counts.get(word, 0) for word in words)


def _names(arguments: list[str]) -> tuple[str, ...]:
    """Which runs there are: whoever asks for some tests needs no run that waits for others."""
    asks_for_some = any(Path(argument.partition("::")[0]).exists() for argument in arguments)
    return (_SQLITE, _POSTGRES) if asks_for_some else (_BROWSER, _SQLITE, _POSTGRES)


def _part(name: str, names: tuple[str, ...]) -> list[str]:
    """What pytest is told of its run's part."""
    if name == _POSTGRES:
        once = [f"--ignore-glob={path}" for path in _ONCE_ON_SQLITE]
        return [*once, "--databases-only", *(f"--plain-too={path}" for path in _ONCE_ON_POSTGRES)]
    once = [f"--ignore-glob={path}" for path in _ONCE_ON_POSTGRES]
    if name == _BROWSER:
        return [*once, *_APART]
    return [*once, *(f"--ignore={path}" for path in _APART if _BROWSER in names)]


def _start(name: str, names: tuple[str, ...], arguments: list[str]) -> subprocess.Popen[str]:
    # On a small machine each run is one process; larger ones get workers.
    workers = max(1, (os.cpu_count() or 2) // 2)
    parallel = ["-n", str(workers)] if workers > 1 else []
    database = _POSTGRES if name == _POSTGRES else _SQLITE
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", *parallel, *_part(name, names), *arguments],
        env=os.environ | {"LUNA_TEST_DB": database, "PYTHONUNBUFFERED": "1", "COLUMNS": "140"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nothing-skipped", action="store_true", help="fail if any test was skipped")
    options, arguments = parser.parse_known_args()
    names = _names(arguments)
    runs = [Run(name) for name in names]
    processes = [_start(run.name, names, arguments) for run in runs]
    threads = [
        threading.Thread(target=run.follow, args=(process,)) for run, process in zip(runs, processes, strict=True)
    ]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except KeyboardInterrupt:
        for thread in threads:
            thread.join(10)
    return _conclude(runs, nothing_skipped=options.nothing_skipped)


def _conclude(runs: list[Run], *, nothing_skipped: bool) -> int:
    print()
    for run in runs:
        print(f"{run.name:>8} : {run.closing}")
    broken = [run for run in runs if run.exit_code not in {0, _NOTHING_COLLECTED}]
    passed = sum(run.count("passed", "xfailed") for run in runs)
    failed = sum(run.count("failed", "error", "errors", "xpassed") for run in runs)
    skipped = sum(run.count("skipped") for run in runs)
    # A run that broke without a failed test (a crash, a bad argument) still counts as one failure.
    failed += sum(1 for run in broken if not run.count("failed", "error", "errors", "xpassed"))
    if nothing_skipped and skipped:
        print("Some tests were skipped (the lines above say why): this check wants them all.")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if broken or not passed or (nothing_skipped and skipped) else 0


if __name__ == "__main__":
    sys.exit(main())
