"""The figures of `make faults` on tokens and on what tools call Luna with, each in a small edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.faults import disorder, expiring_tokens, forged_hooks
from benchmarks.faults.figures import Figure, row
from benchmarks.faults.signed_in import SERVICES
from benchmarks.faults.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from django.conf import LazySettings

    from sandbox.control import SandboxControl
    from sandbox.server import SandboxServer
    from tests.moving_clock import MovingClock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(
    tmp_path: Path, sandbox: SandboxServer, sandbox_control: SandboxControl, clock: MovingClock, settings: LazySettings
) -> Stage:
    """As the command has it, on the tests' database."""
    return Stage(tmp_path, sandbox, sandbox_control, clock, settings)


def over(figures: Iterable[Figure]) -> list[str]:
    """The figures that do not hold."""
    return [row("", figure) for figure in figures if not figure.holds]


@pytest.mark.parametrize("name", ["Jira Cloud, consent", "Slack, bot token"])
def test_a_token_that_ends(stage: Stage, name: str) -> None:
    services = [service for service in SERVICES if service.name == name]
    assert not over(expiring_tokens.measure(stage, services=services, hours=1))


def test_forged_calls(stage: Stage) -> None:
    assert not over(forged_hooks.measure(stage))


def test_calls_in_disorder(stage: Stage) -> None:
    assert not over(disorder.measure(stage, orders=1, changes=80, tasks=8))
