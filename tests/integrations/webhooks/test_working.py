"""What calls named is looked at: together, in any order, within a budget."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from integrations.actions.connections import disconnect, sync_now
from integrations.domain.types import ConnectionState, RemovedWhy, RunTrigger, TaskState
from integrations.models import Connection, InboundEvent, SourceTask, SyncRun, Task
from integrations.sources.jira import source as jira_source
from integrations.sync import fetching
from integrations.webhooks import working
from integrations.webhooks.receiving import end_of_batch
from luna.clock import now
from luna.lib.work import claim, drain, queues, run_row
from milestones.models import Milestone
from people.models import User
from sandbox.control import SandboxControl
from tests.integrations.webhooks.signed import deliver, jira_call, listen
from tests.integrations.world import sync
from tests.moving_clock import MovingClock

Later = Callable[[], int]
SEEDS = range(int(os.environ.get("LUNA_SEEDS", "3")))


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids that were asked for by id, once for each time; the asking itself goes on as it is."""
    asked: list[str] = []
    real = fetching.fetch_tasks

    def counted(connection: Connection, ids: list[str]) -> object:
        asked.extend(ids)
        return real(connection, ids)

    monkeypatch.setattr(fetching, "fetch_tasks", counted)
    return asked


def _waiting() -> int:
    return InboundEvent.objects.filter(worked_at__isnull=True).count()


def test_a_call_brings_the_task_as_it_is_now(
    door: Client, read: Connection, sandbox_control: SandboxControl, half_a_minute: Later, milestone: Milestone
) -> None:
    webhook = listen(read)
    task = Task.objects.filter(state=TaskState.TO_DO)[0]
    sandbox_control.edit_issue(task.key, status="Done")
    deliver(door, webhook, jira_call(task.external_id))
    assert drain("calls") == 0
    task.refresh_from_db()
    assert task.state == TaskState.TO_DO, "the call itself says nothing of the task"
    half_a_minute()
    task.refresh_from_db()
    milestone.refresh_from_db()
    assert (task.state, milestone.tasks_done, _waiting()) == (TaskState.DONE, 14, 0)
    assert not SyncRun.objects.filter(trigger=RunTrigger.WEBHOOK).exists()


def test_a_task_that_was_deleted_counts_no_more(
    door: Client, read: Connection, sandbox_control: SandboxControl, half_a_minute: Later, milestone: Milestone
) -> None:
    webhook = listen(read)
    task = Task.objects.latest("pk")
    sandbox_control.delete_issue(task.key)
    deliver(door, webhook, jira_call(task.external_id, "jira:issue_deleted"))
    half_a_minute()
    task.refresh_from_db()
    milestone.refresh_from_db()
    assert (task.removed_why, milestone.tasks_total) == (RemovedWhy.DELETED, 20)


def test_deletions_that_a_slow_tool_did_not_tell_in_time_are_asked_for_again(
    door: Client,
    read: Connection,
    sandbox_control: SandboxControl,
    half_a_minute: Later,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jira_source, "FETCH_SECONDS", 0.0)
    webhook = listen(read)
    for task in Task.objects.order_by("-pk")[:3]:
        sandbox_control.delete_issue(task.key)
        deliver(door, webhook, jira_call(task.external_id, "jira:issue_deleted", key=task.key))
    half_a_minute()
    assert (Task.objects.filter(removed_why=RemovedWhy.DELETED).count(), _waiting()) == (3, 0)


def test_a_forged_deletion_deletes_nothing(door: Client, read: Connection, half_a_minute: Later) -> None:
    """Even a call that verifies is only a hint: the tool is asked."""
    webhook = listen(read)
    deliver(door, webhook, jira_call(Task.objects.latest("pk").external_id, "jira:issue_deleted"))
    half_a_minute()
    assert SourceTask.objects.count() == 21
    assert not Task.objects.filter(removed_at__isnull=False).exists()


def test_a_new_task_is_found_by_a_run_at_most_once_a_minute(
    door: Client, read: Connection, sandbox_control: SandboxControl, half_a_minute: Later, clock: MovingClock
) -> None:
    webhook = listen(read)
    for place in range(2):
        [key] = sandbox_control.create_issues("CAL", parent="CAL-2", summary=f"New {place}")
        deliver(door, webhook, jira_call(f"99900{place}", "jira:issue_created", key=key))
        half_a_minute()
        drain("sync")
    runs = SyncRun.objects.filter(trigger=RunTrigger.WEBHOOK)
    assert (runs.count(), Task.objects.count(), _waiting()) == (1, 22, 1)
    clock.move(timedelta(seconds=61))
    drain("calls")
    drain("sync")
    assert (runs.count(), Task.objects.count(), _waiting()) == (2, 23, 0)


def test_a_known_task_starts_no_run_and_an_unknown_one_is_not_asked_for(
    door: Client, read: Connection, half_a_minute: Later, fetched: list[str]
) -> None:
    webhook = listen(read)
    known = Task.objects.latest("pk").external_id
    deliver(door, webhook, jira_call(known, "jira:issue_created", key="1"))
    deliver(door, webhook, jira_call("424242", key="2"))
    half_a_minute()
    assert fetched == [known]
    assert not SyncRun.objects.filter(trigger=RunTrigger.WEBHOOK).exists()
    assert _waiting() == 0


def test_a_flood_costs_each_task_three_fetches_at_most(
    door: Client, read: Connection, clock: MovingClock, fetched: list[str]
) -> None:
    """500 calls for 20 tasks within a minute, while workers look every two seconds."""
    webhook = listen(read)
    clock.set(end_of_batch(now()) + timedelta(seconds=1))
    ids = list(Task.objects.values_list("external_id", flat=True)[:20])
    for second in range(60):
        for place in range(9 if second < 20 else 8):
            assert deliver(door, webhook, jira_call(ids[(second * 9 + place) % 20], key=f"{second}-{place}")) == 200
        clock.move(timedelta(seconds=0.9))
        if second % 2:
            drain("calls")
    clock.move(timedelta(seconds=31))
    drain("calls")
    assert InboundEvent.objects.count() == 500
    assert _waiting() == 0
    assert set(fetched) == set(ids)
    assert max(fetched.count(one) for one in ids) <= 3


def test_more_tasks_than_one_look_takes_are_left_to_a_run(
    door: Client,
    read: Connection,
    sandbox_control: SandboxControl,
    half_a_minute: Later,
    fetched: list[str],
    monkeypatch: pytest.MonkeyPatch,
    clock: MovingClock,
    ada: User,
) -> None:
    """Also while another run is open, which may have read them before they changed."""
    monkeypatch.setattr(working, "MOST_FETCHED", 5)
    webhook = listen(read)
    gone, *others = Task.objects.order_by("pk")
    sync_now(connection=read, actor=ada)
    for one in others:
        sandbox_control.edit_issue(one.key, summary="Edited")
        deliver(door, webhook, jira_call(one.external_id, key=one.key))
    sandbox_control.delete_issue(gone.key)
    deliver(door, webhook, jira_call(gone.external_id, "jira:issue_deleted", key=gone.key))
    half_a_minute()
    assert (fetched, _waiting()) == ([gone.external_id], len(others))
    sync(read)
    clock.move(timedelta(seconds=61))
    drain("calls", "sync")
    assert SyncRun.objects.filter(trigger=RunTrigger.WEBHOOK).count() == 1
    assert fetched == [gone.external_id]
    assert _waiting() == 0
    assert Task.objects.filter(title="Edited").count() == len(others)


@pytest.mark.parametrize("seed", SEEDS)
def test_lost_doubled_late_and_disordered_calls_end_where_ordered_ones_do(
    seed: int, door: Client, read: Connection, sandbox_control: SandboxControl, clock: MovingClock, ada: User
) -> None:
    chance = random.Random(seed)
    webhook = listen(read)
    tasks = chance.sample(list(Task.objects.all()), 6)
    calls = []
    for place in range(12):
        task = chance.choice(tasks)
        sandbox_control.edit_issue(task.key, status=chance.choice(["To Do", "In Progress", "Done"]))
        calls.append(jira_call(task.external_id, key=f"{seed}-{place}"))
        clock.move(timedelta(seconds=1))
    last = {task.external_id: call for task in tasks for call in calls if task.external_id in call.body.decode()}
    sent = [*chance.sample(calls, 9), *chance.sample(calls, 3), *last.values()]
    chance.shuffle(sent)
    seen: dict[str, object] = {}
    for call in sent:
        deliver(door, webhook, call)
        clock.move(timedelta(seconds=chance.choice([1, 40, 7200])))
        drain("calls")
        _never_older(seen)
    clock.move(timedelta(seconds=31))
    drain("calls")
    after_calls = _states()
    SourceTask.objects.all().delete()
    Task.objects.all().delete()
    sync_now(connection=read, is_full=True, actor=ada)
    sync(read)
    assert after_calls == _states()
    assert _waiting() == 0


def _states() -> dict[str, tuple[object, ...]]:
    return {
        task.external_id: (task.state, task.status_word, task.remote_updated_at, task.completed_at)
        for task in Task.objects.all()
    }


def _never_older(seen: dict[str, object]) -> None:
    for task in Task.objects.all():
        before = seen.get(task.external_id)
        assert before is None or task.remote_updated_at >= before  # type: ignore[operator]
        seen[task.external_id] = task.remote_updated_at


class TestTrouble:
    """The tool does not answer, the connection is broken, workers collide."""

    def test_a_tool_that_asks_for_patience_is_left_alone_until_then(
        self, door: Client, read: Connection, sandbox_control: SandboxControl, half_a_minute: Later, clock: MovingClock
    ) -> None:
        webhook = listen(read)
        for place, task in enumerate(Task.objects.all()[:3]):
            deliver(door, webhook, jira_call(task.external_id, key=str(place)))
        sandbox_control.add_fault("jira", "status", match="search|bulkfetch", status=429, headers={"Retry-After": "90"})
        half_a_minute()
        read.refresh_from_db()
        assert (read.state, _waiting()) == (ConnectionState.PAUSED, 3)
        assert drain("calls") == 0
        clock.move(timedelta(seconds=95))
        drain("calls")
        assert _waiting() == 0

    def test_a_broken_connection_lets_them_go_and_its_next_poll_reads_on(
        self, door: Client, read: Connection, sandbox_control: SandboxControl, half_a_minute: Later
    ) -> None:
        webhook = listen(read)
        deliver(door, webhook, jira_call(Task.objects.latest("pk").external_id))
        sandbox_control.add_fault("jira", "status", match=".", status=401, times=9)
        half_a_minute()
        read.refresh_from_db()
        assert (read.state, _waiting()) == (ConnectionState.NEEDS_ATTENTION, 0)

    def test_what_waits_for_a_connection_that_was_disconnected_is_let_go(
        self, door: Client, read: Connection, half_a_minute: Later, ada: User, fetched: list[str]
    ) -> None:
        deliver(door, listen(read), jira_call(Task.objects.latest("pk").external_id))
        disconnect(connection=read, actor=ada)
        half_a_minute()
        assert (fetched, _waiting()) == ([], 0)

    def test_a_second_worker_stands_back(
        self, door: Client, read: Connection, clock: MovingClock, fetched: list[str]
    ) -> None:
        webhook = listen(read)
        for place, task in enumerate(Task.objects.all()[:3]):
            deliver(door, webhook, jira_call(task.external_id, key=str(place)))
        clock.move(timedelta(seconds=31))
        first, second = InboundEvent.objects.order_by("pk").values_list("pk", flat=True)[:2]
        held = claim(queues()["calls"], first)
        assert held is not None
        assert run_row(queues()["calls"], second)
        assert fetched == []
        queues()["calls"].handle(held)
        assert (len(fetched), len(set(fetched)), _waiting()) == (3, 3, 0)

    def test_calls_taken_along_by_a_worker_that_died_are_worked_by_the_next(
        self, door: Client, read: Connection, clock: MovingClock, fetched: list[str]
    ) -> None:
        webhook = listen(read)
        for place, task in enumerate(Task.objects.all()[:3]):
            deliver(door, webhook, jira_call(task.external_id, key=str(place)))
        clock.move(timedelta(seconds=31))
        held = claim(queues()["calls"], InboundEvent.objects.order_by("pk").values_list("pk", flat=True)[0])
        assert held is not None
        working._taken_along(held)
        assert drain("calls") == 0
        clock.move(timedelta(seconds=61))
        drain("calls")
        assert (sorted(set(fetched)), _waiting()) == (sorted(fetched), 0)
        assert len(fetched) == 3

    def test_what_fails_again_and_again_is_left_to_the_next_poll(
        self, door: Client, read: Connection, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        tries: list[int] = []

        def fail(_connection: Connection, _ids: list[str]) -> None:
            tries.append(1)
            raise RuntimeError("a fault of Luna’s own")

        monkeypatch.setattr(fetching, "fetch_tasks", fail)
        webhook = listen(read)
        for place, task in enumerate(Task.objects.all()[:5]):
            deliver(door, webhook, jira_call(task.external_id, key=str(place)))
        for _ in range(12):
            clock.move(timedelta(hours=1))
            drain("calls", limit=1)
        assert _waiting() == 0
        assert len(tries) <= 15
