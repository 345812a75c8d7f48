"""Which run is open, and what it takes in when people ask for more meanwhile."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest

from integrations.actions.connections import sync_now
from integrations.domain.types import RunState, RunTrigger, TaskState
from integrations.models import Connection, SyncRun, Task
from integrations.registry import open_source
from integrations.sources.jira import source as jira_source
from integrations.sync import runs
from integrations.sync.reading import ReadingSlice
from integrations.sync.runs import start_run
from luna.lib import work
from luna.lib.work import MAX_CRASHES, drain
from milestones.models import Milestone
from people.models import User
from tests.integrations.world import link, sync
from tests.moving_clock import MovingClock


def test_reading_everything_again_is_not_lost_on_an_open_run(jira: Connection, milestone: Milestone, ada: User) -> None:
    link(milestone, jira)
    sync(jira)
    run = sync_now(connection=jira, actor=ada)
    SyncRun.objects.filter(pk=run.pk).update(position={"source": 7, "begun": True, "token": "t"})
    again = sync_now(connection=jira, is_full=True, actor=ada)
    assert (again.pk, again.is_full, again.position) == (run.pk, True, {})
    assert sync(jira).read == 21


def test_a_worker_in_the_middle_of_a_run_that_starts_over_writes_no_more(
    jira: Connection, milestone: Milestone, ada: User
) -> None:
    link(milestone, jira)
    run = SyncRun.objects.get()
    held = work.claim(work.queues()["sync"], run.pk)
    assert held is not None
    sync_now(connection=jira, is_full=True, actor=ada)
    run.refresh_from_db()
    assert run.lease_token != held.token
    with pytest.raises(work.LeaseLostError):
        runs.work_slice(held)
    drain("sync")
    run.refresh_from_db()
    assert (run.state, run.read) == (RunState.DONE, 21)


def test_a_worker_whose_run_went_to_another_between_two_pages_writes_none_of_the_next(
    jira: Connection, milestone: Milestone, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jira_source, "PAGE_SIZE", 5)
    link(milestone, jira)
    held = work.claim(work.queues()["sync"], SyncRun.objects.get().pk)
    assert held is not None
    with closing(open_source(jira)) as client, closing(ReadingSlice(held, client, seconds=60)) as slow:
        assert slow.go_on()
        clock.move(work.LEASE)
        other = work.claim(work.queues()["sync"], held.row.pk)
        assert other is not None
        before = Task.objects.count()
        with pytest.raises(work.LeaseLostError):
            slow.go_on()
    assert Task.objects.count() == before < 21


def test_a_source_that_is_linked_while_a_run_ends_is_read_by_the_next(jira: Connection, milestone: Milestone) -> None:
    source = link(milestone, jira)
    SyncRun.objects.update(position={"source": source.pk})  # behind it already
    sync(jira)
    source.refresh_from_db()
    assert source.full_read_at is not None
    assert [run.state for run in SyncRun.objects.all()] == [RunState.DONE, RunState.DONE]


def test_what_a_run_that_went_wrong_had_still_to_count_is_counted(
    jira: Connection, milestone: Milestone, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    link(milestone, jira)
    sync(jira)
    milestone.refresh_from_db()
    done = milestone.tasks_done
    task = Task.objects.filter(state=TaskState.TO_DO).first()
    assert task is not None
    # As a page of an earlier source left it, before what nobody foresaw stops the worker again and again.
    Task.objects.filter(pk=task.pk).update(state=TaskState.DONE)
    run = start_run(jira, RunTrigger.SCHEDULE)
    SyncRun.objects.filter(pk=run.pk).update(position={"source": 0, "touched": [milestone.pk]}, crashes=MAX_CRASHES)
    drain("sync")
    run.refresh_from_db()
    milestone.refresh_from_db()
    assert run.state == RunState.FAILED
    assert milestone.tasks_done == done + 1


@pytest.mark.parametrize(("days", "left"), [(91, 2), (89, 3)])
def test_a_poll_lets_old_runs_go_and_keeps_the_newest(
    days: int, left: int, jira: Connection, milestone: Milestone, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "RUNS_ALWAYS_KEPT", 2)
    link(milestone, jira)
    done = [sync(jira).pk]
    for _ in range(2):
        start_run(jira, RunTrigger.SCHEDULE)
        done.append(sync(jira).pk)
    clock.move(timedelta(days=days))
    drain("poll")
    assert sorted(SyncRun.objects.filter(pk__in=done).values_list("pk", flat=True)) == done[-left:]
