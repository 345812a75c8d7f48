"""What happens at a task tool and on the way to it: one thing after the other, by the dice, and after each the truth.

The same for all tools; what they do in their own ways stands in their `Tool`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.test import Client

from integrations.domain.types import ConnectionState, RunState, RunTrigger, WebhookState
from integrations.models import InboundEvent, SyncRun
from integrations.sync import runs
from integrations.sync.runs import start_run
from luna.lib.work import drain
from tests.faults.convergence_tool import Happened
from tests.integrations.webhooks.signed import deliver, listen

if TYPE_CHECKING:
    import random

    import pytest

    from integrations.models import Connection
    from tests.faults.convergence_tool import Tool
    from tests.faults.convergence_truth import Truth
    from tests.integrations.webhooks.signed import Call
    from tests.moving_clock import MovingClock

LOST, LATE, TWICE = 0.3, 0.2, 0.2
"""How often a call never comes, comes with a later one, and comes once more."""
MOST_CALLS = 20
"""Of a change of many tasks, so many are told."""
FAILURES = (("status", 500), ("status", 503), ("reset_before", 0), ("cut", 0))


STAYS = {"account_zone", "short_pages", "hidden_issue"}
"""What no tool gives up in the end, either."""


class World:
    """`size` is a page's: so many tasks change at once in a storm, and more."""

    def __init__(
        self,
        tool: Tool,
        connection: Connection,
        truth: Truth,
        clock: MovingClock,
        patch: pytest.MonkeyPatch,
        dice: random.Random,
        size: int,
    ) -> None:
        self.tool = tool
        self.connection = connection
        self.truth = truth
        self.clock = clock
        self.dice = dice
        self.size = size
        self._patch = patch
        self._door = Client(enforce_csrf_checks=True)
        self._webhook = listen(connection, state=WebhookState.ON)
        self._calls: list[Call] = []
        self._standing: dict[str, int] = {}
        self._recent: list[str] = []
        self.told = self.broken = 0
        self.changes = 0

    @property
    def _actions(self) -> tuple[Callable[[], object], ...]:
        here: tuple[Callable[[], object], ...] = (
            self.change, self.change, self.storm, self.add, self.delete, self.move, self.move, self.hide,
            self.show, self.spoil, self.fail, self.slow_down, self.sign_out, self.loop, self.short_pages,
            self.pass_time, self.pass_time, self.pass_time, self.read, self.read, self.read, self.read_in_part,
            self.read_while_it_changes, self.read_while_it_changes, self.compare, self.call, self.call,
        )  # fmt: skip
        return (*here, self.lag, self.know_the_minute_alone) if self.tool.has_index else here

    def live(self, steps: int) -> None:
        """That many things, and after each of them nothing is missed."""
        for _ in range(steps):
            action = self.dice.choice(self._actions)
            action()
            self.truth.check(action.__name__)
            self._standing = {kind: left - 1 for kind, left in self._standing.items()}
            for kind in [kind for kind, left in self._standing.items() if left <= 0]:
                self._lift(kind)

    def _stand(self, kind: str, **more: Any) -> None:
        """A fault that holds for a few steps."""
        self._standing[kind] = self.dice.randint(2, 5)
        self.tool.fault(kind, **more)

    def _lift(self, kind: str) -> None:
        self._standing.pop(kind, None)
        self.tool.control.lift_faults(kind)

    def come_to_rest(self) -> int:
        """The faults are over, and what is open ends: then a few changes, one poll, and one comparison.

        How many tasks were missed by the poll, of those that it could find.
        """
        for kind in {one["kind"] for one in self.tool.control.faults()} - STAYS:
            self._lift(kind)
        self.tool.rest()
        for _ in range(3):
            self.clock.move(timedelta(hours=2))
            drain("sync", "calls")
        assert not SyncRun.objects.filter(state__in=runs.OPEN).exists()
        # A comparison that was open may have brought all before these: they are for the poll alone to find.
        self.change(2 * self.size)
        self._calls.clear()
        self._run(RunTrigger.SCHEDULE)
        missed = self.truth.check("the last poll")
        self._run(RunTrigger.CENSUS)
        self.connection.refresh_from_db()
        assert self.connection.state == ConnectionState.OK
        assert not InboundEvent.objects.filter(worked_at__isnull=True).exists()
        return missed

    def _run(self, trigger: RunTrigger) -> None:
        run = start_run(self.connection, trigger)
        drain("sync")
        run.refresh_from_db()
        assert (run.state, run.error_sentence) == (RunState.DONE, "")

    def happened(self, what: Happened, ids: list[str]) -> None:
        """Let the tool call, sooner or later."""
        self.truth.note()
        self.changes += len(ids)
        self._recent = (self._recent + ids)[-4 * self.size :]
        for one in ids[:MOST_CALLS]:
            self.told += 1
            self._calls.append(self.tool.call(one, what, self.told))

    def change(self, count: int = 1) -> None:
        """Of a few tasks the titles and states."""
        ids = self.tool.some(count)
        for one in ids:
            self.tool.edit(one)
        self.happened(Happened.CHANGED, ids)

    def storm(self) -> None:
        """More change than a few pages take."""
        self.change(self.size * self.dice.randint(2, 4))

    def change_alone(self) -> list[str]:
        """Of all tasks that one source finds, and no other one does, each later than the one before."""
        there = self.tool.outlines()
        alone = [one for one in self.tool.ids if len(there[one].places) == 1 and not there[one].is_quiet]
        [(places, _)] = Counter(there[one].places for one in alone).most_common(1)
        ids = [one for one in alone if there[one].places == places]
        for one in ids:
            self.tool.edit(one)
        return ids

    def add(self) -> None:
        """New tasks."""
        self.happened(Happened.CREATED, list(self.tool.add(self.dice.randint(1, self.size))))

    def delete(self) -> None:
        """One is gone for good, as likely as not one that changed just now."""
        ids = self.tool.some(among=self._recent if self.dice.random() < 0.5 else None)
        for one in ids:
            self.tool.delete(one)
        self.happened(Happened.DELETED, ids)

    def move(self) -> None:
        """A few go where other queries find them, or none."""
        ids = self.tool.some(3)
        for one in ids:
            self.tool.move(one)
        self.happened(Happened.CHANGED, ids)

    def hide(self) -> None:
        """Access is lost, of which no tool tells."""
        self.tool.hide()

    def show(self) -> None:
        """Access is back."""
        self.tool.show_all()

    def spoil(self) -> None:
        """A payload that nobody can read."""
        for one in self.tool.some():
            self._stand("malformed_issue", key=self.tool.fault_key(one))

    def fail(self) -> None:
        """In mid-page: on the second, third or fourth read from here."""
        kind, status = self.dice.choice(FAILURES)
        self.tool.fault("delay", match=self.tool.read_call, times=self.dice.randint(1, 3))
        self.tool.fault(kind, match=self.tool.read_call, status=status, count_bytes=40)

    def slow_down(self) -> None:
        """Too many calls, says the tool."""
        self.tool.fault("status", match=self.tool.read_call, status=429, headers={"Retry-After": "9"})

    def sign_out(self) -> None:
        """The token has expired, until it is renewed."""
        self._stand("status", match=".", status=401, times=1_000_000, body=self.tool.signed_out)

    def loop(self) -> None:
        """A page's token leads to the page itself."""
        self._stand("token_loop")

    def short_pages(self) -> None:
        """Shorter than they were asked for."""
        self.tool.shorten_pages()

    def lag(self) -> None:
        """The index shows late what changed."""
        seconds = self.dice.uniform(5, 120)
        self.truth.lag_seconds = max(self.truth.lag_seconds, seconds)
        self._stand("index_lag", seconds=seconds)

    def know_the_minute_alone(self) -> None:
        """The index keeps no seconds."""
        self._stand("minute_steps")

    def pass_time(self) -> None:
        """From less than a lag to more than an offset's life."""
        self.clock.move(timedelta(seconds=self.dice.choice([20, 90, 400, 4000])))

    def read(self) -> None:
        """A poll, as far as it comes."""
        start_run(self.connection, RunTrigger.SCHEDULE)
        drain("sync")
        self.connection.refresh_from_db()
        self.broken += self.connection.state == ConnectionState.NEEDS_ATTENTION

    def read_in_part(self) -> None:
        """A worker that stops after a page or two; the run goes on later."""
        start_run(self.connection, RunTrigger.SCHEDULE)
        self._pages(self.dice.randint(1, 2))

    def _pages(self, count: int) -> None:
        """So many steps of what is due."""
        with self._patch.context() as patch:
            patch.setattr(runs, "SLICE_SECONDS", -1.0)
            drain("sync", limit=count)

    def read_while_it_changes(self) -> None:
        """Between its pages tasks change, move, vanish and come."""
        if self.dice.random() < 0.5:
            self.storm()
        start_run(self.connection, self.dice.choice([RunTrigger.SCHEDULE, RunTrigger.SCHEDULE, RunTrigger.CENSUS]))
        for _ in range(self.dice.randint(2, 8)):
            self._pages(1)
            self.dice.choice([self.change, self.delete, self.delete, self.move, self.add])()
        drain("sync")

    def compare(self) -> None:
        """A census, unless another run is open."""
        run = start_run(self.connection, RunTrigger.CENSUS)
        is_new, known = run.started_at is None, self.truth.unseen()
        drain("sync")
        run.refresh_from_db()
        if run.is_census and is_new and (run.state, run.error_sentence) == (RunState.DONE, ""):
            self.truth.was_compared(known)

    def call(self) -> None:
        """The tool's calls come in: some are lost, some come late, some twice, and in no order."""
        waiting, self._calls = self._calls, []
        sent = []
        for one in waiting:
            fate = self.dice.random()
            if fate >= LOST + LATE:
                sent += [one, one] if self.dice.random() < TWICE else [one]
            elif fate >= LOST:
                self._calls.append(one)
        self.dice.shuffle(sent)
        for one in sent:
            assert deliver(self._door, self._webhook, one) == 200
        self.clock.move(timedelta(seconds=31))
        drain("calls")
