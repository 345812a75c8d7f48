"""F17: whatever happens at the tool and on the way, after one run and one census the mirror equals the source.

The seeds are those of tests/faults/test_convergence.py, for each tool and on both databases; the test holds the mirror
against the sandbox. `LUNA_SEEDS=30 LUNA_TASKS=1000` measures the whole, which takes hours.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchmarks.faults.figures import Bound, Figure
from benchmarks.faults.stage import Stage

TOOLS = 4
DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
SEEDS, TASKS = "2", "40"
"""So few that all of it ends in a few minutes."""
_TEST = ("tests/faults/test_convergence.py", "-k", "test_the_mirror_equals_the_tool")


def measure(stage: Stage, *, databases: Sequence[str] = tuple(DATABASES)) -> Iterator[Figure]:
    """Each database in a pytest of its own. What it says of a seed that is not equal is printed."""
    sizes = {"LUNA_SEEDS": os.environ.get("LUNA_SEEDS", SEEDS), "LUNA_TASKS": os.environ.get("LUNA_TASKS", TASKS)}
    for database in databases:
        notes = stage.folder / f"{database}.jsonl"
        environment = os.environ | sizes | {"LUNA_TEST_DB": database, "LUNA_TEST_FIGURES": str(notes)}
        command = [sys.executable, "-m", "pytest", "-q", "--tb=line", "-p", "no:cacheprovider", *_TEST]
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        if done.returncode:
            print(done.stdout[-3000:], done.stderr[-3000:])
        lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
        yield from figures_of(DATABASES[database], [json.loads(line) for line in lines], seeds=int(sizes["LUNA_SEEDS"]))


def figures_of(database: str, notes: Sequence[Mapping[str, Any]], *, seeds: int) -> Iterator[Figure]:
    """Only a seed that was equal and whose last run missed no change leaves a note."""
    yield Figure(f"{database}: tasks in the mirrors", sum(note["tasks"] for note in notes))
    yield Figure(f"{database}: changes at the tools", sum(note["changes"] for note in notes))
    yield Figure(f"{database}: mirrors equal, nothing missed", len(notes), TOOLS * seeds, bound=Bound.EXACTLY)
