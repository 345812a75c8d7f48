"""`make faults`: print every figure beside its limit; exit 1 when one is over.

`python -m benchmarks.faults F13` measures one fault. Each is measured in a process of its own, so that none inherits
another's memory, settings or rows.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.faults.figures import Figure, row

FAULTS = {
    "F10": "rate_storm",
    "F13": "slow_tools",
    "F14": "broken_transport",
    "F15": "malformed",
    "F18": "expiring_tokens",
    "F20": "forged_hooks",
    "F21": "disorder",
    "F22": "flood",
}
_CHILD = "--into"


def main(arguments: list[str]) -> int:
    """Measure the named faults, or all. As a child: measure one and write its figures into the file."""
    if arguments[:1] == [_CHILD]:
        _measure_here(arguments[2], Path(arguments[1]))
        return 0
    unknown = [name for name in arguments if name not in FAULTS]
    if unknown:
        print(f"no such fault: {', '.join(unknown)}; there are {', '.join(FAULTS)}")
        return 2
    over = sum(not _measured(name) for name in arguments or FAULTS)
    return 1 if over else 0


def _measured(name: str) -> bool:
    """Whether every figure of the fault is within its limit, after printing them."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="luna-faults-") as folder:
        into = Path(folder) / "figures.json"
        child = subprocess.run([sys.executable, "-m", "benchmarks.faults", _CHILD, str(into), name], check=False)
        if child.returncode:
            print(f"OVER  {name:<4} could not be measured: exit {child.returncode}", flush=True)
            return False
        figures = [Figure.from_json(data) for data in json.loads(into.read_text(encoding="utf-8"))]
    for figure in figures:
        print(row(name, figure))
    print(f"      {name:<4} took {time.perf_counter() - began:.0f} s\n", flush=True)
    return all(figure.holds for figure in figures)


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
