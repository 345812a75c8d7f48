"""The measurements in their order."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from django.core.management import call_command
from django.urls import reverse

from benchmarks.company import make_company
from benchmarks.deck import deck_line
from benchmarks.on_postgres import run_module, run_on_postgres
from benchmarks.pages import STATEMENTS_AT_MOST, page_ratios, statements
from benchmarks.startup import startup_ratios
from benchmarks.sync import TOOLS, sync_ratio

LAUNCHES, MILESTONES = 200, 20
MINUTES = 8


def run_all(folder: Path) -> bool:
    """Whether every ratio and count is within its limit."""
    began = time.monotonic()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    user = make_company(LAUNCHES, MILESTONES)
    print(f"{LAUNCHES} launches × {MILESTONES} milestones, SQLite, this machine; medians of interleaved rounds\n")
    fine = True
    for ratio in page_ratios(user):
        print(ratio, flush=True)
        fine = fine and ratio.holds
    taken = statements(user, reverse("reports:portfolio"))
    fine = fine and taken <= STATEMENTS_AT_MOST
    _print((taken <= STATEMENTS_AT_MOST, f"portfolio takes {taken} statements (limit {STATEMENTS_AT_MOST})"))
    for tool in TOOLS:
        synced = sync_ratio(user, folder, tool)
        print(synced, flush=True)
        fine = fine and synced.holds
    fine = run_on_postgres() and fine
    for module in ("suggestions", "latency", "downstream"):
        fine = run_module(module) and fine
    fine = subprocess.run([sys.executable, "-m", "benchmarks.forecast"], check=False).returncode == 0 and fine
    fine = _print(deck_line()) and fine
    started = sum(not _print(line) for line in startup_ratios(folder)) == 0
    minutes = (time.monotonic() - began) / 60
    return _print((minutes <= MINUTES, f"all of it took {minutes:.1f} minutes (limit {MINUTES})")) and fine and started


def _print(line: tuple[bool, str]) -> bool:
    holds, words = line
    print(f"{'ok  ' if holds else 'OVER'}  {words}", flush=True)
    return holds
