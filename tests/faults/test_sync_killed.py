"""The worker is killed between two pages of a sync and started again: it goes on where it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from luna.lib.work import LEASE
from tests.faults.installation import ROOT, Installation, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.server import SandboxServer
    from tests.moving_clock import MovingClock

LINKED = "SELECT count(*) FROM integrations_sourcetask WHERE source_id = ?"
RUN_STATE = "SELECT state FROM integrations_syncrun ORDER BY ? - id LIMIT 1"
RUN_READ = "SELECT read FROM integrations_syncrun ORDER BY ? - id LIMIT 1"
COUNTED = (
    "SELECT m.tasks_total FROM milestones_milestone m JOIN integrations_tasksource s ON s.milestone_id = m.id "
    "WHERE s.id = ?"
)

pytestmark = pytest.mark.servers


def test_a_killed_sync_goes_on_at_the_page_that_it_reached(
    tmp_path_factory: pytest.TempPathFactory, sandbox: SandboxServer, clock: MovingClock, tmp_path: Path
) -> None:
    luna = Installation.make(tmp_path_factory.mktemp("killed-sync"))
    workers = {"LUNA_PRIVATE_HOSTS": urlsplit(sandbox.url).netloc, "LUNA_CLOCK_FILE": str(clock.file)}
    scene = _scene(luna, sandbox.url, workers)

    first = luna.start_worker(**workers, LUNA_CRASH_AT=f"sync.after_page@{tmp_path / 'killed'}")
    assert first.wait(60) == -signal.SIGKILL
    assert luna.value(LINKED, scene["source"]) == 100, "the first page is committed, and nothing else"

    clock.move(LEASE + timedelta(seconds=1))
    second = luna.start_worker(**workers)
    try:
        wait_until(lambda: luna.value(RUN_STATE, 0) == "done", "the run to be done")
    finally:
        os.killpg(second.pid, signal.SIGKILL)
        second.wait(30)
    assert luna.value(RUN_READ, 0) == scene["tasks"], "no page was read twice"
    assert luna.value(LINKED, scene["source"]) == scene["tasks"]
    assert 0 < luna.value(COUNTED, scene["source"]) <= scene["tasks"]


def _scene(luna: Installation, url: str, extra: dict[str, str]) -> dict[str, int]:
    command = [sys.executable, "-m", "tests.faults.sync_scene", url]
    said = subprocess.run(
        command, cwd=ROOT, env=luna.environment | extra, check=True, capture_output=True, text=True, timeout=120
    )
    return dict(json.loads(said.stdout.splitlines()[-1]))
