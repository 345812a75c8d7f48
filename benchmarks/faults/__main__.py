"""`make faults`: print every figure beside its limit; exit 1 when one is over.

`python -m benchmarks.faults F13` measures one fault. Each is measured in a process of its own, so that none inherits
another's memory, settings or rows. What only counts is measured on all cores at once, what takes times by itself.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.faults.figures import Figure, row
from benchmarks.faults.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Iterator

FAULTS = {
    "F10": "rate_storm",
    "F13": "slow_tools",
    "F14": "broken_transport",
    "F15": "malformed",
    "F17": "convergence",
    "F18": "expiring_tokens",
    "F20": "forged_hooks",
    "F21": "disorder",
    "F22": "flood",
}
TIMED = ("F13", "F22")
"""Their figures are seconds: nothing of ours runs beside them."""
_LONGEST_FIRST = ("F21", "F17", "F18")
_CHILD = "--into"


@dataclass(frozen=True)
class Told:
    """What is printed of a fault, and whether all its figures are within their limits."""

    text: str
    holds: bool


def main(arguments: list[str]) -> int:
    """Measure the named faults, or all. As a child: measure one and write its figures into the file."""
    if arguments[:1] == [_CHILD]:
        _measure_here(arguments[2], Path(arguments[1]))
        return 0
    unknown = [name for name in arguments if name not in FAULTS]
    if unknown:
        print(f"no such fault: {', '.join(unknown)}; there are {', '.join(FAULTS)}")
        return 2
    names = arguments or list(FAULTS)
    began = time.perf_counter()
    over = sum(not holds for holds in [*_counted(names), *_timed(names)])
    print(f"{over} of {len(names)} faults over a limit; {time.perf_counter() - began:.0f} s")
    return 1 if over else 0


def _counted(names: list[str]) -> Iterator[bool]:
    """As many at once as there are cores, printed in their order."""
    wanted = [name for name in names if name not in TIMED]
    with ThreadPoolExecutor(os.cpu_count() or 1) as lanes:
        begun = {name: lanes.submit(_measured, name) for name in sorted(wanted, key=_turn)}
        for name in wanted:
            told = begun[name].result()
            print(f"{told.text}\n", flush=True)
            yield told.holds


def _turn(name: str) -> int:
    return _LONGEST_FIRST.index(name) if name in _LONGEST_FIRST else len(_LONGEST_FIRST)


def _timed(names: list[str]) -> Iterator[bool]:
    """One after the other, each with what else the machine did meanwhile."""
    for name in [name for name in names if name in TIMED]:
        machine = Machine.now()
        told = _measured(name)
        print(f"{told.text}; {machine.since()}\n", flush=True)
        yield told.holds


def _measured(name: str) -> Told:
    """The fault's figures, each beside its limit."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="luna-faults-") as folder:
        into = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "benchmarks.faults", _CHILD, str(into), name]
        child = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if child.returncode:
            return Told(f"{child.stdout}OVER  {name:<4} could not be measured: exit {child.returncode}", holds=False)
        figures = [Figure.from_json(data) for data in json.loads(into.read_text(encoding="utf-8"))]
    rows = "".join(f"{row(name, figure)}\n" for figure in figures)
    text = f"{child.stdout}{rows}      {name:<4} took {time.perf_counter() - began:.0f} s"
    return Told(text, all(figure.holds for figure in figures))


def _measure_here(name: str, into: Path) -> None:
    from benchmarks.faults import stage  # noqa: PLC0415  a parent needs no Django

    folder = into.parent / "stage"
    stage.prepare(folder)
    module = importlib.import_module(f"benchmarks.faults.{FAULTS[name]}")
    with stage.raised(folder) as raised:
        figures: list[Figure] = list(module.measure(raised))
    into.write_text(json.dumps([figure.as_json() for figure in figures]), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
