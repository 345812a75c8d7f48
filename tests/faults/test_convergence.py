"""Whatever happens at the tool and on the way: after one census and one run the mirror equals the source.

`LUNA_SEEDS=30` tries as many seeds; without it three.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from integrations.domain.types import RunState, RunTrigger, SourceKind, TaskState
from integrations.models import QuarantinedPayload, SyncRun, Task, TaskSource
from integrations.registry import open_source
from integrations.sources.base import SourceQuery
from integrations.sources.jira import source as jira_source
from integrations.sync import runs
from integrations.sync.runs import start_run
from luna.lib.work import drain
from tests.factories import make_launch, make_milestone
from tests.integrations.world import connect_jira, link, open_to

if TYPE_CHECKING:
    from django.conf import LazySettings

    from integrations.models import Connection
    from people.models import User
    from sandbox.control import SandboxControl
    from sandbox.server import SandboxServer
    from tests.moving_clock import MovingClock

SEEDS = range(int(os.environ.get("LUNA_SEEDS", "3")))
STEPS = 30
SEARCH = "search/jql"
ZONES = ("America/Los_Angeles", "Asia/Kathmandu", "Pacific/Auckland", "Europe/Lisbon")
STATUSES = ("To Do", "In Progress", "Done")
QUERIES = ((SourceKind.EPIC, "CAL-2"), (SourceKind.JQL, "labels = wave"), (SourceKind.JQL, "project = CAL"))


class World:
    """What happens there: one action after the other, each by the dice."""

    def __init__(
        self, dice: random.Random, control: SandboxControl, clock: MovingClock, connection: Connection
    ) -> None:
        self.dice = dice
        self.control = control
        self.clock = clock
        self.connection = connection
        self.hidden: set[str] = set()
        self.keys = control.create_issues("CAL", parent="CAL-2", count=15)
        self.keys += control.create_issues("PAY", labels=["wave"], count=10)
        self.actions: tuple[Callable[[], object], ...] = (
            self.change, self.change, self.add, self.delete, self.move, self.relabel, self.hide, self.spoil,
            self.fail, self.slow_down, self.lag, self.short_pages, self.pass_time, self.read, self.read,
            self.read_in_part, self.compare,
        )  # fmt: skip

    def some(self) -> str:
        """A key that Luna's account sees: what changes while it is hidden is no matter of the account's."""
        return self.dice.choice([key for key in self.keys if key not in self.hidden])

    def change(self) -> None:
        self.control.edit_issue(self.some(), status=self.dice.choice(STATUSES), summary=f"Now {self.dice.random()}")

    def add(self) -> None:
        labels = self.dice.choice([[], ["wave"]])
        self.keys += self.control.create_issues("CAL", parent="CAL-2", count=self.dice.randint(1, 9), labels=labels)

    def delete(self) -> None:
        key = self.some()
        self.control.delete_issue(key)
        self.keys.remove(key)

    def move(self) -> None:
        self.control.edit_issue(self.some(), parent=self.dice.choice(["CAL-1", "CAL-2", "EUD-1"]))

    def relabel(self) -> None:
        self.control.edit_issue(self.some(), labels=self.dice.choice([[], ["wave"]]))

    def hide(self) -> None:
        key = self.some()
        self.hidden.add(key)
        self.control.add_fault("jira", "hidden_issue", key=key)

    def spoil(self) -> None:
        self.control.add_fault("jira", "malformed_issue", key=self.some())

    def fail(self) -> None:
        """On the second or third call from here: in mid-page."""
        kind, status = self.dice.choice([("status", 500), ("status", 503), ("reset_before", 0), ("cut", 0)])
        self.control.add_fault("jira", "delay", match=SEARCH, times=self.dice.randint(1, 3))
        self.control.add_fault("jira", kind, match=SEARCH, status=status, count_bytes=40)

    def slow_down(self) -> None:
        self.control.add_fault("jira", "status", match=SEARCH, status=429, headers={"Retry-After": "9"})

    def lag(self) -> None:
        self.control.add_fault("jira", "index_lag", seconds=self.dice.uniform(5, 120))

    def short_pages(self) -> None:
        self.control.add_fault("jira", "short_pages")

    def pass_time(self) -> None:
        self.clock.move(timedelta(seconds=self.dice.choice([20, 90, 400, 4000])))

    def read(self) -> None:
        start_run(self.connection, RunTrigger.SCHEDULE)
        drain("sync")

    def read_in_part(self) -> None:
        """A worker that stops after a page or two; the run goes on later."""
        start_run(self.connection, RunTrigger.SCHEDULE)
        drain("sync", limit=self.dice.randint(1, 2))

    def compare(self) -> None:
        start_run(self.connection, RunTrigger.CENSUS)
        drain("sync")

    def live(self, steps: int) -> None:
        for _ in range(steps):
            self.dice.choice(self.actions)()

    def come_to_rest(self) -> None:
        """The faults are over, and what is open ends; then one census, and one run."""
        self.control.clear_faults()
        self.clock.move(timedelta(hours=2))
        drain("sync")
        for trigger in (RunTrigger.CENSUS, RunTrigger.SCHEDULE):
            start_run(self.connection, trigger)
            drain("sync")
            assert SyncRun.objects.latest("pk").state == RunState.DONE


Row = tuple[str, str, str, object, object]


def at_the_source(source: TaskSource) -> Iterator[Row]:
    """By a client of its own, from the first page to the last."""
    token: str | None = None
    with closing(open_source(source.connection)) as client:
        while True:
            page = client.page(SourceQuery(source.kind, source.query), updated_since_ms=None, token=token)
            yield from ((one.external_id, one.key, one.title, one.state.value, one.updated_at) for one in page.records)
            token = page.next_token
            if token is None:
                return


def in_the_mirror(source: TaskSource) -> Iterator[Row]:
    rows = Task.objects.filter(links__source=source, removed_at__isnull=True)
    yield from rows.values_list("external_id", "key", "title", "state", "remote_updated_at")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mirror_of_jira_equals_it(
    seed: int,
    ada: User,
    ana: User,
    sandbox: SandboxServer,
    sandbox_control: SandboxControl,
    clock: MovingClock,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dice = random.Random(seed)
    monkeypatch.setattr(jira_source, "PAGE_SIZE", 9)
    monkeypatch.setattr("integrations.sources.jira.cloud.source.IDS_PAGE", 9)
    monkeypatch.setattr(runs, "SLICE_SECONDS", -1.0)
    open_to(sandbox, settings)
    sandbox_control.set_rate("jira", per_second=100_000, burst=100_000)
    connection = connect_jira(sandbox, ada)
    launch = make_launch(ana, key="BOOK")
    sources = [link(make_milestone(launch, query), connection, query, kind) for kind, query in QUERIES]
    sandbox_control.add_fault("jira", "account_zone", key=dice.choice(ZONES))
    world = World(dice, sandbox_control, clock, connection)
    world.live(STEPS)
    world.come_to_rest()
    for source in sources:
        there = sorted(at_the_source(source))
        assert sorted(in_the_mirror(source)) == there, f"seed {seed}, {source.query}"
        source.refresh_from_db()
        source.milestone.refresh_from_db()
        assert source.at_source == len(there)
        assert source.milestone.tasks_total == sum(row[3] != TaskState.CANCELLED for row in there)
        assert source.milestone.tasks_done == sum(row[3] == TaskState.DONE for row in there)
    assert not QuarantinedPayload.objects.exists()
    assert not Task.objects.filter(links__isnull=True, removed_at__isnull=True).exists()
    assert not Task.objects.filter(removed_at__isnull=False, removed_why="").exists()
