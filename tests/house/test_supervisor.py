"""The supervisor, with small children that say when they start and why they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

_PATIENCE_SECONDS = 10
_PARENT = """
import sys
from pathlib import Path
from luna.supervisor import Child, Supervisor
folder = Path(sys.argv[1])
children = [Child(name, [sys.executable, "-c", code]) for name, code in zip("abc", sys.argv[2:])]
def ready():
    return all((folder / name).exists() for name in "ab")
Supervisor(children, grace_seconds=0.5).run(ready=ready, on_ready=lambda: print("ready", flush=True))
print("stopped", flush=True)
"""
_SAY_AND_WAIT = """
import pathlib, signal, sys
pathlib.Path({folder!r}, {name!r}).touch()
print("hello", flush=True)
signal.sigwait([signal.SIGTERM] if {obeys} else [signal.SIGUSR1])
"""
_DIE_ONCE = """
import pathlib, signal
seen = pathlib.Path({folder!r}, "died")
if not seen.exists():
    seen.touch()
    raise SystemExit(3)
pathlib.Path({folder!r}, "b").touch()
signal.sigwait([signal.SIGTERM])
"""
pytestmark = pytest.mark.servers


def _child(folder: Path, name: str, *, obeys: bool = True) -> str:
    code = textwrap.dedent(_SAY_AND_WAIT).format(folder=str(folder), name=name, obeys=obeys)
    # What a child is told to wait for must not end it first.
    return "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])\n" + code


def _start(folder: Path, *codes: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(folder), *codes],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


def _read_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_all_children_together(tmp_path: Path, number: signal.Signals) -> None:
    with _start(tmp_path, _child(tmp_path, "a"), _child(tmp_path, "b")) as process:
        assert _read_line(process) == "ready"
        process.send_signal(number)
        said, lines = process.communicate(timeout=_PATIENCE_SECONDS)
    assert said.strip() == "stopped"
    assert sorted(line.split("|")[0].strip() for line in lines.splitlines()) == ["a", "b"]


def test_it_starts_a_child_again_that_died(tmp_path: Path) -> None:
    with _start(tmp_path, _child(tmp_path, "a"), _DIE_ONCE.format(folder=str(tmp_path))) as process:
        assert _read_line(process) == "ready"
        process.terminate()
        _, lines = process.communicate(timeout=_PATIENCE_SECONDS)
    assert "b | ended with 3; starting it again" in lines


def test_it_kills_a_child_that_does_not_obey(tmp_path: Path) -> None:
    with _start(tmp_path, _child(tmp_path, "a"), _child(tmp_path, "b", obeys=False)) as process:
        assert _read_line(process) == "ready"
        process.terminate()
        said, _ = process.communicate(timeout=_PATIENCE_SECONDS)
    assert said.strip() == "stopped"
