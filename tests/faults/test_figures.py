"""The figures of `make faults`, each fault in a small edition."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from benchmarks.faults import broken_transport, convergence, malformed, rate_storm, slow_tools
from benchmarks.faults.figures import Bound, Figure, percentile, row
from benchmarks.faults.machine import Machine
from benchmarks.faults.mutants import mutants
from benchmarks.faults.stage import Stage
from luna.lib.http import Limits

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from django.conf import LazySettings

    from sandbox.control import SandboxControl
    from sandbox.server import SandboxServer
    from tests.moving_clock import MovingClock


@pytest.fixture
def stage(
    tmp_path: Path, sandbox: SandboxServer, sandbox_control: SandboxControl, clock: MovingClock, settings: LazySettings
) -> Stage:
    """As the command has it, on the tests' database."""
    made = Stage(tmp_path, sandbox, sandbox_control, clock, settings)
    made.open_to_sandbox()
    return made


def over(figures: Iterable[Figure], *but: str) -> list[str]:
    """The figures that do not hold, without those that a small edition can't reach."""
    return [row("", figure) for figure in figures if not figure.holds and figure.name not in but]


@pytest.mark.django_db(transaction=True)
def test_a_storm_of_429(stage: Stage) -> None:
    assert not over(rate_storm.measure(stage, stormy=2, healthy=1, waves=1), "posts told to wait a day")


def test_slow_services(stage: Stage) -> None:
    short = Limits(connect_seconds=0.5, read_seconds=0.5, total_seconds=1)
    figures = slow_tools.measure(stage, pause_seconds=0.05, limits=short, grace_seconds=5)
    assert not over(figures, "call to a sound service meanwhile, p95")


def test_broken_transport(stage: Stage) -> None:
    hasty = Limits(connect_seconds=1, read_seconds=0.2, total_seconds=0.2)
    figures = broken_transport.measure(stage, bomb_bytes=20_000_000, services=["Jira", "Asana"], hasty=hasty)
    assert not over(figures)


@pytest.mark.django_db(transaction=True)
def test_malformed_pages(stage: Stage) -> None:
    assert not over(malformed.measure(stage, every=40, tools=malformed.TOOLS[:1]))


@pytest.mark.parametrize(("equal", "holds"), [(8, True), (7, False), (0, False)])
def test_every_mirror_has_to_be_equal(equal: int, holds: bool) -> None:
    notes = [{"tasks": 60, "changes": 110}] * equal
    assert (over(convergence.figures_of("SQLite", notes, seeds=2)) == []) == holds


def test_every_mutant_is_another_body() -> None:
    page = {"next": {"offset": "o1"}, "data": [{"gid": "1", "done": True, "size": 2.5, "by": None}, {}]}
    made = list(mutants(page, "data"))
    bodies = {mutant.name: mutant.edit(page) for mutant in made}
    assert len(bodies) == len(made) > 50, "each has a name of its own"
    assert b'"gid"' not in bodies["dropped at data.0.gid"]
    assert b'"size": 1e400' in bodies["poisoned at data.0.size"]
    assert json.loads(bodies["null at next.offset"]) == page | {"next": {"offset": None}}
    whole = json.dumps(page).encode()
    assert whole not in bodies.values()


@pytest.mark.parametrize(
    ("bound", "holds"),
    [
        (Bound.AT_MOST, [True, True, False]),
        (Bound.AT_LEAST, [False, True, True]),
        (Bound.EXACTLY, [False, True, False]),
    ],
)
def test_a_figure_holds_within_its_bound(bound: Bound, holds: list[bool]) -> None:
    figures = [Figure("posts", value, 2, "s", bound) for value in (1, 2, 3)]
    assert [figure.holds for figure in figures] == holds
    assert [row("F10", figure).startswith("OVER") for figure in figures] == [not one for one in holds]
    assert [Figure.from_json(figure.as_json()) for figure in figures] == figures


def test_a_figure_without_a_limit_tells_how_much_was_tried() -> None:
    figure = Figure("bodies", 1234.5, unit="kB")
    assert figure.holds
    assert row("F15", figure).split() == ["ok", "F15", "bodies", "1,234.50", "kB"]


@pytest.mark.parametrize(("percent", "found"), [(0, 1), (50, 2), (75, 3), (95, 4), (100, 4)])
def test_a_percentile_is_one_of_the_values(percent: float, found: float) -> None:
    assert percentile([3, 1, 4, 2], percent) == found
    assert percentile([], percent) == 0


def test_what_others_took_of_the_machine_is_told_without_our_own_share() -> None:
    now = Machine.now()
    before = Machine(now.at - 100, now.worked - 50, now.ours - 20)
    assert before.since().startswith("other programs took 0.3 of ")
