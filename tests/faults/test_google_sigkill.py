"""The worker is killed at every point around making and filling a document or a deck, and started again: exactly one.

By the sandbox's ledger; documents on SQLite without Redis, decks on PostgreSQL with it (LUNA_TEST_DB).
"""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from integrations.destinations.google.destination import GoogleDestination
from luna.lib.work import LEASE
from tests.faults.installation import Installation, wait_until
from tests.google import GoogleSandbox, counted

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.control import SandboxControl
    from sandbox.server import SandboxServer
    from tests.moving_clock import MovingClock

DONE_BEFORE_THE_KILL = {
    "before_claim_save": (0, 0),
    "before_call": (0, 0),
    "after_call": (1, 0),
    "before_fill": (1, 0),
    "before_save": (1, 1),
    "after_save": (1, 1),
}
"""How many were made and filled when the worker died there. Nothing happens between the saved creation and the filling,
nor between the filling and its save."""
# Documents on one database and decks on the other: each case starts two workers, and what differs between the databases
# is walked for Slack on both. A running document is made and filled by the same code as a new one: here where its own
# look-ups count.
KIND, RUNNING_AT = (
    ("deck", "after_call") if os.environ.get("LUNA_TEST_DB") == "postgres" else ("document", "before_save")
)
CASES = [*product([KIND], DONE_BEFORE_THE_KILL), ("running_doc", RUNNING_AT)]
STATE = "SELECT state FROM reports_delivery WHERE id = ?"

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def luna(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation.make(tmp_path_factory.mktemp("killed_google"))


@pytest.fixture
def workers(
    luna: Installation, sandbox: SandboxServer, clock: MovingClock, tmp_path: Path, request: pytest.FixtureRequest
) -> dict[str, str]:
    """What a worker needs to reach this test's sandbox, see its clock, and die once at the test's point."""
    return {
        "LUNA_PRIVATE_HOSTS": urlsplit(sandbox.url).netloc,
        "LUNA_GOOGLE_URL": f"{sandbox.url}/google",
        "LUNA_CLOCK_FILE": str(clock.file),
        "LUNA_CRASH_AT": f"delivery.{request.getfixturevalue('point')}@{tmp_path / 'killed'}",
    }


@pytest.mark.parametrize(("kind", "point"), CASES)
def test_a_killed_worker_leaves_exactly_one_file_filled_once(
    luna: Installation,
    workers: dict[str, str],
    sandbox: SandboxServer,
    sandbox_control: SandboxControl,
    clock: MovingClock,
    point: str,
    kind: str,
) -> None:
    delivery = int(luna.scene(kind, sandbox.url, **workers)["delivery"])
    luna.ring(delivery, **workers)

    first = luna.start_worker(**workers)
    assert first.wait(60) == -signal.SIGKILL
    assert tuple(counted(sandbox_control).values()) == DONE_BEFORE_THE_KILL[point]

    clock.move(max(LEASE, GoogleDestination.look_up_grace) + timedelta(seconds=1))
    luna.ring(delivery, **workers)
    second = luna.start_worker(**workers)
    try:
        wait_until(lambda: luna.value(STATE, delivery) == "done", f"the delivery to be done after {point}")
    finally:
        os.killpg(second.pid, signal.SIGKILL)
        second.wait(30)
    assert counted(sandbox_control) == {"create": 1, "batchUpdate": 1}
    [file] = GoogleSandbox(sandbox.url).files()
    assert "Beta" in file["text"]
