"""Fixtures: the world outside Luna, which in tests is the sandbox on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sandbox.control import SandboxControl
from sandbox.server import SandboxServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.moving_clock import MovingClock


@pytest.fixture
def sandbox(tmp_path: Path, clock: MovingClock) -> Iterator[SandboxServer]:
    """Jira and Slack stand-ins with fresh state, on the same clock as Luna."""
    with SandboxServer(data_dir=tmp_path / "sandbox", clock_file=clock.file) as server:
        yield server


@pytest.fixture
def sandbox_control(sandbox: SandboxServer) -> SandboxControl:
    """What a test does to the outside world: faults, new tasks, the ledger."""
    return SandboxControl(sandbox.url)
