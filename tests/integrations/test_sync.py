"""Sync against the sandbox's Jira: what it reads, how it resumes, and what it does when things go wrong."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from integrations.account import AccountInfo
from integrations.actions.connections import edit_connection, sync_now
from integrations.actions.sources import unlink_source
from integrations.domain.types import ConnectionState, RunState, SourceKind, TaskState
from integrations.models import Connection, QuarantinedPayload, SourceTask, SyncRun, Task, TaskSource
from integrations.sources.jira import source as jira_source
from integrations.sources.jira.resolutions import OPTION
from integrations.sync import runs
from launches.models import Notice
from luna.lib.work import drain, queues, run_row
from milestones.models import Milestone, WorkDay
from people.models import User
from sandbox.control import SandboxControl
from tests.integrations.world import link, sync
from tests.moving_clock import MovingClock

SEARCH = "search/jql"


def test_the_first_read_brings_tasks_counts_and_work_days(jira: Connection, milestone: Milestone) -> None:
    source = link(milestone, jira)
    run = sync(jira)
    source.refresh_from_db()
    milestone.refresh_from_db()
    assert (run.state, run.read, run.expected) == (RunState.DONE, 21, 21)
    assert (milestone.sources_linked, milestone.tasks_total, milestone.tasks_done) == (1, 21, 13)
    assert milestone.tasks_synced_at == source.synced_at
    assert source.cursor_ms is not None
    assert source.full_read_at is not None
    days = WorkDay.objects.filter(milestone=milestone)
    assert sum(day.arrived for day in days) == 21
    assert sum(day.completed for day in days) == 13
    assert days.latest("day").scope == 21
    jira.refresh_from_db()
    assert jira.last_synced_at is not None


def test_paging_reads_every_task_once(jira: Connection, milestone: Milestone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jira_source, "PAGE_SIZE", 7)
    link(milestone, jira, "project = CAL", SourceKind.JQL)
    run = sync(jira)
    assert run.read == run.expected == Task.objects.count() == SourceTask.objects.count()
    assert run.requests == 2 + -(-run.read // 7)


def test_a_second_run_reads_only_what_changed(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock, ada: User
) -> None:
    link(milestone, jira)
    sync(jira)
    clock.move(timedelta(hours=2))
    changed = Task.objects.filter(state=TaskState.TO_DO).first()
    assert changed is not None
    sandbox_control.edit_issue(changed.key, status="Done")
    sync_now(connection=jira, actor=ada)
    run = sync(jira)
    milestone.refresh_from_db()
    changed.refresh_from_db()
    assert changed.state == TaskState.DONE
    assert milestone.tasks_done == 14
    assert run.changed == 1
    assert run.read < 21


def test_the_overlap_catches_what_the_index_showed_late(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock, ada: User
) -> None:
    link(milestone, jira)
    sync(jira)
    clock.move(timedelta(hours=1))
    [late] = sandbox_control.create_issues("CAL", parent="CAL-2", summary="Indexed late")
    sandbox_control.add_fault("jira", "index_lag", seconds=120)
    clock.move(timedelta(seconds=60))
    [prompt] = sandbox_control.create_issues("CAL", parent="CAL-2", summary="Moves the cursor")
    sandbox_control.clear_faults()
    TaskSource.objects.update(cursor_ms=int(clock.now().timestamp() * 1000))
    sync_now(connection=jira, actor=ada)
    sync(jira)
    assert set(Task.objects.filter(key__in=[late, prompt]).values_list("key", flat=True)) == {late, prompt}


def test_what_is_to_be_read_otherwise_is_read_from_the_start_though_a_full_read_goes_on(
    jira: Connection, milestone: Milestone, monkeypatch: pytest.MonkeyPatch, ada: User
) -> None:
    link(milestone, jira, "project = CAL", SourceKind.JQL)
    sync(jira)
    monkeypatch.setattr(jira_source, "PAGE_SIZE", 5)
    monkeypatch.setattr(runs, "SLICE_SECONDS", 0.0)
    run = sync_now(connection=jira, is_full=True, actor=ada)
    assert run_row(queues()["sync"], run.pk)
    jira.refresh_from_db()
    edit_connection(
        connection=jira, version=jira.version, name=jira.name, base_url=jira.base_url, account=jira.account,
        secret=None, info=AccountInfo(jira.account, "Fernhill"), options={OPTION: ["Done"]}, actor=ada,
    )  # fmt: skip
    assert sync(jira) == run
    cancelled = set(Task.objects.filter(state=TaskState.CANCELLED))
    sync_now(connection=jira, is_full=True, actor=ada)
    sync(jira)
    assert cancelled == set(Task.objects.filter(state=TaskState.CANCELLED))


def test_a_full_read_that_fails_unlinks_nothing(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, monkeypatch: pytest.MonkeyPatch, ada: User
) -> None:
    link(milestone, jira)
    sync(jira)
    monkeypatch.setattr(jira_source, "PAGE_SIZE", 5)
    sync_now(connection=jira, is_full=True, actor=ada)
    sandbox_control.add_fault("jira", "status", match="approximate-count", status=200, body={"count": 21})
    sandbox_control.add_fault("jira", "delay", match=SEARCH)
    sandbox_control.add_fault("jira", "status", match=SEARCH, status=503, times=50)
    run = sync(jira)
    assert run.state == RunState.WAITING
    assert SourceTask.objects.count() == 21


def test_a_run_goes_on_at_the_page_that_it_reached(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jira_source, "PAGE_SIZE", 5)
    monkeypatch.setattr(runs, "SLICE_SECONDS", -1.0)
    link(milestone, jira)
    drain("sync", limit=2)
    run = SyncRun.objects.get()
    assert (run.state, run.read) == (RunState.RUNNING, 10)
    assert run.position["token"]
    run = sync(jira)
    assert (run.state, run.read, run.requests) == (RunState.DONE, 21, 6 + 5)  # each slice asks for the fields anew
    assert SourceTask.objects.count() == 21


def test_a_payload_that_cannot_be_read_is_set_aside_and_comes_back(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, ada: User
) -> None:
    sandbox_control.add_fault("jira", "malformed_issue", key="CAL-120")
    link(milestone, jira)
    run = sync(jira)
    assert (run.state, run.read, run.quarantined) == (RunState.DONE, 20, 1)
    assert QuarantinedPayload.objects.get().reason
    sandbox_control.clear_faults()
    sync_now(connection=jira, is_full=True, actor=ada)
    sync(jira)
    assert not QuarantinedPayload.objects.exists()
    assert Task.objects.filter(key="CAL-120").exists()


def test_being_asked_to_slow_down_pauses_the_connection_until_then(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    sandbox_control.add_fault("jira", "status", match=SEARCH, status=429, headers={"Retry-After": "1847"})
    link(milestone, jira)
    before = clock.now()
    run = sync(jira)
    jira.refresh_from_db()
    assert run.state == RunState.WAITING
    assert jira.state == ConnectionState.PAUSED
    assert jira.paused_until is not None
    assert timedelta(seconds=1840) < jira.paused_until - before < timedelta(seconds=1900)
    assert "slow down" in jira.error_sentence
    clock.move(timedelta(seconds=1900))
    run = sync(jira)
    jira.refresh_from_db()
    assert (run.state, jira.state, jira.error_sentence) == (RunState.DONE, ConnectionState.OK, "")


@pytest.mark.parametrize(
    ("kind", "status"), [("status", 500), ("status", 503), ("reset_before", 0), ("cut", 0), ("status", 502)]
)
def test_trouble_on_the_way_is_tried_again_later(
    kind: str,
    status: int,
    jira: Connection,
    milestone: Milestone,
    sandbox_control: SandboxControl,
    clock: MovingClock,
) -> None:
    sandbox_control.add_fault("jira", kind, match=SEARCH, status=status, count_bytes=40)
    link(milestone, jira)
    assert sync(jira).state == RunState.WAITING
    clock.move(timedelta(hours=1))
    assert sync(jira).state == RunState.DONE


@pytest.mark.parametrize(
    ("kind", "status", "words"),
    [("status", 401, "did not accept"), ("status", 403, "refuses this account"), ("html", 200, "web page")],
)
def test_what_a_person_must_mend_stops_the_connection_and_tells_admins_once(
    kind: str,
    status: int,
    words: str,
    jira: Connection,
    milestone: Milestone,
    sandbox_control: SandboxControl,
    ada: User,
    clock: MovingClock,
) -> None:
    link(milestone, jira)
    sync(jira)
    sandbox_control.add_fault("jira", kind, match=SEARCH, status=status, times=9)
    for _ in range(3):
        clock.move(timedelta(hours=1))
        drain("poll", "sync")
    jira.refresh_from_db()
    assert jira.state == ConnectionState.NEEDS_ATTENTION
    assert words in jira.error_sentence
    notice = Notice.objects.get(user=ada)
    assert notice.path == f"/settings/integrations/{jira.pk}/"
    assert Task.objects.filter(removed_at__isnull=True).count() == 21, "tasks stay as they were last seen"


def test_a_broken_connection_is_probed_once_an_hour(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    link(milestone, jira)
    sandbox_control.add_fault("jira", "status", status=401, times=99)
    drain("poll", "sync")
    broken_at = SyncRun.objects.count()
    for _ in range(11):
        clock.move(timedelta(minutes=10))
        drain("poll", "sync")
    assert SyncRun.objects.count() == broken_at + 1


def test_one_source_that_jira_refuses_does_not_keep_the_others(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    bad = link(milestone, jira, "nofield = 3", SourceKind.JQL)
    good = link(milestone, jira, "CAL-1")
    run = sync(jira)
    bad.refresh_from_db()
    good.refresh_from_db()
    milestone.refresh_from_db()
    assert "nofield" in bad.error_sentence
    assert good.error_sentence == ""
    assert (run.state, milestone.tasks_done) == (RunState.DONE, 18)
    assert "1 of its sources" in run.error_sentence


def test_projects_that_are_not_offered_stay_closed(jira: Connection, milestone: Milestone) -> None:
    source = link(milestone, jira, "project = OPS", SourceKind.JQL)
    sneaky = link(milestone, jira, "summary ~ a) OR (project = OPS", SourceKind.JQL)
    sync(jira)
    source.refresh_from_db()
    sneaky.refresh_from_db()
    assert "does not offer OPS" in source.error_sentence
    assert "parenthesis" in sneaky.error_sentence
    assert not Task.objects.exists()


def test_a_task_of_two_sources_counts_once(jira: Connection, milestone: Milestone, ana: User) -> None:
    link(milestone, jira)
    second = link(milestone, jira, "project = CAL AND statusCategory = Done", SourceKind.JQL)
    sync(jira)
    milestone.refresh_from_db()
    assert milestone.tasks_total == Task.objects.exclude(state=TaskState.CANCELLED).count()
    unlink_source(source=second, actor=ana)
    milestone.refresh_from_db()
    assert (milestone.sources_linked, milestone.tasks_total) == (1, 21)


def test_an_older_payload_never_wins(jira: Connection, milestone: Milestone, ada: User) -> None:
    link(milestone, jira)
    sync(jira)
    future = Task.objects.latest("remote_updated_at").remote_updated_at + timedelta(days=400)
    Task.objects.update(remote_updated_at=future, title="newer")
    sync_now(connection=jira, is_full=True, actor=ada)
    sync(jira)
    assert set(Task.objects.values_list("title", flat=True)) == {"newer"}


def test_a_page_costs_the_same_statements_whatever_its_size(
    jira: Connection, milestone: Milestone, monkeypatch: pytest.MonkeyPatch, ada: User
) -> None:
    def statements() -> int:
        with captured() as queries:
            sync(jira)
        return len(queries)

    link(milestone, jira, "CAL-4")
    few = statements()
    TaskSource.objects.all().delete()
    link(milestone, jira, "project in (CAL, PAY)", SourceKind.JQL)
    assert statements() <= few + 15, "two pages instead of one, and nothing per task"


def captured() -> AbstractContextManager[CaptureQueriesContext]:
    return CaptureQueriesContext(database)


def test_only_one_run_at_a_time(jira: Connection, milestone: Milestone, ada: User) -> None:
    link(milestone, jira)
    assert sync_now(connection=jira, actor=ada) == sync_now(connection=jira, actor=ada)
    assert SyncRun.objects.count() == 1


def test_polling_goes_on_by_itself(jira: Connection, milestone: Milestone, clock: MovingClock) -> None:
    link(milestone, jira)
    drain("poll", "sync")
    clock.move(timedelta(minutes=11))
    drain("poll", "sync")
    assert SyncRun.objects.filter(state=RunState.DONE).count() == 2


def test_archived_launches_are_left_alone(jira: Connection, milestone: Milestone, clock: MovingClock) -> None:
    link(milestone, jira)
    milestone.launch.archived_at = clock.now()
    milestone.launch.save(update_fields=["archived_at"])
    assert sync(jira).read == 0


def test_a_run_that_cannot_be_opened_is_an_error_and_not_tried_for_ever(jira: Connection) -> None:
    nameless: Any = None
    with pytest.raises(IntegrityError):
        runs.start_run(jira, nameless)
