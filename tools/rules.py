"""`make rules`: switch each rule of the sync engine off in a copy of Luna, and see that its named tests go red.

Exit 1 when a test stays green without its rule, when it is red with it, or when the lines of a rule are not found.
The table in docs/algorithms/sync.md says the same in words; tests/lib/test_rules.py keeps the two in step.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools.rules_table import RULES, Rule

ROOT = Path(__file__).resolve().parent.parent
_LEFT_OUT = shutil.ignore_patterns(".*", "var", "__pycache__")
LONGEST = 300
"""Seconds for the tests of one rule."""


@dataclass(frozen=True)
class Verdict:
    """What became of a rule's tests; `fault` is empty where they did as they have to."""

    rule: Rule
    fault: str
    seconds: float

    @property
    def line(self) -> str:
        told = self.fault or f"red: {', '.join(test.rpartition('::')[2] for test in self.rule.tests)}"
        return (
            f"{'BAD' if self.fault else 'ok':<4}{self.rule.name}, {self.rule.taken_out}: {told} ({self.seconds:.0f} s)"
        )


def switched_off(rule: Rule, text: str) -> str:
    """The file's text without the rule. Raises ValueError where one of its lines is not there exactly once."""
    for old, new in rule.edits:
        if text.count(old) != 1:
            raise ValueError(f"{rule.path} has {text.count(old)} times, and not once: {old.strip()!r}")
        text = text.replace(old, new)
    return text


def main(names: list[str]) -> int:
    """Try the named rules, or all."""
    rules = [rule for rule in RULES if not names or rule.name in names]
    if unknown := set(names) - {rule.name for rule in RULES}:
        print(f"no such rule: {', '.join(sorted(unknown))}; there are {', '.join({rule.name: 0 for rule in RULES})}")
        return 2
    tests = list(dict.fromkeys(test for rule in rules for test in rule.tests))
    with ThreadPoolExecutor(os.cpu_count() or 1) as lanes:
        as_it_is = lanes.submit(_red_as_it_is, tests)
        bad = 0
        for verdict in lanes.map(_without, rules):
            print(verdict.line, flush=True)
            bad += bool(verdict.fault)
        if red := as_it_is.result():
            print(f"BAD with every rule in place: {', '.join(sorted(red))}")
    print(f"{bad} of {len(rules)} rules without a test that goes red; {len(red)} of {len(tests)} tests red with them")
    return 1 if bad or red else 0


def _red_as_it_is(tests: list[str]) -> set[str]:
    with tempfile.TemporaryDirectory(prefix="luna-rules-") as folder:
        return _red(_copy(Path(folder)), tests)


def _without(rule: Rule) -> Verdict:
    """Each of the rule's tests has to fail; an error on the way there proves nothing."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="luna-rules-") as folder:
        root = _copy(Path(folder))
        path = root / rule.path
        try:
            path.write_text(switched_off(rule, path.read_text(encoding="utf-8")), encoding="utf-8")
            green = [test for test in rule.tests if test not in _red(root, rule.tests)]
            fault = f"stays green without it: {', '.join(green)}" if green else ""
        except (ValueError, subprocess.TimeoutExpired) as error:
            fault = str(error)
    return Verdict(rule, fault, time.perf_counter() - began)


def _copy(folder: Path) -> Path:
    return Path(shutil.copytree(ROOT, folder / "luna", ignore=_LEFT_OUT))


def _red(root: Path, tests: Iterable[str]) -> set[str]:
    """Those of the tests that failed there, by file and name; of one with several cases, one is enough.

    Raises ValueError where they could not be run, as where one of them is not there.
    """
    command = [sys.executable, "-m", "pytest", "-q", "--tb=no", "-rf", "-p", "no:cacheprovider", *tests]
    # What is compiled from a copy that is gone again is kept nowhere.
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "400"}
    done = subprocess.run(
        command, cwd=root, env=environment, check=False, capture_output=True, text=True, timeout=LONGEST
    )
    if done.returncode not in {0, 1}:
        raise ValueError(f"pytest ended with {done.returncode}: {(done.stdout + done.stderr).strip()[-500:]}")
    failed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith("FAILED ")]
    return {test.partition("[")[0] for test in failed}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
