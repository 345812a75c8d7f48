"""The rules of docs/algorithms/sync.md, one by one: switch a rule off, and its test here goes red."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from typing import TYPE_CHECKING

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from integrations.domain.types import RemovedWhy, RunState, RunTrigger, SourceKind, TaskState
from integrations.errors import RefusedError
from integrations.models import SourceTask, SyncRun, Task
from integrations.sources.base import RateLimits
from integrations.sources.jira import source as jira_source
from integrations.sync import ahead, rules, runs
from integrations.sync.fetching import fetch_tasks
from integrations.sync.runs import start_run
from launches.models import LaunchSummary
from luna.events.models import Event
from luna.lib.work import drain
from milestones.models import Milestone
from tests.factories import make_milestone
from tests.integrations.world import link, sync

if TYPE_CHECKING:
    from integrations.models import Connection
    from sandbox.control import SandboxControl
    from tests.moving_clock import MovingClock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SEARCH = "search/jql"
A_PAGE = 8


def read_again(connection: Connection) -> SyncRun:
    start_run(connection, RunTrigger.SCHEDULE)
    return sync(connection)


@pytest.mark.parametrize(
    ("known", "seen", "expected"),
    [
        (None, [], None),
        (5, [], 5),
        (None, [NOON - timedelta(hours=1)], rules.epoch_ms(NOON) - 3_600_000),
        (rules.epoch_ms(NOON) - 9, [NOON - timedelta(hours=1)], rules.epoch_ms(NOON) - 9),
        (None, [NOON + timedelta(days=400)], rules.epoch_ms(NOON)),
    ],
)
def test_the_cursor_goes_to_the_newest_change_and_never_behind_the_start(
    known: int | None, seen: list[datetime], expected: int | None
) -> None:
    assert rules.cursor_after(known, seen, NOON) == expected


def test_the_overlap_is_five_minutes() -> None:
    assert rules.read_from(rules.epoch_ms(NOON)) == rules.epoch_ms(NOON - timedelta(minutes=5))
    assert rules.read_from(None) is None


def test_what_is_as_new_as_there_is_up_to_date() -> None:
    before = NOON - timedelta(milliseconds=1)
    known = {"same": NOON, "older": before, "newer": NOON, "untold": NOON}
    there = {"same": NOON, "older": NOON, "newer": before, "unknown": NOON}
    assert rules.up_to_date(known, there) == {"same", "newer", "untold"}


@pytest.mark.parametrize(("token", "following", "pages"), [("a", "a", 0), ("a", "b", rules.MAX_PAGES - 1)])
def test_pages_without_end_are_refused(token: str, following: str, pages: int) -> None:
    with pytest.raises(RefusedError, match="no end"):
        rules.refuse_endless_paging(token, following, pages)
    rules.refuse_endless_paging(token, None, pages)
    rules.refuse_endless_paging("a", "b", 0)


def pages_until_refused(tokens: Iterable[str]) -> int | None:
    """How many pages are read; None where all are."""
    token, mark = None, ""
    for pages, following in enumerate(tokens):
        try:
            mark = rules.refuse_endless_paging(token, following, pages, mark)
        except RefusedError:
            return pages + 1
        token = following
    return None


@given(before=st.integers(0, 60), size=st.integers(1, 60))
def test_a_circle_of_tokens_is_met_soon(before: int, size: int) -> None:
    circle = chain((f"before {n}" for n in range(before)), (f"{n % size}" for n in count()))
    pages = pages_until_refused(circle)
    assert pages is not None
    assert before + size < pages <= 2 * max(before + 1, size) + size


def test_two_hundred_thousand_tasks_are_no_circle() -> None:
    assert pages_until_refused(f"{n}" for n in range(2 * 2000)) is None


@pytest.mark.parametrize("is_census", [False, True])
def test_a_source_whose_pages_go_round_is_left_for_the_next(
    is_census: bool,
    jira: Connection,
    milestone: Milestone,
    sandbox_control: SandboxControl,
    clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ahead, "MOST_AHEAD", 4)
    source = link(milestone, jira)
    sync(jira)
    clock.move(timedelta(hours=1))
    for token in ("one", "two") * 4:
        body = {"issues": [], "isLast": False, "nextPageToken": token}
        sandbox_control.add_fault("jira", "status", match=SEARCH, status=200, body=body)
    start_run(jira, RunTrigger.CENSUS if is_census else RunTrigger.SCHEDULE)
    run = sync(jira)
    left = sum(fault["times"] for fault in sandbox_control.faults())
    source.refresh_from_db()
    assert run.state == RunState.DONE
    assert 4 <= 8 - left < 4 + (1 if is_census else ahead.MOST_AHEAD), "the fourth shows it; some were asked for ahead"
    assert "no end" in source.error_sentence
    assert SourceTask.objects.filter(source=source).count() == 21


def test_the_cursor_never_passes_a_page_that_is_not_committed(
    jira: Connection,
    milestone: Milestone,
    sandbox_control: SandboxControl,
    clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = link(milestone, jira)
    sync(jira)
    source.refresh_from_db()
    before = source.cursor_ms
    clock.move(timedelta(hours=1))
    keys = sandbox_control.create_issues("CAL", parent="CAL-2", count=12)
    monkeypatch.setattr(jira_source, "PAGE_SIZE", 5)
    sandbox_control.add_fault("jira", "delay", match=SEARCH, times=2)
    sandbox_control.add_fault("jira", "status", match=SEARCH, status=503)
    assert read_again(jira).state == RunState.WAITING
    source.refresh_from_db()
    assert 0 < Task.objects.filter(key__in=keys).count() < 12
    assert source.cursor_ms == before
    clock.move(timedelta(hours=1))
    assert sync(jira).state == RunState.DONE
    source.refresh_from_db()
    assert Task.objects.filter(key__in=keys).count() == 12
    assert source.cursor_ms is not None
    assert before is not None
    assert source.cursor_ms > before


def test_a_run_that_finds_no_change_writes_no_task_and_computes_nothing(
    jira: Connection, milestone: Milestone, clock: MovingClock
) -> None:
    link(milestone, jira)
    sync(jira)
    drain()
    milestone.refresh_from_db()
    read_at, events = milestone.tasks_synced_at, Event.objects.count()
    due_at = LaunchSummary.objects.get().due_at
    links = set(SourceTask.objects.values_list("pk", "seen_by"))
    clock.move(timedelta(minutes=10))
    run = read_again(jira)
    milestone.refresh_from_db()
    summary = LaunchSummary.objects.get()
    assert run.read > 0, "the overlap was read"
    assert run.changed == 0
    assert set(SourceTask.objects.values_list("pk", "seen_by")) == links
    assert read_at is not None
    assert milestone.tasks_synced_at is not None
    assert milestone.tasks_synced_at > read_at
    assert summary.synced_at == milestone.tasks_synced_at
    assert (summary.due_at, Event.objects.count()) == (due_at, events)


def test_being_read_after_it_went_stale_is_computed_though_no_task_changed(
    jira: Connection, milestone: Milestone, clock: MovingClock
) -> None:
    link(milestone, jira)
    sync(jira)
    drain("recompute")
    clock.move(timedelta(hours=30))
    due_at = LaunchSummary.objects.get().due_at
    read_again(jira)
    assert LaunchSummary.objects.get().due_at != due_at


def test_what_a_page_changes_is_counted_for_every_milestone_that_has_it(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    other = make_milestone(milestone.launch, "All of it")
    link(milestone, jira)
    link(other, jira, "project = CAL AND type != Epic", SourceKind.JQL)
    sync(jira)
    done = {each.pk: each.tasks_done for each in Milestone.objects.all()}
    clock.move(timedelta(hours=1))
    task = Task.objects.filter(links__source__milestone=milestone, state=TaskState.TO_DO).first()
    assert task is not None
    sandbox_control.edit_issue(task.key, status="Done")
    assert read_again(jira).changed == 1, "the second source found it as the first one had written it"
    assert {each.pk: each.tasks_done for each in Milestone.objects.all()} == {pk: n + 1 for pk, n in done.items()}


def test_what_an_earlier_source_has_is_counted_when_the_run_ends_however_it_ends(
    jira: Connection,
    milestone: Milestone,
    sandbox_control: SandboxControl,
    clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = make_milestone(milestone.launch, "All of it")
    link(milestone, jira)
    link(other, jira, "project = CAL AND type != Epic", SourceKind.JQL)
    sync(jira)
    milestone.refresh_from_db()
    done = milestone.tasks_done
    clock.move(timedelta(hours=1))
    task = Task.objects.filter(links__source__milestone=milestone, state=TaskState.TO_DO).first()
    assert task is not None
    monkeypatch.setattr(runs, "SLICE_SECONDS", -1.0)
    start_run(jira, RunTrigger.SCHEDULE)
    drain("sync", limit=1)
    sandbox_control.edit_issue(task.key, status="Done")
    [late] = sandbox_control.create_issues("CAL", labels=["page two"])
    monkeypatch.setattr(jira_source, "PAGE_SIZE", 1)
    sandbox_control.add_fault("jira", "delay", match=SEARCH, times=40)
    drain("sync", limit=1)
    while not Task.objects.filter(pk=task.pk, state=TaskState.DONE).exists():
        drain("sync", limit=1)
    assert SyncRun.objects.latest("pk").state == RunState.RUNNING
    assert not Task.objects.filter(key=late).exists()
    sandbox_control.clear_faults()
    sandbox_control.add_fault("jira", "status", status=401, times=9)
    drain("sync")
    milestone.refresh_from_db()
    assert SyncRun.objects.latest("pk").state == RunState.FAILED
    assert milestone.tasks_done == done + 1


def test_a_page_costs_few_statements_whatever_its_size(
    jira: Connection, milestone: Milestone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one in which nothing changed: source, tasks before and after, what they wait for, links, quarantine, run."""
    monkeypatch.setattr(ahead, "MOST_AHEAD", 1)
    link(milestone, jira)
    sync(jira)
    costs = {}
    for size in (21, 11, 7):
        monkeypatch.setattr(jira_source, "PAGE_SIZE", size)
        start_run(jira, RunTrigger.PERSON, is_full=True)
        with CaptureQueriesContext(database) as queries:
            assert sync(jira).changed == 0
        statements = [query["sql"] for query in queries.captured_queries]
        words = ("SELECT", "INSERT", "UPDATE", "DELETE")
        costs[size] = sum(sql.startswith(words) and '"limits" =' not in sql for sql in statements)
    a_page = A_PAGE + (database.vendor == "postgresql")  # the launch's lock
    assert (costs[11] - costs[21], costs[7] - costs[21]) == (a_page, 2 * a_page)


def test_what_the_tool_says_of_its_limits_is_kept(jira: Connection, milestone: Milestone) -> None:
    link(milestone, jira)
    sync(jira)
    jira.refresh_from_db()
    assert jira.limits["limit"] > jira.limits["remaining"] >= 0


def test_tasks_asked_for_by_id_are_written_and_counted_at_once(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    link(milestone, jira)
    sync(jira)
    changed, gone = Task.objects.filter(state=TaskState.TO_DO)[:2]
    milestone.refresh_from_db()
    done = milestone.tasks_done
    clock.move(timedelta(minutes=1))
    sandbox_control.edit_issue(changed.key, status="Done")
    sandbox_control.delete_issue(gone.key)
    sandbox_control.add_fault("jira", "index_lag", seconds=600)
    found = fetch_tasks(jira, [changed.external_id, gone.external_id, "99999", changed.external_id])
    milestone.refresh_from_db()
    gone.refresh_from_db()
    assert (found.changed, found.removed, found.unknown) == (1, 1, ("99999",))
    assert (milestone.tasks_done, milestone.tasks_total) == (done + 1, 20)
    assert gone.removed_why == RemovedWhy.DELETED
    assert not SourceTask.objects.filter(task=gone).exists()


def test_fetching_by_id_asks_for_nothing_unknown_and_links_nothing(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    [key] = sandbox_control.create_issues("CAL", parent="CAL-2")
    assert fetch_tasks(jira, ["10001", "10002"]).requests == 0
    assert not Task.objects.filter(key=key).exists()


@pytest.mark.parametrize(
    ("limits", "rests"),
    [
        (RateLimits(100, 0, NOON + timedelta(seconds=30)), True),
        (RateLimits(None, 0, NOON + timedelta(hours=1)), True),
        (RateLimits(100, 1, NOON + timedelta(seconds=30)), False),
        (RateLimits(100, None, NOON + timedelta(seconds=30)), False),
        (RateLimits(100, 0, None), False),
        (RateLimits(100, 0, NOON), False),
        (RateLimits(100, 0, NOON - timedelta(seconds=30)), False),
        (RateLimits(100, 0, NOON + timedelta(hours=2)), False),
        (RateLimits(0, 0, NOON + timedelta(seconds=30)), False),
        (RateLimits(100, 0, NOON + timedelta(seconds=30), is_enforced=False), False),
        (RateLimits(), False),
    ],
)
def test_no_page_is_asked_for_while_no_call_is_left(limits: RateLimits, rests: bool) -> None:
    assert rules.used_up_until(limits, NOON) == (limits.resets_at if rests else None)
