"""What Asana's events tell, through the real SDK against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from django.conf import LazySettings

from integrations.domain.types import RemovedWhy
from integrations.errors import ErrorKind, NeedsAttentionError, RefusedError
from integrations.sources.asana.source import AsanaSource
from integrations.sources.base import Changes, Fetched, SourceQuery
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.sources.test_asana_reading import PROJECT, SECTION, put_below
from tests.integrations.sources.test_asana_source import LAUNCH, PRICING, PRIVATE, TRAINING, opened

ELSEWHERE = PRICING.sections[0].gid


@pytest.fixture
def client(sandbox: SandboxServer, settings: LazySettings) -> Iterator[AsanaSource]:
    with closing(opened(sandbox, settings)) as client:
        yield client


def seen(changes: Changes) -> set[str]:
    assert changes.is_complete
    return {one.external_id for one in changes.fetched.records}


def begun(client: AsanaSource, query: SourceQuery = SECTION) -> str:
    first = client.changes(query, "")
    assert (first.is_complete, first.fetched) == (False, Fetched(()))
    return first.bookmark


def test_what_changed_since_comes_once(client: AsanaSource, sandbox_control: SandboxControl) -> None:
    changed, quiet = sandbox_control.create_asana_tasks(TRAINING, count=2)
    bookmark = begun(client)
    assert seen(client.changes(SECTION, bookmark)) == set()
    sandbox_control.edit_asana_task(changed, completed=True)
    sandbox_control.edit_asana_task(changed, name="Again")
    (new,) = sandbox_control.create_asana_tasks(TRAINING)
    changes = client.changes(SECTION, bookmark)
    assert seen(changes) == {changed, new}
    assert quiet not in seen(client.changes(SECTION, bookmark)), "the last bookmark may be asked with again"
    assert seen(client.changes(SECTION, changes.bookmark)) == set()


def test_a_move_within_the_project_changes_no_time_but_is_told(
    client: AsanaSource, sandbox_control: SandboxControl
) -> None:
    comes, goes = sandbox_control.create_asana_tasks(LAUNCH)[0], sandbox_control.create_asana_tasks(TRAINING)[0]
    bookmark, of_project = begun(client), begun(client, PROJECT)
    before = {one.external_id: one.updated_at for one in client.fetch([comes, goes]).records}
    sandbox_control.edit_asana_task(comes, sections=[TRAINING])
    sandbox_control.edit_asana_task(goes, sections=[LAUNCH])
    assert {one.external_id: one.updated_at for one in client.fetch([comes, goes]).records} == before
    changes = client.changes(SECTION, bookmark)
    assert seen(changes) == {comes}
    assert changes.fetched.gone == {goes: RemovedWhy.MOVED}
    assert changes.fetched.records[0].status_word == "Reception training"
    assert seen(client.changes(PROJECT, of_project)) == {comes, goes}


def test_what_left_the_project_was_deleted_or_was_closed_is_told_apart(
    client: AsanaSource, sandbox_control: SandboxControl
) -> None:
    moved, hired, deleted, hidden = sandbox_control.create_asana_tasks(TRAINING, count=4)
    bookmark = begun(client, PROJECT)
    sandbox_control.edit_asana_task(moved, sections=[ELSEWHERE])
    sandbox_control.edit_asana_task(hired, sections=[PRIVATE.sections[0].gid])
    sandbox_control.delete_asana_task(deleted)
    sandbox_control.edit_asana_task(hidden, hidden=True)
    changes = client.changes(PROJECT, bookmark)
    assert seen(changes) == set(), "nothing of a task that left is brought, least of all where it went"
    assert changes.fetched.gone == {
        moved: RemovedWhy.MOVED,
        hired: RemovedWhy.MOVED,
        deleted: RemovedWhy.DELETED,
        hidden: RemovedWhy.NO_ACCESS,
    }


def test_sub_tasks_belong_to_where_the_task_above_them_stands(
    client: AsanaSource, sandbox_control: SandboxControl
) -> None:
    here, there = sandbox_control.create_asana_tasks(TRAINING)[0], sandbox_control.create_asana_tasks(LAUNCH)[0]
    (child,) = put_below(sandbox_control, here)
    (deep,) = put_below(sandbox_control, child)
    (other,) = put_below(sandbox_control, there)
    bookmark = begun(client)
    sandbox_control.edit_asana_task(deep, completed=True)
    sandbox_control.edit_asana_task(other, completed=True)
    changes = client.changes(SECTION, bookmark)
    assert seen(changes) == {deep}
    assert changes.fetched.gone == {other: RemovedWhy.MOVED}


def test_a_task_that_is_moved_in_brings_its_sub_tasks(client: AsanaSource, sandbox_control: SandboxControl) -> None:
    (parent,) = sandbox_control.create_asana_tasks(ELSEWHERE)
    children = put_below(sandbox_control, parent, count=2)
    bookmark = begun(client)
    sandbox_control.edit_asana_task(parent, sections=[TRAINING])
    assert seen(client.changes(SECTION, bookmark)) == {parent, *children}


def test_a_task_that_is_moved_out_takes_its_sub_tasks_along(
    client: AsanaSource, sandbox_control: SandboxControl
) -> None:
    (parent,) = sandbox_control.create_asana_tasks(TRAINING)
    below, placed = put_below(sandbox_control, parent, count=2)
    (deep,) = put_below(sandbox_control, below)
    sandbox_control.edit_asana_task(placed, sections=[TRAINING])
    bookmark = begun(client)
    sandbox_control.edit_asana_task(parent, sections=[LAUNCH])
    changes = client.changes(SECTION, bookmark)
    assert changes.fetched.gone == dict.fromkeys([parent, below, deep], RemovedWhy.MOVED)
    assert seen(changes) == {placed}


def test_a_bookmark_ends_after_a_day(client: AsanaSource, sandbox_control: SandboxControl) -> None:
    bookmark = begun(client)
    (gid,) = sandbox_control.create_asana_tasks(TRAINING)
    sandbox_control.move_clock(days=1.1)
    late = client.changes(SECTION, bookmark)
    assert (late.is_complete, late.fetched) == (False, Fetched(()))
    sandbox_control.edit_asana_task(gid, completed=True)
    assert seen(client.changes(SECTION, late.bookmark)) == {gid}


@pytest.mark.parametrize("bookmark", ["nonsense", "žluť"])
def test_a_bookmark_that_is_none_begins_anew(bookmark: str, client: AsanaSource) -> None:
    assert not client.changes(SECTION, bookmark).is_complete


def test_many_events_come_in_pages(client: AsanaSource, sandbox_control: SandboxControl) -> None:
    (gid,) = sandbox_control.create_asana_tasks(TRAINING)
    bookmark = begun(client)
    made = sandbox_control.create_asana_tasks(TRAINING, count=105)
    sandbox_control.edit_asana_task(gid, completed=True)
    first = client.changes(SECTION, bookmark)
    second = client.changes(SECTION, first.bookmark)
    assert (first.has_more, second.has_more) == (True, False)
    assert (len(seen(first)), seen(first) | seen(second)) == (100, {gid, *made})


@pytest.mark.parametrize(
    "body",
    [
        {"data": [], "has_more": False},
        {"data": 7, "sync": "x"},
        {"data": [], "sync": 7},
    ],
)
def test_events_of_another_shape_need_someone(
    body: object, client: AsanaSource, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("asana", "status", match="/events$", status=200, body=body)
    with pytest.raises(NeedsAttentionError):
        client.changes(SECTION, "x")


def test_events_about_anything_else_are_passed_over(client: AsanaSource, sandbox_control: SandboxControl) -> None:
    odd = [7, {}, {"resource": 7}, {"resource": {"resource_type": "task", "gid": "../users/me"}}]
    odd += [{"resource": {"resource_type": "story", "gid": "12"}}, {"resource": {"resource_type": "task", "gid": None}}]
    sandbox_control.add_fault("asana", "status", match="/events$", status=200, body={"data": odd, "sync": "next"})
    changes = client.changes(SECTION, "x")
    assert (changes.fetched, changes.bookmark) == (Fetched(()), "next")
    assert client.requests == 2


def test_events_of_what_is_not_offered_are_not_asked_for(client: AsanaSource) -> None:
    for query in (SourceQuery("project", PRIVATE.gid), SourceQuery("section", PRIVATE.sections[0].gid)):
        with pytest.raises(RefusedError) as refused:
            client.changes(query, "")
        assert refused.value.kind == ErrorKind.NOT_OFFERED
