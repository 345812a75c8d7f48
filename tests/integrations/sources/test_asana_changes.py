"""Asana's own record of changes, read before the pages: moves and deletions are seen without waiting for a census."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from integrations.account import AccountInfo, Project
from integrations.actions.connections import connect, offer_projects
from integrations.domain.types import RemovedWhy, RunState, RunTrigger, SourceKind, TaskState
from integrations.models import Connection, SourceTask, SyncRun, Task, TaskSource
from integrations.sync import reading, runs
from integrations.sync.runs import start_run
from luna.lib.redaction import Secret
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User
from sandbox.asana.plan import PROJECTS, TOKEN
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.sources.test_asana_reading import put_below
from tests.integrations.world import link, open_to, sync
from tests.moving_clock import MovingClock

LEGAL, PRICING = PROJECTS[0], PROJECTS[1]
PROTECTION, LAUNCH, TRAINING = (section.gid for section in LEGAL.sections)
EVENTS = "GET .*/events$"


@pytest.fixture
def asana(ada: User, sandbox: SandboxServer, settings: LazySettings) -> Connection:
    """Connected, offering one project."""
    open_to(sandbox, settings)
    settings.ASANA_URL = f"{sandbox.url}/asana/api/1.0"
    info = AccountInfo("ines@fernhill.example", "Fernhill")
    connection = connect(
        provider="asana", name="Asana", base_url="", account="", secret=Secret(TOKEN), info=info, actor=ada
    )
    offered = [Project(LEGAL.gid, "", LEGAL.name)]
    offer_projects(connection=connection, version=connection.version, projects=offered, actor=ada)
    return connection


@pytest.fixture
def source(asana: Connection, milestone: Milestone) -> TaskSource:
    """The section of the trainings; not read yet."""
    return link(milestone, asana, TRAINING, SourceKind.SECTION)


def poll(connection: Connection) -> SyncRun:
    """What changed."""
    start_run(connection, RunTrigger.SCHEDULE)
    return sync(connection)


def was_read_in_full(source: TaskSource, since: datetime) -> bool:
    source.refresh_from_db()
    return source.full_read_at is not None and source.full_read_at >= since


def in_the_mirror(source: TaskSource) -> set[str]:
    return set(SourceTask.objects.filter(source=source).values_list("task__external_id", flat=True))


def test_moves_and_deletions_are_seen_by_the_next_run(
    asana: Connection, source: TaskSource, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    stays, moves, leaves, goes, hides = sandbox_control.create_asana_tasks(TRAINING, count=5)
    (comes,) = sandbox_control.create_asana_tasks(LAUNCH)
    children = put_below(sandbox_control, comes, count=2)
    sync(asana)
    before = in_the_mirror(source)
    assert before >= {stays, moves, leaves, goes, hides}
    clock.move(timedelta(hours=2))
    sandbox_control.edit_asana_task(moves, sections=[LAUNCH])
    sandbox_control.edit_asana_task(leaves, sections=[PRICING.sections[0].gid])
    sandbox_control.edit_asana_task(comes, sections=[TRAINING])
    sandbox_control.delete_asana_task(goes)
    sandbox_control.edit_asana_task(hides, hidden=True)
    clock.move(timedelta(minutes=10))
    run = poll(asana)
    assert (run.state, run.is_census, run.changed, run.removed) == (RunState.DONE, False, 3, 4)
    assert in_the_mirror(source) == before - {moves, leaves, goes, hides} | {comes, *children}
    why = dict(Task.objects.exclude(removed_why="").values_list("external_id", "removed_why"))
    assert why == {
        moves: RemovedWhy.MOVED,
        leaves: RemovedWhy.MOVED,
        goes: RemovedWhy.DELETED,
        hides: RemovedWhy.NO_ACCESS,
    }
    source.milestone.refresh_from_db()
    assert source.milestone.tasks_total == len(in_the_mirror(source))
    again = poll(asana)
    assert (again.changed, again.removed) == (0, 0), "what the record told is told once"


def test_a_sub_task_that_changed_alone_is_seen_by_the_next_run(
    asana: Connection, source: TaskSource, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    (parent,) = sandbox_control.create_asana_tasks(TRAINING)
    (child,) = put_below(sandbox_control, parent)
    sync(asana)
    clock.move(timedelta(hours=1))
    sandbox_control.edit_asana_task(child, completed=True)
    assert poll(asana).changed == 1
    assert Task.objects.get(external_id=child).state == TaskState.DONE


def test_what_moves_within_the_project_stays_with_the_source_that_has_it_then(
    asana: Connection, source: TaskSource, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    project = link(milestone, asana, LEGAL.gid, SourceKind.PROJECT)
    other = link(milestone, asana, LAUNCH, SourceKind.SECTION)
    (gid,) = sandbox_control.create_asana_tasks(TRAINING)
    sync(asana)
    clock.move(timedelta(hours=1))
    sandbox_control.edit_asana_task(gid, sections=[LAUNCH])
    assert poll(asana).removed == 1
    task = Task.objects.get(external_id=gid)
    assert set(task.links.values_list("source_id", flat=True)) == {project.pk, other.pk}
    assert task.removed_at is None
    sandbox_control.edit_asana_task(gid, completed=True)
    run = poll(asana)
    assert (run.changed, run.removed) == (1, 0), "to the source that it left it is nothing any more"


def test_what_happens_while_everything_is_read_is_told_by_the_next_run(
    asana: Connection,
    source: TaskSource,
    sandbox_control: SandboxControl,
    clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, *_, last = sandbox_control.create_asana_tasks(TRAINING, count=3)
    monkeypatch.setattr("integrations.sources.asana.client.PAGE_SIZE", 4)
    monkeypatch.setattr(runs, "SLICE_SECONDS", -1.0)
    drain("sync", limit=1)
    clock.move(timedelta(minutes=1))
    early = Task.objects.earliest("pk").external_id
    sandbox_control.edit_asana_task(early, sections=[LAUNCH])
    assert sync(asana).state == RunState.DONE
    clock.move(timedelta(hours=1))
    poll(asana)
    assert in_the_mirror(source) >= {first, last}
    assert early not in in_the_mirror(source)


def test_a_record_that_was_left_too_long_ago_lets_everything_be_read(
    asana: Connection, source: TaskSource, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    moves, goes = sandbox_control.create_asana_tasks(TRAINING, count=2)
    sync(asana)
    source.refresh_from_db()
    old = source.bookmark
    sandbox_control.edit_asana_task(moves, sections=[LAUNCH])
    sandbox_control.delete_asana_task(goes)
    clock.move(timedelta(hours=25))
    sandbox_control.move_clock(days=25 / 24)
    now = clock.now()
    run = poll(asana)
    assert (run.state, run.removed, was_read_in_full(source, now)) == (RunState.DONE, 2, True)
    assert source.bookmark not in {"", old}


def test_a_tool_that_keeps_no_bookmark_is_read_in_full_once_an_hour_at_most(
    asana: Connection, source: TaskSource, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    sync(asana)
    for is_full in (False, False, True, False):
        clock.move(timedelta(minutes=20))
        now = clock.now()
        refusal = {"errors": [{"message": "Sync token invalid or too old."}], "sync": "another"}
        sandbox_control.add_fault("asana", "status", match=EVENTS, status=412, body=refusal)
        assert poll(asana).state == RunState.DONE
        assert was_read_in_full(source, now) is is_full


def test_where_too_much_happened_everything_is_read(
    asana: Connection,
    source: TaskSource,
    sandbox_control: SandboxControl,
    clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "MOST_RECORD_PAGES", 1)
    monkeypatch.setattr("sandbox.asana.events.PER_TOKEN", 2)
    sync(asana)
    clock.move(timedelta(hours=2))
    made = sandbox_control.create_asana_tasks(TRAINING, count=5)
    now = clock.now()
    poll(asana)
    assert was_read_in_full(source, now)
    assert in_the_mirror(source) >= set(made)
    assert poll(asana).changed == 0, "it goes on behind what was read"


def test_a_record_that_is_refused_costs_nothing_but_its_news(
    asana: Connection, source: TaskSource, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    (goes,) = sandbox_control.create_asana_tasks(TRAINING)
    sync(asana)
    clock.move(timedelta(hours=2))
    (made,) = sandbox_control.create_asana_tasks(TRAINING)
    sandbox_control.delete_asana_task(goes)
    sandbox_control.add_fault("asana", "status", match=EVENTS, status=403)
    run = poll(asana)
    source.refresh_from_db()
    assert (run.state, run.removed, source.error_sentence) == (RunState.DONE, 0, "")
    assert in_the_mirror(source) >= {made, goes}
    assert poll(asana).removed == 1, "its bookmark was kept"


def test_a_run_that_fails_behind_the_record_goes_on_from_there(
    asana: Connection, source: TaskSource, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    (goes,) = sandbox_control.create_asana_tasks(TRAINING)
    sync(asana)
    source.refresh_from_db()
    before = source.bookmark
    clock.move(timedelta(hours=2))
    sandbox_control.delete_asana_task(goes)
    sandbox_control.add_fault("asana", "status", match="GET .*/tasks$", status=503)
    run = poll(asana)
    source.refresh_from_db()
    assert (run.state, run.removed, source.bookmark == before) == (RunState.WAITING, 1, False)
    clock.move(timedelta(hours=1))
    assert (sync(asana).state, in_the_mirror(source) & {goes}) == (RunState.DONE, set())


def test_another_address_forgets_where_the_record_stood(
    asana: Connection, source: TaskSource, clock: MovingClock
) -> None:
    """What was read there is read again in full, which begins the record anew."""
    sync(asana)
    TaskSource.objects.update(full_read_at=None, bookmark="of the old address")
    now = clock.now()
    assert poll(asana).state == RunState.DONE
    assert was_read_in_full(source, now)
    assert source.bookmark not in {"", "of the old address"}
