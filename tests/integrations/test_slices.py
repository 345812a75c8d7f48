"""What a slice notices between its steps, and that reading ahead asks for nothing twice."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from integrations.actions.sources import unlink_source
from integrations.domain.types import RunState, SourceKind
from integrations.models import SourceTask, SyncRun, Task, TaskSource
from integrations.registry import open_source
from integrations.sources.jira import source as jira_source
from integrations.sync import ahead, statements
from integrations.sync.reading import ReadingSlice
from luna import clock
from luna.lib.work import claim, queues
from tests.factories import make_connection
from tests.integrations.world import link, sync

if TYPE_CHECKING:
    from integrations.models import Connection
    from milestones.models import Milestone
    from people.models import User


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jira_source, "PAGE_SIZE", 5)


def test_a_source_that_goes_between_two_pages_gets_nothing_more(
    jira: Connection, milestone: Milestone, ana: User
) -> None:
    first = link(milestone, jira)
    second = link(milestone, jira, "project = CAL AND statusCategory = Done", SourceKind.JQL)
    held = claim(queues()["sync"], SyncRun.objects.get().pk)
    assert held is not None
    with closing(open_source(jira)) as client, closing(ReadingSlice(held, client, seconds=60)) as steps:
        assert steps.go_on()
        assert SourceTask.objects.filter(source=first).count() == 5
        unlink_source(source=first, actor=ana)
        while steps.go_on():
            pass
    assert set(SourceTask.objects.values_list("source_id", flat=True)) == {second.pk}
    second.refresh_from_db()
    assert second.full_read_at is not None


def test_what_changes_of_a_source_between_two_pages_holds_from_the_next_one_on(
    jira: Connection, milestone: Milestone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "MOST_AHEAD", 1)
    source = link(milestone, jira)
    held = claim(queues()["sync"], SyncRun.objects.get().pk)
    assert held is not None
    with closing(open_source(jira)) as client, closing(ReadingSlice(held, client, seconds=60)) as steps:
        assert steps.go_on()
        assert set(SourceTask.objects.values_list("is_counted", flat=True)) == {True}, "all is new"
        TaskSource.objects.filter(pk=source.pk).update(full_read_at=source.created_at)
        assert steps.go_on()
    assert SourceTask.objects.filter(is_counted=False).count() == 5


def test_a_page_asked_for_ahead_is_never_asked_again(jira: Connection, milestone: Milestone) -> None:
    link(milestone, jira)
    run = sync(jira)
    assert (run.state, run.read, run.requests) == (RunState.DONE, 21, 2 + 5), "fields, number, five pages"


@pytest.mark.parametrize("odd", ['a"b', "a\\b", "{x},y", "NULL", "", "é", "a'b", "%s", '\\"'])
@pytest.mark.django_db
def test_an_id_is_looked_up_as_it_is(odd: str) -> None:
    connection = make_connection()
    task = Task.objects.create(connection=connection, external_id=odd, key="T-1", remote_updated_at=clock.now())
    assert {one: known.pk for one, known in statements.known_tasks(connection.pk, [odd, "T-1"]).items()} == {
        odd: task.pk
    }
