"""Whatever happens at the tool and on the way: after one poll and one census the mirror equals the source.

`LUNA_SEEDS=30 LUNA_TASKS=1000` tries as many seeds with as many tasks; without them one seed with few, and half of the
tools on each database: what is written is written by the same statements whatever tool it came from.
`LUNA_TEST_FIGURES=file` notes what each seed took, a line of JSON each.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable
from datetime import timedelta
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
TASKS = int(os.environ.get("LUNA_TASKS", "40"))
STEPS = 30
ON_POSTGRES, ON_SQLITE = (JiraCloud, ClickUp), (JiraDataCenter, Asana)
QUICK = ON_POSTGRES if database.vendor == "postgresql" else ON_SQLITE
KINDS = (*ON_POSTGRES, *ON_SQLITE) if "LUNA_SEEDS" in os.environ else QUICK
ZONES = ("America/Los_Angeles", "Asia/Kathmandu", "Pacific/Tongatapu", "Europe/Lisbon")


Begin = Callable[[type["Tool"], int, int, int], World]


@pytest.fixture
def begin(
    ada: User,
    ana: User,
    sandbox: SandboxServer,
    sandbox_control: SandboxControl,
    clock: MovingClock,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> Begin:
    """Makes the world of a kind of tool and a seed, with so many tasks in pages of that size."""

    def made(kind: type[Tool], seed: int, tasks: int, page: int) -> World:
        dice = random.Random(f"{kind.face} {seed}")
        tool = kind(sandbox, sandbox_control, dice)
        sandbox_control.set_rate(tool.face, per_second=100_000, burst=100_000)
        sandbox_control.add_fault(tool.face, "account_zone", key=dice.choice(ZONES))
        tool.prepare(settings)
        tool.set_page(monkeypatch, page)
        tool.fill(tasks)
        connection, launch = tool.connect(ada), make_launch(ana, key="BOOK")
        sources = [link(make_milestone(launch, text), connection, text, way) for text, way in tool.queries.items()]
        return World(tool, connection, Truth(tool, sources), clock, monkeypatch, dice, page)

    return made


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_mirror_equals_the_tool(kind: type[Tool], seed: int, begin: Begin) -> None:
    began = process_time()
    world = begin(kind, seed, TASKS, max(7, TASKS // 10))
    world.live(STEPS)
    missed = world.come_to_rest()
    world.truth.check_equality(f"{kind.face} {seed}")
    assert missed == 0
    _note(kind.face, seed, world, process_time() - began)


@pytest.mark.parametrize("kind", [JiraCloud, JiraDataCenter, ClickUp])
def test_what_is_deleted_between_two_pages_takes_no_other_change_along(kind: type[Tool], begin: Begin) -> None:
    """Pages that go by number move up, and a change slips over the edge of one that was read already.

    Asana’s pages do not, and it tells of all changes before its first one.
    """
    world = begin(kind, 0, 60, 4)
    world.read()
    world.clock.move(timedelta(hours=1))
    changed = world.change_alone()
    world.clock.move(timedelta(hours=1))
    read: list[str] = []
    while len(read) < 6:
        world.read_in_part()
        read = world.truth.read_of(changed)
    assert len(read) < len(changed)
    for one in read[:2]:
        world.tool.delete(one)
    world.read()
    assert world.truth.check("the run") == 0


def _note(face: str, seed: int, world: World, seconds: float) -> None:
    if "LUNA_TEST_FIGURES" in os.environ:
        figures = {
            "tool": face, "database": database.vendor, "seed": seed, "tasks": Task.objects.count(),
            "changes": world.changes, "calls": world.told,
            "broken": world.broken, "runs": SyncRun.objects.count(), "seconds": round(seconds, 1),
        }  # fmt: skip
        with Path(os.environ["LUNA_TEST_FIGURES"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(figures) + "\n")
