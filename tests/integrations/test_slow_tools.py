"""A tool that takes its time over single tasks: what a fetch did not reach is asked for again, and not passed over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from integrations.account import AccountInfo, Project
from integrations.actions.connections import connect, offer_projects
from integrations.domain.types import RemovedWhy, RunState, RunTrigger, SourceKind
from integrations.models import SourceTask, Task, TaskSource
from integrations.sources.clickup import source as clickup_source
from integrations.sources.jira import source as jira_source
from integrations.sync.fetching import fetch_tasks
from integrations.sync.rules import compared_up_to
from integrations.sync.runs import start_run
from luna.lib.redaction import Secret
from sandbox.clickup.workspace import SEARCH, TOKEN
from tests.integrations.world import link, open_to, sync

if TYPE_CHECKING:
    from django.conf import LazySettings

    from integrations.models import Connection
    from milestones.models import Milestone
    from people.models import User
    from sandbox.control import SandboxControl
    from sandbox.server import SandboxServer
    from tests.moving_clock import MovingClock


@pytest.fixture
def clickup(
    sandbox: SandboxServer, settings: LazySettings, ada: User, milestone: Milestone, monkeypatch: pytest.MonkeyPatch
) -> Connection:
    """Ten tasks of a list, read once; from then on a fetch reaches one task at a time."""
    open_to(sandbox, settings)
    settings.CLICKUP_URL = f"{sandbox.url}/clickup/api/v2"
    made = connect(
        provider="clickup",
        name="ClickUp",
        base_url="",
        account="",
        secret=Secret(TOKEN),
        info=AccountInfo("x", "y"),
        actor=ada,
    )
    offer_projects(connection=made, version=made.version, projects=[Project(SEARCH, "", "s")], actor=ada)
    link(milestone, made, SEARCH, SourceKind.LIST)
    sync(made)
    monkeypatch.setattr(clickup_source, "FETCH_SECONDS", 0.0)
    return made


@pytest.mark.parametrize(
    ("asked", "left", "expected"),
    [
        ([], [], 7),
        ([(8, "a"), (9, "b")], [], 9),
        ([(8, "a"), (9, "b"), (12, "c")], ["c"], 9),
        ([(8, "a"), (9, "b"), (12, "c")], ["c", "b"], 8),
        ([(8, "a")], ["a"], 7),
    ],
)
def test_a_comparison_goes_no_further_than_what_was_told(
    asked: list[tuple[int, str]], left: list[str], expected: int
) -> None:
    assert compared_up_to(7, asked, left) == expected


def test_a_census_takes_all_deletions_in_however_slow_the_tool_is(
    clickup: Connection, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    clock.move(timedelta(hours=2))
    gone = list(Task.objects.order_by("pk").values_list("external_id", flat=True)[:4])
    for one in gone:
        sandbox_control.delete_clickup_task(one)
    start_run(clickup, RunTrigger.CENSUS)
    run = sync(clickup)
    source = TaskSource.objects.get()
    assert (run.state, run.removed, source.at_source) == (RunState.DONE, 4, 6)
    removed = Task.objects.filter(removed_why=RemovedWhy.DELETED).values_list("external_id", flat=True)
    assert set(removed) == set(gone)


def test_a_census_fetches_all_that_is_lacking_however_slow_the_tool_is(clickup: Connection) -> None:
    SourceTask.objects.filter(task__in=Task.objects.order_by("pk")[:4]).delete()
    start_run(clickup, RunTrigger.CENSUS)
    sync(clickup)
    assert (SourceTask.objects.count(), TaskSource.objects.get().at_source) == (10, 10)


def test_jira_is_asked_for_few_missing_issues_between_two_renewals_of_a_lease(
    jira: Connection,
    milestone: Milestone,
    sandbox_control: SandboxControl,
    clock: MovingClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    link(milestone, jira)
    sync(jira)
    clock.move(timedelta(hours=1))
    for task in Task.objects.order_by("-pk")[:3]:
        sandbox_control.delete_issue(task.key)
    monkeypatch.setattr(jira_source, "FETCH_SECONDS", 0.0)
    start_run(jira, RunTrigger.CENSUS)
    run = sync(jira)
    assert (run.state, run.removed, TaskSource.objects.get().at_source) == (RunState.DONE, 3, 18)
    # The ids, the site’s fields, each offered project once; and of three steps each a search and one issue.
    assert run.requests == 1 + 1 + len(jira.offered) + 3 * 2


def test_a_look_at_single_tasks_says_which_it_did_not_reach(
    clickup: Connection, sandbox_control: SandboxControl
) -> None:
    gone = list(Task.objects.order_by("pk").values_list("external_id", flat=True)[:3])
    for one in gone:
        sandbox_control.delete_clickup_task(one)
    told = fetch_tasks(clickup, gone)
    assert (told.removed, told.left) == (1, tuple(gone[1:]))
