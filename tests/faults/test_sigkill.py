"""The worker is killed at every point around publishing, and started again: exactly one message.

By the sandbox's ledger, on SQLite without Redis and on PostgreSQL with it (LUNA_TEST_DB).
"""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from integrations.destinations.slack.destination import SlackDestination
from luna.lib.work import LEASE
from tests.faults.installation import Installation, wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.control import SandboxControl
    from sandbox.server import SandboxServer
    from tests.moving_clock import MovingClock

POINTS = ["before_claim_save", "before_call", "after_call", "before_save", "after_save"]
ACCEPTED_BEFORE_THE_KILL = {
    "before_claim_save": 0,
    "before_call": 0,
    "after_call": 1,
    "before_save": 1,
    "after_save": 1,
}
STATE = "SELECT state FROM reports_delivery WHERE id = ?"

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def luna(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation.make(tmp_path_factory.mktemp("killed"))


@pytest.fixture
def workers(
    luna: Installation, sandbox: SandboxServer, clock: MovingClock, tmp_path: Path, request: pytest.FixtureRequest
) -> dict[str, str]:
    """What a worker needs to reach this test's sandbox, see its clock, and die once at the test's point."""
    return {
        "LUNA_PRIVATE_HOSTS": urlsplit(sandbox.url).netloc,
        "LUNA_CLOCK_FILE": str(clock.file),
        "LUNA_CRASH_AT": f"delivery.{request.getfixturevalue('point')}@{tmp_path / 'killed'}",
    }


@pytest.mark.parametrize("point", POINTS)
def test_a_killed_worker_leaves_exactly_one_message(
    luna: Installation,
    workers: dict[str, str],
    sandbox: SandboxServer,
    sandbox_control: SandboxControl,
    clock: MovingClock,
    point: str,
) -> None:
    delivery = int(luna.scene("digest", sandbox.url, **workers)["delivery"])
    luna.ring(delivery, **workers)

    first = luna.start_worker(**workers)
    assert first.wait(60) == -signal.SIGKILL
    assert sandbox_control.post_count("launches") == ACCEPTED_BEFORE_THE_KILL[point]

    clock.move(max(LEASE, SlackDestination.look_up_grace) + timedelta(seconds=1))
    luna.ring(delivery, **workers)
    second = luna.start_worker(**workers)
    try:
        wait_until(lambda: luna.value(STATE, delivery) == "done", f"the delivery to be done after {point}")
    finally:
        os.killpg(second.pid, signal.SIGKILL)
        second.wait(30)
    assert sandbox_control.post_count("launches") == 1
