"""What a connection offers is widened or narrowed: what follows is read, or let go, at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from integrations.account import Project
from integrations.actions.connections import offer_projects
from integrations.domain.types import RunState, RunTrigger, SourceKind
from integrations.models import Connection, SourceTask, SyncRun, Task
from integrations.sync.runs import start_run
from milestones.models import Milestone
from people.models import User
from tests.integrations.world import OFFERED, link, sync

SignedIn = Callable[[User], Client]
ALL_BUT_EPICS = "type != Epic"


def offer(connection: Connection, *keys: str, actor: User) -> SyncRun | None:
    projects = [Project(OFFERED[key], key, key) for key in keys]
    return offer_projects(connection=connection, version=None, projects=projects, actor=actor)


def linked() -> set[str]:
    """The projects whose tasks count."""
    return {key.partition("-")[0] for key in Task.objects.filter(links__isnull=False).values_list("key", flat=True)}


def test_what_is_taken_out_is_let_go_at_once(jira: Connection, milestone: Milestone, ada: User) -> None:
    link(milestone, jira, ALL_BUT_EPICS, SourceKind.JQL)
    sync(jira)
    jira.refresh_from_db()
    assert linked() == set(OFFERED)
    run = offer(jira, "CAL", actor=ada)
    assert run is not None
    assert (run.is_census, run.is_full, run.requested_by) == (True, False, ada)
    assert sync(jira).state == RunState.DONE
    assert linked() == {"CAL"}


def test_what_is_taken_out_is_let_go_where_a_query_names_it(jira: Connection, milestone: Milestone, ada: User) -> None:
    source = link(milestone, jira, "project = PAY", SourceKind.JQL)
    sync(jira)
    jira.refresh_from_db()
    offer(jira, "CAL", actor=ada)
    sync(jira)
    source.refresh_from_db()
    milestone.refresh_from_db()
    assert not SourceTask.objects.exists()
    assert "does not offer PAY" in source.error_sentence
    assert milestone.tasks_total in {0, None}


@pytest.mark.parametrize("is_census", [False, True])
def test_a_name_that_nothing_bears_any_more_takes_no_task_away(
    is_census: bool, jira: Connection, milestone: Milestone
) -> None:
    source = link(milestone, jira)
    sync(jira)
    type(source).objects.update(kind=SourceKind.JQL, query="project = OLDNAME")
    start_run(jira, RunTrigger.CENSUS if is_census else RunTrigger.PERSON, is_full=not is_census)
    assert sync(jira).removed == 0
    source.refresh_from_db()
    assert "does not offer OLDNAME" in source.error_sentence
    assert SourceTask.objects.count() == 21


def test_what_is_offered_too_is_read_with_all_its_older_tasks(
    jira: Connection, milestone: Milestone, ada: User
) -> None:
    offer(jira, "CAL", actor=ada)
    link(milestone, jira, ALL_BUT_EPICS, SourceKind.JQL)
    sync(jira)
    jira.refresh_from_db()
    run = offer(jira, *OFFERED, actor=ada)
    assert run is not None
    assert run.is_full
    sync(jira)
    assert linked() == set(OFFERED)


def test_an_open_run_that_saw_what_is_taken_out_begins_anew(jira: Connection, milestone: Milestone, ada: User) -> None:
    source = link(milestone, jira, ALL_BUT_EPICS, SourceKind.JQL)
    sync(jira)
    jira.refresh_from_db()
    open_run = start_run(jira, RunTrigger.PERSON, is_full=True)
    SourceTask.objects.filter(source=source).update(seen_by=open_run.pk)
    run = offer(jira, "CAL", actor=ada)
    assert run == open_run
    sync(jira)
    assert linked() == {"CAL"}


def test_the_same_choice_and_one_that_nothing_reads_by_start_nothing(
    jira: Connection, milestone: Milestone, ada: User
) -> None:
    assert offer(jira, "CAL", actor=ada) is None
    link(milestone, jira)
    sync(jira)
    jira.refresh_from_db()
    assert offer(jira, "CAL", actor=ada) is None
    assert SyncRun.objects.count() == 1


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (["10000"], "looks for tasks that may not be read any more"),
        (["10000", "10001"], "Everything is read again now"),
    ],
)
def test_the_page_says_what_begins(
    chosen: list[str], words: str, jira: Connection, milestone: Milestone, ada: User, signed_in: SignedIn
) -> None:
    offer(jira, "CAL", *(["PAY"] if len(chosen) == 1 else []), actor=ada)
    link(milestone, jira)
    sync(jira)
    jira.refresh_from_db()
    url = reverse("integrations:offer", args=[jira.pk])
    page = signed_in(ada).post(url, {"chosen": chosen, "version": jira.version}, follow=True)
    assert words in page.content.decode()
