"""What makes the mirror of ClickUp comparable: the ids of a list, tasks by their ids, and what is left of the limit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from hypothesis import given
from hypothesis import strategies as st

from integrations.domain.types import RemovedWhy, TaskState
from integrations.errors import ErrorKind, NeedsAttentionError, RefusedError, RetryLaterError
from integrations.sources.base import RateLimits
from integrations.sources.clickup import source as clickup_source
from integrations.sources.clickup.limits import limits_told
from integrations.sources.clickup.refusals import gone_why
from integrations.sources.clickup.source import ClickUpSource
from sandbox.clickup.workspace import CARRIERS, FIGURES, ODDS, SEARCH, SENDERS
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.sources.test_clickup_source import all_of, opened, query
from tests.integrations.sources.test_clickup_source import ids as ids_of
from tests.moving_clock import MovingClock

ONE = r"/task/\w+$"


@pytest.fixture
def client(sandbox: SandboxServer, settings: LazySettings) -> Iterator[ClickUpSource]:
    with closing(opened(sandbox, settings)) as client:
        yield client


def census(client: ClickUpSource, list_id: str) -> list[str]:
    found: list[str] = []
    token = None
    for _ in range(100):
        page = client.ids(query(list_id), token=token)
        found += page.ids
        token = page.next_token
        if token is None:
            return found
    raise AssertionError("its pages have no end")


@pytest.mark.parametrize("list_id", [SEARCH, CARRIERS, FIGURES])
def test_a_census_finds_each_task_of_a_full_read_once(
    client: ClickUpSource, list_id: str, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("clickup", "short_pages", count_bytes=4)
    found = census(client, list_id)
    assert len(set(found)) == len(found)
    assert set(found) == ids_of(all_of(client, query(list_id)))


def test_a_census_goes_over_all_pages_again_and_takes_archived_tasks_that_were_finished(
    client: ClickUpSource, sandbox_control: SandboxControl
) -> None:
    (shipped,) = sandbox_control.create_clickup_tasks(CARRIERS, status="shipped", archived=True)
    (dropped,) = sandbox_control.create_clickup_tasks(CARRIERS, archived=True)
    sandbox_control.add_fault("clickup", "short_pages", count_bytes=2)
    pages = [client.ids(query(CARRIERS), token=None)]
    # What is deleted behind the reader's back lets another task slip over the edge of a page that was read.
    sandbox_control.delete_clickup_task(pages[0].ids[0])
    while pages[-1].next_token is not None:
        pages.append(client.ids(query(CARRIERS), token=pages[-1].next_token))
    found = {one for page in pages for one in page.ids}
    assert found >= set(census(client, CARRIERS)) | {shipped}
    assert dropped not in found


def test_a_census_counts_tasks_that_can_not_be_read(client: ClickUpSource, sandbox_control: SandboxControl) -> None:
    body = {"tasks": [{"id": "9hx"}, {"name": "without an id"}], "last_page": True}
    sandbox_control.add_fault("clickup", "status", match=r"/list/\d+/task$", status=200, body=body)
    assert client.ids(query(CARRIERS), token=None).ids == ("9hx",)


def test_a_census_goes_on_in_another_process_and_disturbs_no_read(
    sandbox: SandboxServer, settings: LazySettings, sandbox_control: SandboxControl, client: ClickUpSource
) -> None:
    sandbox_control.add_fault("clickup", "short_pages", count_bytes=4)
    first = client.ids(query(SEARCH), token=None)
    read = client.page(query(SEARCH), updated_since_ms=None, token=None)
    assert ids_of(list(read.records)) == set(first.ids)
    with closing(opened(sandbox, settings)) as other:
        assert not set(other.ids(query(SEARCH), token=first.next_token).ids) & set(first.ids)


def test_a_list_that_is_not_offered_has_no_census(client: ClickUpSource) -> None:
    with pytest.raises(RefusedError):
        client.ids(query(ODDS), token=None)


def test_tasks_come_by_their_ids_as_they_are_now(client: ClickUpSource, sandbox_control: SandboxControl) -> None:
    (one, other) = sandbox_control.create_clickup_tasks(SENDERS, count=2)
    sandbox_control.edit_clickup_task(one, status="shipped")
    before = client.requests
    fetched = client.fetch([one, other, one])
    assert client.requests - before == 2
    assert {record.external_id: record.state for record in fetched.records} == {
        one: TaskState.DONE,
        other: TaskState.TO_DO,
    }
    listed = {record.external_id: record for record in all_of(client, query(SENDERS))}
    assert [listed[one], listed[other]] == list(fetched.records)


def test_what_is_gone_is_told_with_its_reason(client: ClickUpSource, sandbox_control: SandboxControl) -> None:
    deleted, hidden, moved, shared = sandbox_control.create_clickup_tasks(SENDERS, count=4)
    sandbox_control.delete_clickup_task(deleted)
    sandbox_control.edit_clickup_task(hidden, list_id=FIGURES)
    sandbox_control.edit_clickup_task(moved, list_id=ODDS)
    sandbox_control.edit_clickup_task(shared, list_id=ODDS, also_in=[CARRIERS])
    sandbox_control.close_clickup_list(FIGURES)
    fetched = client.fetch([deleted, hidden, moved, shared])
    assert fetched.gone == {
        deleted: RemovedWhy.DELETED,
        hidden: RemovedWhy.NO_ACCESS,
        moved: RemovedWhy.NO_ACCESS,
    }
    assert [one.external_id for one in fetched.records] == [shared]


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (404, {"err": "Task not found, deleted", "ECODE": "ITEM_013"}, RemovedWhy.DELETED),
        (401, {"err": "Task not found, deleted", "ECODE": "ITEM_015"}, RemovedWhy.DELETED),
        (410, {"err": "Gone", "ECODE": "ITEM_013"}, RemovedWhy.DELETED),
        (401, {"err": "Team not authorized", "ECODE": "OAUTH_027"}, RemovedWhy.NO_ACCESS),
        (403, {"err": "No access", "ECODE": "ACCESS_083"}, RemovedWhy.NO_ACCESS),
        (401, {"err": "Token invalid", "ECODE": "OAUTH_025"}, None),
        (401, {"err": "Not with this app", "ECODE": "OAUTH_999"}, None),
        (404, {"err": "Route not found", "ECODE": "APP_001"}, None),
        (404, None, None),
        (403, "<h1>Forbidden</h1>", None),
        (429, {"err": "Rate limit reached", "ECODE": "APP_002"}, None),
        (500, {"err": "Internal", "ECODE": "ITEM_013"}, None),
        (200, {"id": "9hz"}, None),
    ],
)
def test_only_clickups_own_word_takes_a_task_away(status: int, body: Any, expected: RemovedWhy | None) -> None:
    assert gone_why(status, body) == expected


@pytest.mark.parametrize("status", [403, 404])
def test_a_proxys_refusal_takes_no_task_away(
    status: int, client: ClickUpSource, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("clickup", "status", match=ONE, status=status, body="<h1>no</h1>")
    with pytest.raises(NeedsAttentionError):
        client.fetch(["9hz"])


def test_an_id_that_clickup_does_not_take_is_not_told(client: ClickUpSource, sandbox_control: SandboxControl) -> None:
    (task_id,) = sandbox_control.create_clickup_tasks(SENDERS)
    body = {"err": "Task ID invalid", "ECODE": "INPUT_003"}
    sandbox_control.add_fault("clickup", "status", match=r"/task/odd$", status=400, body=body)
    before = client.requests
    fetched = client.fetch(["../user", "", "?", "odd", task_id])
    assert client.requests - before == 2
    assert ([one.external_id for one in fetched.records], fetched.gone) == ([task_id], {})


def test_a_task_that_can_not_be_read_is_set_aside(client: ClickUpSource, sandbox_control: SandboxControl) -> None:
    body = {"id": "9hz", "list": {"id": SENDERS}, "date_updated": "soon"}
    sandbox_control.add_fault("clickup", "status", match=ONE, status=200, body=body)
    fetched = client.fetch(["9hz"])
    assert [one.external_id for one in fetched.quarantined] == ["9hz"]
    assert not fetched.gone


def test_a_slow_fetch_tells_what_it_has(
    client: ClickUpSource, sandbox_control: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = sandbox_control.create_clickup_tasks(SENDERS, count=2)
    monkeypatch.setattr(clickup_source, "FETCH_SECONDS", 0.0)
    fetched = client.fetch(tasks)
    assert ([one.external_id for one in fetched.records], fetched.left) == (tasks[:1], tuple(tasks[1:]))


def test_a_slow_fetch_ends_where_each_task_is_refused(
    client: ClickUpSource, sandbox_control: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox_control.add_fault("clickup", "status", match="/task/odd", status=400, body={"ECODE": "INPUT_003"})
    monkeypatch.setattr(clickup_source, "FETCH_SECONDS", 0.0)
    assert client.fetch(["odd1", "odd2"]).left == ("odd2",)


def test_a_fetch_beyond_the_limit_waits(client: ClickUpSource, sandbox_control: SandboxControl) -> None:
    sandbox_control.add_fault("clickup", "status", match=ONE, status=429)
    with pytest.raises(RetryLaterError) as later:
        client.fetch(["9hz"])
    assert later.value.kind == ErrorKind.RATE_LIMITED


def test_what_is_left_of_the_limit_is_told(
    client: ClickUpSource, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    assert client.rate_limits == RateLimits()
    sandbox_control.set_rate("clickup", per_second=1 / 60, burst=2)
    client.page(query(SEARCH), updated_since_ms=None, token=None)
    told = client.rate_limits
    assert (told.limit, told.remaining) == (2, 1)
    assert told.resets_at is not None
    client.ids(query(SEARCH), token=None)
    with pytest.raises(RetryLaterError) as later:
        client.fetch(["9hz"])
    assert client.rate_limits.remaining == 0
    assert client.rate_limits.resets_at == later.value.until
    assert later.value.until is not None
    assert timedelta(seconds=50) < later.value.until - clock.now() <= timedelta(seconds=62)


def test_an_answer_without_limits_leaves_those_that_were_told(
    client: ClickUpSource, sandbox_control: SandboxControl
) -> None:
    client.page(query(SEARCH), updated_since_ms=None, token=None)
    told = client.rate_limits
    sandbox_control.add_fault("clickup", "status", match=ONE, status=503)
    with pytest.raises(RetryLaterError):
        client.fetch(["9hz"])
    assert client.rate_limits == told
    assert told.limit == 1000


@given(st.dictionaries(st.sampled_from(["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"]), st.text()))
def test_headers_of_any_kind_are_read_without_harm(headers: dict[str, str]) -> None:
    told = limits_told(headers)
    assert told is None or all(one is None or one >= 0 for one in (told.limit, told.remaining))


def test_types_are_named_as_the_team_calls_them_and_asked_for_once(
    client: ClickUpSource, sandbox_control: SandboxControl
) -> None:
    (bug,) = sandbox_control.create_clickup_tasks(CARRIERS, custom_item=1300, tags=["carrier", "v2"])
    (unknown,) = sandbox_control.create_clickup_tasks(CARRIERS, custom_item=9999, parent=bug)
    found = {one.external_id: one for one in client.page(query(CARRIERS), updated_since_ms=0, token=None).records}
    assert (found[bug].kind, found[bug].labels, found[bug].is_subtask) == ("Bug", ("carrier", "v2"), False)
    assert (found[unknown].kind, found[unknown].is_subtask) == ("Task", True)
    client.fetch([bug])
    assert client.requests == 3


def test_a_workspace_that_does_not_tell_its_types_costs_no_task(
    client: ClickUpSource, sandbox_control: SandboxControl
) -> None:
    (bug,) = sandbox_control.create_clickup_tasks(CARRIERS, custom_item=1300)
    body = {"err": "Not on this plan", "ECODE": "TEAM_028"}
    sandbox_control.add_fault("clickup", "status", match=r"/custom_item$", status=400, body=body)
    assert [one.kind for one in client.fetch([bug]).records] == ["Task"]
