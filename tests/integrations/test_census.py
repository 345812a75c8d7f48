"""The census: ids at the source against links in the mirror, and what becomes of the difference."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from integrations.domain.types import RemovedWhy, RunState, RunTrigger, SourceKind, TaskState
from integrations.models import QuarantinedPayload, SourceTask, SyncRun, Task, TaskSource
from integrations.sync import runs
from integrations.sync.census import census_is_due
from integrations.sync.runs import start_run
from luna.lib.work import drain
from tests.factories import make_milestone
from tests.integrations.world import link, sync

if TYPE_CHECKING:
    from integrations.models import Connection
    from milestones.models import Milestone
    from people.models import User
    from sandbox.control import SandboxControl
    from tests.moving_clock import MovingClock

SEARCH = "search/jql"
FETCH = "bulkfetch|POST .*search/jql|issue/"


def census(connection: Connection) -> SyncRun:
    """Compare now; the census itself."""
    run = start_run(connection, RunTrigger.CENSUS)
    assert run.is_census
    drain("sync")
    run.refresh_from_db()
    return run


def test_what_was_deleted_is_removed_and_says_so(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    source = link(milestone, jira)
    sync(jira)
    gone = Task.objects.latest("pk")
    sandbox_control.delete_issue(gone.key)
    clock.move(timedelta(hours=1))
    start_run(jira, RunTrigger.PERSON)
    sync(jira)
    assert gone.links.exists(), "what changed since the cursor says nothing of what is gone"
    run = census(jira)
    gone.refresh_from_db()
    milestone.refresh_from_db()
    source.refresh_from_db()
    assert (run.state, run.read, run.removed, milestone.tasks_total) == (RunState.DONE, 20, 1, 20)
    assert gone.removed_at is not None
    assert gone.removed_why == RemovedWhy.DELETED
    assert (source.at_source, source.censused_at is not None) == (20, True)


def test_what_left_the_query_is_unlinked_and_removed_only_when_no_source_has_it(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    link(milestone, jira)
    link(milestone, jira, "project = CAL AND type != Epic", SourceKind.JQL)
    link(milestone, jira, "CAL-1")
    sync(jira)
    moved = Task.objects.filter(links__source__query="CAL-2").first()
    assert moved is not None
    sandbox_control.edit_issue(moved.key, parent="EUD-1")
    clock.move(timedelta(minutes=1))
    assert census(jira).removed == 1
    moved.refresh_from_db()
    assert [one.source.query for one in moved.links.all()] == ["project = CAL AND type != Epic"]
    assert (moved.removed_at, moved.removed_why) == (None, "")
    TaskSource.objects.filter(query__startswith="project").delete()
    SourceTask.objects.filter(source__query="CAL-1").delete()
    assert census(jira).changed == 0, "they are in the mirror, and only linked anew"
    other = Task.objects.filter(links__source__query="CAL-1").first()
    assert other is not None
    sandbox_control.edit_issue(other.key, parent="EUD-1")
    clock.move(timedelta(minutes=1))
    census(jira)
    other.refresh_from_db()
    assert other.removed_why == RemovedWhy.MOVED


def test_what_the_mirror_lacks_is_fetched_and_written(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    source = link(milestone, jira)
    sync(jira)
    [missed] = sandbox_control.create_issues("CAL", parent="CAL-2", summary="Missed")
    TaskSource.objects.update(cursor_ms=int((clock.now() + timedelta(days=1)).timestamp() * 1000))
    start_run(jira, RunTrigger.PERSON)
    sync(jira)
    assert not Task.objects.filter(key=missed).exists(), "the cursor is behind it"
    run = census(jira)
    milestone.refresh_from_db()
    source.refresh_from_db()
    assert (run.changed, milestone.tasks_total, source.at_source) == (1, 22, 22)
    assert Task.objects.get(key=missed).links.get().source == source


def test_a_page_of_which_the_mirror_has_nothing_is_fetched_whole(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    source = link(milestone, jira, "labels = wave", SourceKind.JQL)
    sync(jira)
    assert (census(jira).state, census(jira).read) == (RunState.DONE, 0)
    sandbox_control.create_issues("CAL", labels=["wave"], count=2)
    assert (census(jira).changed, SourceTask.objects.filter(source=source).count()) == (2, 2)


def test_what_the_mirror_has_older_is_fetched(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    """As a task that changed while the account could not see it, longer ago than changes are asked for again."""
    link(milestone, jira)
    sync(jira)
    changed = Task.objects.filter(state=TaskState.TO_DO).latest("pk")
    sandbox_control.add_fault("jira", "hidden_issue", key=changed.key)
    sandbox_control.edit_issue(changed.key, status="Done")
    clock.move(timedelta(hours=1))
    sandbox_control.create_issues("CAL", parent="CAL-2")
    start_run(jira, RunTrigger.SCHEDULE)
    sync(jira)
    sandbox_control.clear_faults()
    clock.move(timedelta(hours=1))
    start_run(jira, RunTrigger.SCHEDULE)
    sync(jira)
    changed.refresh_from_db()
    assert changed.state == TaskState.TO_DO, "its change lies before the cursor"
    milestone.refresh_from_db()
    done = milestone.tasks_done
    run = census(jira)
    changed.refresh_from_db()
    milestone.refresh_from_db()
    assert (run.changed, run.removed, changed.state) == (1, 0, TaskState.DONE)
    assert milestone.tasks_done == done + 1
    assert census(jira).changed == 0


def test_a_census_of_an_equal_mirror_asks_for_no_task(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    link(milestone, jira)
    sync(jira)
    sandbox_control.add_fault("jira", "status", match="bulkfetch", status=500, times=1)
    assert (census(jira).requests, len(sandbox_control.faults())) == (1, 1)


def test_a_census_that_failed_in_part_removes_nothing(
    jira: Connection,
    milestone: Milestone,
    sandbox_control: SandboxControl,
    clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    link(milestone, jira)
    sync(jira)
    sandbox_control.delete_issue(Task.objects.latest("pk").key)
    clock.move(timedelta(minutes=1))
    monkeypatch.setattr("integrations.sources.jira.cloud.source.IDS_PAGE", 5)
    monkeypatch.setattr(runs, "SLICE_SECONDS", -1.0)
    run = start_run(jira, RunTrigger.CENSUS)
    drain("sync", limit=2)
    sandbox_control.add_fault("jira", "status", match=SEARCH, status=400, times=1)
    drain("sync")
    run.refresh_from_db()
    source = TaskSource.objects.get()
    assert (run.state, run.removed) == (RunState.DONE, 0)
    assert source.error_sentence
    assert SourceTask.objects.filter(source=source).count() == 21
    assert source.censused_at == source.full_read_at, "only the first read compared"


def test_a_query_that_finds_nothing_by_a_lost_permission_removes_for_that_reason(
    jira: Connection, milestone: Milestone, clock: MovingClock
) -> None:
    link(milestone, jira, "labels is empty", SourceKind.JQL)
    sync(jira)
    lost = Task.objects.filter(key__startswith="PAY-").count()
    jira.refresh_from_db()
    jira.offered = [one for one in jira.offered if one["key"] != "PAY"]
    jira.save(update_fields=["offered"])
    clock.move(timedelta(minutes=1))
    census(jira)
    removed = Task.objects.filter(removed_at__isnull=False)
    assert 0 < lost == removed.count()
    assert set(removed.values_list("removed_why", flat=True)) == {RemovedWhy.NO_ACCESS}


def test_what_changes_while_the_census_runs_is_left_to_the_next(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    link(milestone, jira)
    sync(jira)
    moved = Task.objects.latest("pk")
    run = start_run(jira, RunTrigger.CENSUS)
    SyncRun.objects.filter(pk=run.pk).update(started_at=clock.now())
    sandbox_control.edit_issue(moved.key, parent="EUD-1")
    drain("sync")
    assert moved.links.exists()
    clock.move(timedelta(minutes=1))
    assert census(jira).removed == 1


def test_it_goes_on_where_it_was(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    link(milestone, jira)
    sync(jira)
    sandbox_control.create_issues("CAL", parent="CAL-2", count=3)
    monkeypatch.setattr("integrations.sources.jira.cloud.source.IDS_PAGE", 5)
    monkeypatch.setattr(runs, "SLICE_SECONDS", -1.0)
    run = census(jira)
    assert (run.state, run.read, run.changed) == (RunState.DONE, 24, 3)
    assert SourceTask.objects.filter(seen_by=run.pk).count() == 24


def test_ids_that_no_database_takes_are_set_aside(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    source = link(milestone, jira)
    sync(jira)
    spoilt = ["10\x001", "\ud800", "9" * 80]
    ids = [*spoilt, *Task.objects.values_list("external_id", flat=True)]
    body = {"issues": [{"id": one} for one in ids], "isLast": True}
    sandbox_control.add_fault("jira", "status", match=SEARCH, status=200, body=body, times=1)
    run = census(jira)
    source.refresh_from_db()
    assert (run.state, run.error_sentence, run.read, run.removed) == (RunState.DONE, "", 21, 0)
    assert (run.quarantined, source.at_source, SourceTask.objects.filter(source=source).count()) == (3, 24, 21)
    aside = dict(QuarantinedPayload.objects.values_list("external_id", "reason"))
    assert (len(aside), set(aside.values())) == (3, {"its id is not readable"})


def test_the_poll_starts_one_a_day(jira: Connection, milestone: Milestone, clock: MovingClock) -> None:
    link(milestone, jira)
    drain("poll", "sync")
    assert not census_is_due(jira), "the first read compared"
    for _ in range(27):
        clock.move(timedelta(hours=1))
        drain("poll", "sync")
    assert SyncRun.objects.filter(is_census=True, trigger=RunTrigger.CENSUS, state=RunState.DONE).count() == 1
    assert not census_is_due(jira)


def test_one_that_left_a_source_out_is_tried_again_after_an_hour_for_that_source_alone(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    first = link(milestone, jira)
    second = link(make_milestone(milestone.launch, "All of it"), jira, "project = CAL", SourceKind.JQL)
    sync(jira)
    clock.move(timedelta(days=2))
    drain("poll", "sync")
    clock.move(timedelta(days=2))
    sandbox_control.add_fault("jira", "status", match="/search", status=400, times=1)
    drain("poll", "sync")
    skipped = SyncRun.objects.latest("pk")
    assert (skipped.is_census, skipped.state) == (True, RunState.DONE)
    assert "1 of its sources" in skipped.error_sentence
    clock.move(timedelta(minutes=50))
    drain("poll", "sync")
    assert not SyncRun.objects.latest("pk").is_census
    clock.move(timedelta(minutes=20))
    before = {row.pk: row.censused_at for row in TaskSource.objects.all()}
    drain("poll", "sync")
    again = SyncRun.objects.latest("pk")
    assert (again.is_census, again.error_sentence, again.read) == (True, "", 21)
    after = {row.pk: row.censused_at for row in TaskSource.objects.all()}
    assert {pk for pk in after if after[pk] != before[pk]} == {first.pk}
    assert second.pk in after
    clock.move(timedelta(hours=2))
    drain("poll", "sync")
    assert not SyncRun.objects.latest("pk").is_census, "now all are compared"


def test_a_census_gives_way_to_whoever_waits_for_tasks(
    jira: Connection, milestone: Milestone, ada: User, clock: MovingClock
) -> None:
    link(milestone, jira)
    sync(jira)
    clock.move(timedelta(hours=30))
    run = start_run(jira, RunTrigger.CENSUS)
    assert start_run(jira, RunTrigger.SCHEDULE).is_census
    again = start_run(jira, RunTrigger.PERSON, requested_by=ada)
    assert (again.pk, again.is_census, again.trigger) == (run.pk, False, RunTrigger.PERSON)
    sync(jira)
    assert census_is_due(jira), "it is to be caught up on"
