"""F21: calls that come twice, late and in any order. The mirror ends where it would have ended in order.

A thousand changes of forty tasks are told by Jira in a hundred orders: a tenth of the calls twice, a tenth again one
hour to sixty days later, when the tool itself may answer with what it knew before. No poll helps.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from benchmarks.faults.figures import Bound, Figure
from benchmarks.faults.recorded import Calls, RecordedSandbox, recorded
from integrations.models import Connection, SourceTask, Task, Webhook
from integrations.webhooks.receiving import take_call
from luna import clock
from luna.lib.work import drain
from milestones.models import Milestone
from tests.factories import make_launch, make_milestone
from tests.integrations.webhooks.signed import Call, jira_call, listen
from tests.integrations.world import connect_jira, link
from tests.people import person

if TYPE_CHECKING:
    from benchmarks.faults.stage import Stage

ORDERS = 100
CHANGES, TASKS, LOOKS = 1_000, 40, 8
DOUBLED = AGAIN = 0.1
LATEST = timedelta(days=60)
EPIC = "CAL-2"
STATUSES = ("To Do", "In Progress", "Done")
States = dict[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Change:
    """The `number`-th of all: what it makes of a task."""

    number: int
    key: str
    status: str
    summary: str


@dataclass
class Tally:
    """What was seen over all orders."""

    equal: int = 0
    older: int = 0
    """How often a task in the mirror went back to an older version."""
    stale: int = 0
    """Answers that told what was so before."""
    fetches: list[int] = field(default_factory=list)
    calls: int = 0


class Disorder:
    """One connection, whose tool tells of the same changes again and again."""

    def __init__(self, stage: Stage, calls: Calls, keys: Sequence[str], count: int) -> None:
        assert isinstance(stage.sandbox, RecordedSandbox)
        self.stage, self.sandbox, self.calls = stage, stage.sandbox, calls
        self.connection: Connection = connect_jira(stage.sandbox, person("ada"))
        self.milestone: Milestone = make_milestone(make_launch(person("ana")))
        link(self.milestone, self.connection, EPIC)
        drain("sync")
        self.webhook: Webhook = listen(self.connection)
        Webhook.objects.filter(pk=self.webhook.pk).update(due_at=clock.now())
        self.ids = dict(Task.objects.filter(key__in=keys).values_list("key", "external_id"))
        self.seen: dict[str, datetime] = {}
        self.tally = Tally()
        dice = random.Random(count)
        self.changes = [
            Change(number, dice.choice(keys), dice.choice(STATUSES), f"Change {number}") for number in range(count)
        ]

    def told(self, order: random.Random | None) -> States:
        """Let all of it happen and be told, in order or not; what the mirror holds at the end."""
        self.calls.asked.clear()
        for look, numbers in enumerate(self._in_turn() if order is None else self._in_disorder(order)):
            first, behind = (len(self.changes) * at // LOOKS for at in (look, look + 1))
            self.sandbox.edit_issues({one.key: (one.status, one.summary) for one in self.changes[first:behind]})
            self._tell(numbers)
        if order is not None:
            self._tell_again(order)
        self.tally.fetches.append(sum(one.path.endswith("/bulkfetch") for one in self.calls.asked))
        return self._states()

    def _in_turn(self) -> list[list[int]]:
        """Before each look, the calls about what changed since the one before it."""
        return [
            list(range(len(self.changes) * look // LOOKS, len(self.changes) * (look + 1) // LOOKS))
            for look in range(LOOKS)
        ]

    def _in_disorder(self, dice: random.Random) -> list[list[int]]:
        """The same, some twice: each comes before any look after its change, and before each look in any order."""
        numbers = [*range(len(self.changes)), *dice.sample(range(len(self.changes)), int(len(self.changes) * DOUBLED))]
        looks: list[list[int]] = [[] for _ in range(LOOKS)]
        for number in numbers:
            comes = number + dice.expovariate(1 / dice.choice([1, 50, 400]))
            looks[min(LOOKS - 1, int(comes * LOOKS / len(self.changes)))].append(number)
        for some in looks:
            dice.shuffle(some)
        return looks

    def _tell(self, numbers: Sequence[int]) -> None:
        # One commit for all of them: each by itself is what the flood measures.
        with transaction.atomic():
            for number in numbers:
                call = self._call(number)
                assert take_call(self.webhook.path_key, call.body, call.headers)
                self.tally.calls += 1
        self._look(timedelta(seconds=61))

    def _call(self, number: int) -> Call:
        """The same each time that it comes; another one in another order."""
        name = f"{len(self.tally.fetches)}-{number}"
        return jira_call(self.ids[self.changes[number].key], key=name)

    def _tell_again(self, dice: random.Random) -> None:
        """Long after, when some of the tool's answers are old ones."""
        again = dice.sample(range(len(self.changes)), int(len(self.changes) * AGAIN))
        moments = sorted(dice.uniform(3600, LATEST.total_seconds()) for _ in range(LOOKS))
        told = 0.0
        for place, moment in enumerate(moments):
            self.stage.clock.move(timedelta(seconds=int(moment - told)))
            told = moment
            # Calls older than a week are forgotten, so that these are news again.
            drain("webhooks")
            with self.calls.answering_from_the_past(dice):
                self._tell(again[place::LOOKS])

    def _look(self, later: timedelta) -> None:
        self.stage.clock.move(later)
        drain("calls")
        for pk, at in Task.objects.filter(connection=self.connection).values_list("external_id", "remote_updated_at"):
            self.tally.older += at < self.seen.get(pk, at)
            self.seen[pk] = at

    def _states(self) -> States:
        """With what the milestone makes of it."""
        self.milestone.refresh_from_db()
        tasks = SourceTask.objects.filter(source__connection=self.connection).values_list(
            "task__key", "task__state", "task__status_word", "task__title"
        )
        done: States = {"": (self.milestone.tasks_total, self.milestone.tasks_done)}
        return done | {key: tuple(rest) for key, *rest in tasks}


def measure(stage: Stage, *, orders: int = ORDERS, changes: int = CHANGES, tasks: int = TASKS) -> Iterable[Figure]:
    """In order once, then in that many other orders."""
    with recorded(stage) as (outside, calls):
        outside.control.set_rate("jira", per_second=100_000, burst=100_000)
        keys = outside.control.create_issues("CAL", count=tasks, parent=EPIC)
        disorder = Disorder(outside, calls, keys, changes)
        in_order = disorder.told(None)
        tally = disorder.tally
        needed = tally.fetches[0]
        for seed in range(orders):
            tally.equal += disorder.told(random.Random(seed)) == in_order
        tally.stale = calls.from_the_past
        yield from _figures(tally, needed, orders)


def _figures(tally: Tally, needed: int, orders: int) -> Iterator[Figure]:
    yield Figure("calls in all orders together", tally.calls, None, "calls")
    yield Figure("orders that end as in order", tally.equal, orders, "orders", Bound.EXACTLY)
    yield Figure("tasks that went back to an older version", tally.older, 0, "times")
    yield Figure("answers of the tool that were old ones", tally.stale, 1, "answers", Bound.AT_LEAST)
    extra = max(tally.fetches[1:]) - needed
    yield Figure(f"fetches beyond the {needed} in order, at most", extra, None, "fetches")
