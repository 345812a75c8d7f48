"""Whatever happens at the tool and on the way: after one poll and one census the mirror equals the source.

`LUNA_SEEDS=30 LUNA_TASKS=1000` tries as many seeds with as many tasks; without them one seed with few.
`LUNA_TEST_FIGURES=file` notes what each seed took, a line of JSON each.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from time import process_time
from typing import TYPE_CHECKING

import pytest
from django.db import connection as database

from integrations.models import SyncRun, Task
from tests.factories import make_launch, make_milestone
from tests.faults.convergence_asana import Asana
from tests.faults.convergence_clickup import ClickUp
from tests.faults.convergence_jira import JiraCloud, JiraDataCenter
from tests.faults.convergence_truth import Truth
from tests.faults.convergence_world import World
from tests.integrations.world import link

if TYPE_CHECKING:
    from django.conf import LazySettings

    from people.models import User
    from sandbox.control import SandboxControl
    from sandbox.server import SandboxServer
    from tests.faults.convergence_tool import Tool
    from tests.moving_clock import MovingClock

FIRST_SEED = int(os.environ.get("LUNA_TEST_FIRST_SEED", "0"))
SEEDS = range(FIRST_SEED, FIRST_SEED + int(os.environ.get("LUNA_SEEDS", "1")))
TASKS = int(os.environ.get("LUNA_TASKS", "60"))
STEPS = 30
PAGE = max(7, TASKS // 10)
ZONES = ("America/Los_Angeles", "Asia/Kathmandu", "Pacific/Tongatapu", "Europe/Lisbon")


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", [JiraCloud, JiraDataCenter, Asana, ClickUp])
def test_the_mirror_equals_the_tool(
    kind: type[Tool],
    seed: int,
    ada: User,
    ana: User,
    sandbox: SandboxServer,
    sandbox_control: SandboxControl,
    clock: MovingClock,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    began, dice = process_time(), random.Random(f"{kind.face} {seed}")
    tool = kind(sandbox, sandbox_control, dice)
    sandbox_control.set_rate(tool.face, per_second=100_000, burst=100_000)
    sandbox_control.add_fault(tool.face, "account_zone", key=dice.choice(ZONES))
    tool.prepare(settings)
    tool.set_page(monkeypatch, PAGE)
    tool.fill(TASKS)
    connection, launch = tool.connect(ada), make_launch(ana, key="BOOK")
    sources = [link(make_milestone(launch, text), connection, text, way) for text, way in tool.queries.items()]
    world = World(tool, connection, Truth(tool, sources), clock, monkeypatch, dice, PAGE)

    world.live(STEPS)
    missed = world.come_to_rest()
    world.truth.check_equality(f"{tool.face} {seed}")
    assert missed == 0
    _note(tool.face, seed, world, process_time() - began)


def _note(face: str, seed: int, world: World, seconds: float) -> None:
    if "LUNA_TEST_FIGURES" in os.environ:
        figures = {
            "tool": face, "database": database.vendor, "seed": seed, "tasks": Task.objects.count(),
            "changes": world.changes, "calls": world.told,
            "broken": world.broken, "runs": SyncRun.objects.count(), "seconds": round(seconds, 1),
        }  # fmt: skip
        with Path(os.environ["LUNA_TEST_FIGURES"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(figures) + "\n")
