"""Workers who count at the same instant, on either database: nothing is lost, and none waits for another for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from integrations.actions.counting import change_rules, choose_unit
from integrations.actions.sources import unlink_source
from integrations.domain.counting import Pick, Rules
from integrations.domain.types import RunTrigger, TaskState
from integrations.models import Connection, SyncRun, Task, TaskSource
from integrations.sync.counting import count_milestone, one_at_a_time
from integrations.sync.fetching import fetch_tasks
from integrations.sync.runs import start_run, work_slice
from integrations.sync.slices import count_touched
from luna import clock
from luna.lib import work
from milestones.domain.types import ProgressUnit
from milestones.models import Milestone
from tests.factories import make_connection, make_launch, make_milestone
from tests.integrations.counted import count, put, read_source
from tests.integrations.waiting import Worker, until_waiting
from tests.integrations.world import link, sync
from tests.people import person

pytestmark = pytest.mark.django_db(transaction=True)
NOTHING = Rules(kind=Pick(names=("No such type",)))


@pytest.mark.parametrize("by_run", [True, False])
def test_what_another_worker_has_not_yet_committed_is_counted_afterwards(by_run: bool) -> None:
    milestone: Milestone = make_milestone(make_launch(person("ana"), key="BOOK"))
    source = read_source(milestone, make_connection())
    for key in ("T-1", "T-2"):
        put(source, key)
    count(milestone)

    def bring(key: str) -> None:
        with transaction.atomic():
            Task.objects.filter(key=key).update(state=TaskState.DONE)
            if by_run:
                count_milestone(milestone.pk, synced_at=clock.now())
            else:
                count_touched([milestone.pk])

    other = Worker(lambda: bring("T-2"))
    with transaction.atomic():
        bring("T-1")
        other.start()
        until_waiting(other)
    other.join(timeout=60)

    milestone.refresh_from_db()
    assert (milestone.tasks_done, milestone.tasks_total) == (2, 2)


def _call(source: TaskSource) -> None:
    fetch_tasks(source.connection, [Task.objects.earliest("pk").external_id])


def _run(trigger: RunTrigger) -> Callable[[TaskSource], None]:
    def read(source: TaskSource) -> None:
        run = start_run(source.connection, trigger, is_full=trigger is RunTrigger.PERSON)
        claim = work.claim(work.queues()["sync"], run.pk)
        assert claim is not None
        work_slice(claim)

    return read


def _unit(source: TaskSource) -> None:
    milestone = source.milestone
    unit = ProgressUnit.POINTS
    choose_unit(milestone=milestone, version=milestone.version, unit=unit, actor=milestone.launch.owner)


def _rules(source: TaskSource) -> None:
    change_rules(source=source, rules=Rules(with_subtasks=False), actor=source.milestone.launch.owner)


def _unlink(source: TaskSource) -> None:
    unlink_source(source=source, actor=source.milestone.launch.owner)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (_call, _run(RunTrigger.CENSUS)),
        (_call, _run(RunTrigger.PERSON)),
        (_run(RunTrigger.PERSON), _call),
        (_call, _unit),
        (_call, _rules),
        (_call, _unlink),
    ],
    ids=["call, census", "call, full read", "full read, call", "call, unit", "call, rules", "call, unlink"],
)
def test_none_waits_for_another_who_waits_for_it(
    first: Callable[[TaskSource], None],
    second: Callable[[TaskSource], None],
    jira: Connection,
    milestone: Milestone,
) -> None:
    source = link(milestone, jira)
    sync(jira)
    source.refresh_from_db()
    # Each count now writes every link, and the call finds its task changed.
    TaskSource.objects.filter(pk=source.pk).update(counting=NOTHING.as_json())
    Task.objects.filter(pk=Task.objects.earliest("pk").pk).update(title="As it was called before")
    workers = [Worker(lambda: first(source)), Worker(lambda: second(source))]
    with transaction.atomic():
        one_at_a_time([milestone.pk])
        for begun, worker in enumerate(workers, start=1):
            worker.start()
            until_waiting(*workers[:begun])
    for worker in workers:
        worker.join(timeout=60)
    assert [worker.error for worker in workers] == [None, None]
    assert not SyncRun.objects.exclude(state="done").exists()
