"""Asana's ids, single tasks and sub-tasks, through the real SDK against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from django.conf import LazySettings

from integrations.domain.types import RemovedWhy
from integrations.errors import ErrorKind, NeedsAttentionError, RetryLaterError
from integrations.sources.asana import client as asana_client
from integrations.sources.asana import reading
from integrations.sources.asana import source as asana_source
from integrations.sources.asana.source import AsanaSource
from integrations.sources.base import RateLimits, SourceQuery, TaskRecord
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.sources.test_asana_source import LAUNCH, LEGAL, PRIVATE, TRAINING, opened
from tests.moving_clock import MovingClock

PROJECT = SourceQuery("project", LEGAL.gid)
SECTION = SourceQuery("section", TRAINING)
BATCH = r"POST .*/batch$"


@pytest.fixture
def client(sandbox: SandboxServer, settings: LazySettings) -> Iterator[AsanaSource]:
    with closing(opened(sandbox, settings)) as client:
        yield client


def read(client: AsanaSource, query: SourceQuery = SECTION, since_ms: int | None = None) -> list[TaskRecord]:
    found: list[TaskRecord] = []
    token = None
    for _ in range(50):
        page = client.page(query, updated_since_ms=since_ms, token=token)
        found += page.records
        token = page.next_token
        if token is None:
            return found
    raise AssertionError("its pages have no end")


def ids(client: AsanaSource, query: SourceQuery = SECTION) -> list[str]:
    found: list[str] = []
    token = None
    for _ in range(50):
        page = client.ids(query, token=token)
        found += page.ids
        token = page.next_token
        if token is None:
            return found
    raise AssertionError("its pages have no end")


def put_below(control: SandboxControl, parent: str, count: int = 1) -> list[str]:
    """As Asana keeps sub-tasks: in no section of their own."""
    made = control.create_asana_tasks(TRAINING, name="Step", count=count, parent=parent)
    for gid in made:
        control.edit_asana_task(gid, sections=[])
    return made


def test_ids_are_those_of_all_pages(client: AsanaSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asana_client, "PAGE_SIZE", 7)
    found = ids(client, PROJECT)
    assert client.requests == 4
    assert len(found) == len(set(found)) == 25
    assert set(found) == {one.external_id for one in read(client, PROJECT)}


def test_an_expired_offset_starts_the_ids_again(
    client: AsanaSource, sandbox_control: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asana_client, "PAGE_SIZE", 7)
    first = client.ids(PROJECT, token=None)
    sandbox_control.move_clock(days=0.1)
    assert client.ids(PROJECT, token=first.next_token).ids == first.ids


def test_tasks_are_fetched_by_id_ten_to_a_call(client: AsanaSource) -> None:
    all_of_it = {one.external_id: one for one in read(client, PROJECT)}
    before = client.requests
    fetched = client.fetch(list(all_of_it))
    assert client.requests == before + 3
    assert {one.external_id: one for one in fetched.records} == all_of_it
    assert (fetched.quarantined, fetched.gone) == ((), {})


def test_a_slow_fetch_leaves_the_rest(client: AsanaSource, monkeypatch: pytest.MonkeyPatch) -> None:
    found = ids(client, PROJECT)
    monkeypatch.setattr(asana_source, "FETCH_SECONDS", 0.0)
    fetched = client.fetch(found)
    assert ([one.external_id for one in fetched.records], list(fetched.left)) == (list(found[:10]), list(found[10:]))


def test_what_is_gone_is_told_apart(client: AsanaSource, sandbox_control: SandboxControl) -> None:
    stays, deleted, hidden, moved = sandbox_control.create_asana_tasks(TRAINING, count=4)
    sandbox_control.delete_asana_task(deleted)
    sandbox_control.edit_asana_task(hidden, hidden=True)
    sandbox_control.edit_asana_task(moved, sections=[PRIVATE.sections[0].gid])
    fetched = client.fetch([stays, deleted, hidden, moved])
    assert {one.external_id for one in fetched.records} == {stays, moved}
    assert fetched.gone == {deleted: RemovedWhy.DELETED, hidden: RemovedWhy.NO_ACCESS}
    assert {stays} == {stays, deleted, hidden, moved} & set(ids(client))


def test_what_cannot_be_read_is_set_aside_when_fetched(client: AsanaSource, sandbox_control: SandboxControl) -> None:
    good, bad = sandbox_control.create_asana_tasks(TRAINING, count=2)
    sandbox_control.add_fault("asana", "malformed_issue", key=bad)
    fetched = client.fetch([good, bad])
    assert [one.external_id for one in fetched.records] == [good]
    assert [one.external_id for one in fetched.quarantined] == [bad]


def test_one_refusal_among_ten_is_not_told_as_gone(client: AsanaSource, sandbox_control: SandboxControl) -> None:
    good, odd = sandbox_control.create_asana_tasks(TRAINING, count=2)
    sandbox_control.add_fault("asana", "status", match=f"/tasks/{odd}$", status=400)
    fetched = client.fetch([good, odd])
    assert [one.external_id for one in fetched.records] == [good]
    assert not fetched.gone


@pytest.mark.parametrize(("status", "of"), [(429, RetryLaterError), (503, RetryLaterError), (401, NeedsAttentionError)])
def test_trouble_with_one_of_ten_is_trouble_with_all(
    status: int, of: type[Exception], client: AsanaSource, sandbox_control: SandboxControl
) -> None:
    made = sandbox_control.create_asana_tasks(TRAINING, count=2)
    sandbox_control.add_fault("asana", "status", match=f"/tasks/{made[1]}$", status=status)
    with pytest.raises(of):
        client.fetch(made)


@pytest.mark.parametrize("body", [{"data": []}, {"data": [7]}, {"data": "x"}, {"data": [{"status_code": "200"}]}, []])
def test_a_batch_of_another_shape_needs_someone(
    body: object, client: AsanaSource, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("asana", "status", match=BATCH, status=200, body=body)
    with pytest.raises(NeedsAttentionError):
        client.fetch(["1200000001000007"])


def test_limits_are_known_only_from_a_refusal(
    client: AsanaSource, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    assert client.rate_limits == RateLimits()
    sandbox_control.add_fault("asana", "status", match="/tasks$", status=429, headers={"Retry-After": "30"})
    with pytest.raises(RetryLaterError) as later:
        read(client)
    assert later.value.kind == ErrorKind.RATE_LIMITED
    assert client.rate_limits == RateLimits(remaining=0, resets_at=later.value.until)
    read(client)
    assert client.rate_limits == RateLimits()


def test_sub_tasks_come_with_those_above_them(client: AsanaSource, sandbox_control: SandboxControl) -> None:
    (parent,) = sandbox_control.create_asana_tasks(TRAINING)
    children = put_below(sandbox_control, parent, count=2)
    (grandchild,) = put_below(sandbox_control, children[0])
    found = {one.external_id: one for one in read(client)}
    assert len(found) == 6 + 1 + 3
    assert client.requests == 4, "the section’s project, its tasks, their sub-tasks, and those below"
    assert {gid for gid, one in found.items() if one.is_subtask} == {*children, grandchild}
    assert found[children[1]].parent_id == parent
    assert found[grandchild].parent_id == children[0]
    assert set(ids(client)) == set(found)
    assert client.fetch([grandchild]).records == (found[grandchild],)


def test_only_changed_tasks_are_asked_for_their_sub_tasks(
    client: AsanaSource, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    quiet, busy = sandbox_control.create_asana_tasks(TRAINING, count=2)
    put_below(sandbox_control, quiet)
    (child,) = put_below(sandbox_control, busy)
    newest = max(one.updated_at for one in read(client))
    sandbox_control.move_clock(days=1)
    sandbox_control.edit_asana_task(busy, name="Busy")
    since_ms = int(newest.timestamp() * 1000) + 60_000
    before = client.requests
    assert {one.external_id for one in read(client, since_ms=since_ms)} == {busy, child}
    assert client.requests == before + 2


def test_many_sub_tasks_come_in_pages(
    client: AsanaSource, sandbox_control: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asana_client, "PAGE_SIZE", 3)
    monkeypatch.setattr(reading, "MOST_PARENTS", 2)
    parents = sandbox_control.create_asana_tasks(TRAINING, count=3)
    children = [gid for parent in parents for gid in put_below(sandbox_control, parent, count=4)]
    found = [one.external_id for one in read(client)]
    assert len(found) == len(set(found)) == 6 + 3 + 12
    assert set(children) < set(found)


def test_a_task_that_went_away_meanwhile_stops_no_read(client: AsanaSource, sandbox_control: SandboxControl) -> None:
    (parent,) = sandbox_control.create_asana_tasks(TRAINING)
    put_below(sandbox_control, parent)
    first = client.page(SECTION, updated_since_ms=None, token=None)
    sandbox_control.delete_asana_task(parent)
    last = client.page(SECTION, updated_since_ms=None, token=first.next_token)
    assert (last.records, last.next_token) == ((), None)


def test_tags_types_and_names_are_read(client: AsanaSource, sandbox_control: SandboxControl) -> None:
    (gid,) = sandbox_control.create_asana_tasks(TRAINING, tags=["legal", "porto"], subtype="milestone")
    (found,) = client.fetch([gid]).records
    assert (found.kind, found.labels, found.is_subtask) == ("Milestone", ("legal", "porto"), False)


def test_a_task_in_two_projects_is_called_after_the_offered_one(
    client: AsanaSource, sandbox_control: SandboxControl
) -> None:
    (gid,) = sandbox_control.create_asana_tasks(PRIVATE.sections[0].gid)
    sandbox_control.edit_asana_task(gid, sections=[PRIVATE.sections[0].gid, LAUNCH])
    assert client.fetch([gid]).records[0].status_word == "Public launch"
