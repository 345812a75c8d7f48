"""ClickUp over the wire, against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from integrations.account import Access
from integrations.domain.types import TaskState
from integrations.errors import ErrorKind, NeedsAttentionError, NotFoundError, RefusedError, RetryLaterError
from integrations.sources.base import SourceQuery, TaskRecord
from integrations.sources.clickup import source as clickup_source
from integrations.sources.clickup.forms import CredentialsForm, read_query
from integrations.sources.clickup.source import ClickUpSource, open_source
from luna.lib.http import Limits
from luna.lib.redaction import Secret
from sandbox.clickup import workspace
from sandbox.clickup.workspace import CARRIERS, FIGURES, LISTS, ODDS, REVOKED_TOKEN, SEARCH, SENDERS, TOKEN
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.sources.contract import SourceContract
from tests.integrations.world import open_to
from tests.moving_clock import MovingClock

OFFERED = [{"id": one.id, "key": "", "name": one.name} for one in LISTS if one.id != ODDS]
READ = r"/list/\d+/task$"


def query(list_id: str) -> SourceQuery:
    return SourceQuery("list", list_id)


def opened(
    sandbox: SandboxServer,
    settings: LazySettings,
    token: str = TOKEN,
    offered: list[dict[str, str]] | None = OFFERED,
    limits: Limits | None = None,
) -> ClickUpSource:
    open_to(sandbox, settings)
    settings.CLICKUP_URL = f"{sandbox.url}/clickup/api/v2"
    return ClickUpSource(Access("", "", Secret(token)), offered, limits or Limits())


def pages(client: ClickUpSource, asked: SourceQuery, since_ms: int | None = None) -> Iterator[list[TaskRecord]]:
    """One after the other, so that something may happen between them."""
    token = None
    for _ in range(200):
        page = client.page(asked, updated_since_ms=since_ms, token=token)
        yield list(page.records)
        token = page.next_token
        if token is None:
            return
    raise AssertionError("its pages have no end")


def ids(found: list[TaskRecord]) -> set[str]:
    return {one.external_id for one in found}


class TestClickUp(SourceContract):
    face = "clickup"
    is_in_order_of_change = False
    good = query(SENDERS)
    nonsense = SourceQuery("list", "the search list")
    not_offered = query(ODDS)

    def read_call(self) -> str:
        return READ

    @pytest.fixture
    def client(
        self, sandbox: SandboxServer, settings: LazySettings, sandbox_control: SandboxControl, limits: Limits
    ) -> Iterator[ClickUpSource]:
        sandbox_control.create_clickup_tasks(SENDERS, count=230)
        with closing(opened(sandbox, settings, limits=limits)) as client:
            yield client

    @pytest.fixture
    def refused_client(self, sandbox: SandboxServer, settings: LazySettings) -> Iterator[ClickUpSource]:
        with closing(opened(sandbox, settings, REVOKED_TOKEN)) as client:
            yield client


@pytest.fixture
def client(sandbox: SandboxServer, settings: LazySettings) -> Iterator[ClickUpSource]:
    with closing(opened(sandbox, settings)) as client:
        yield client


def all_of(client: ClickUpSource, asked: SourceQuery) -> list[TaskRecord]:
    return [record for page in pages(client, asked) for record in page]


def test_lists_are_named_by_where_they_are(client: ClickUpSource) -> None:
    assert [project.name for project in client.projects()] == [
        "Product ops / Launch work / Clinic group figures",
        "Product ops / Launch work / French search",
        "Product ops / Launch work / SMS carriers",
        "Product ops / Launch work / SMS sender names",
        "Product ops / Odds and ends",
    ]
    assert client.requests == 4
    assert [(choice.label, choice.query) for choice in client.choices()][1] == ("French search", query(SEARCH))


def test_the_walk_through_a_workspace_is_bounded(client: ClickUpSource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clickup_source, "MOST_WALK_CALLS", 1)
    report = client.check()
    assert report.error is None
    assert client.requests == 3


def test_a_check_says_who_luna_is_there(client: ClickUpSource) -> None:
    report = client.check()
    assert report.info is not None
    assert (report.info.account, report.info.workspace) == ("ines@fernhill.example", "Fernhill")
    assert report.info.zone == "Europe/Lisbon"
    assert [step.detail for step in report.steps] == ["Ines Carvalho", "Fernhill", "5 found"]


@pytest.mark.parametrize("token", ["", "wrong", "pk_none\n", "pk_😀", f"Bearer {TOKEN}"])
def test_a_token_that_is_none_is_one_sentence(sandbox: SandboxServer, settings: LazySettings, token: str) -> None:
    with closing(opened(sandbox, settings, token, None)) as client, pytest.raises(NeedsAttentionError) as refused:
        client.page(query(SEARCH), updated_since_ms=None, token=None)
    assert refused.value.kind == ErrorKind.SIGN_IN_REFUSED
    assert "pk_none" not in refused.value.sentence


def test_the_form_tries_the_token(sandbox: SandboxServer, settings: LazySettings) -> None:
    opened(sandbox, settings).close()
    form = CredentialsForm(data={"name": "ClickUp", "token": f" {TOKEN}\n"})
    assert form.is_valid(), form.errors
    assert form.info.workspace == "Fernhill"
    refused = CredentialsForm(data={"name": "ClickUp", "token": REVOKED_TOKEN})
    assert "revoked" in refused.errors["token"][0]


@pytest.mark.parametrize(("list_id", "done", "total"), [(SEARCH, 6, 10), (CARRIERS, 0, 5), (FIGURES, 6, 6)])
def test_a_list_brings_closed_tasks_subtasks_and_those_of_other_lists(
    client: ClickUpSource, list_id: str, done: int, total: int
) -> None:
    found = all_of(client, query(list_id))
    assert (sum(one.state is TaskState.DONE for one in found), len(found)) == (done, total)
    assert client.count(query(list_id)) == total


def test_what_a_task_of_the_sandbox_becomes(client: ClickUpSource) -> None:
    waiting = next(one for one in all_of(client, query(SENDERS)) if one.blocked_by)
    assert set(waiting.blocked_by) <= ids(all_of(client, query(CARRIERS)))
    search = all_of(client, query(SEARCH))
    assert {one.parent_id for one in search if one.parent_id} <= ids(search)
    assert all(one.key.startswith("FR-") for one in search)
    assert not any("\x00" in one.title for one in search)


def test_only_what_was_finished_counts_once_it_is_archived(
    client: ClickUpSource, sandbox_control: SandboxControl
) -> None:
    shipped = sandbox_control.create_clickup_tasks(CARRIERS, status="shipped", archived=True)
    sandbox_control.create_clickup_tasks(CARRIERS, status="in progress", archived=True)
    found = all_of(client, query(CARRIERS))
    assert len(found) == 6
    assert set(shipped) <= ids(found)


def test_an_increment_asks_for_no_archived_tasks(client: ClickUpSource) -> None:
    assert len(list(pages(client, query(SEARCH), since_ms=0))) == 1
    assert len(list(pages(client, query(SEARCH)))) == 2
    assert client.requests == 3


@pytest.mark.parametrize("key", ["", "silent", "lies"])
@pytest.mark.parametrize("size", [1, 3, 5])
def test_short_pages_bring_every_task_whatever_they_say_of_the_last(
    size: int, key: str, client: ClickUpSource, sandbox_control: SandboxControl
) -> None:
    whole = all_of(client, query(SEARCH))
    sandbox_control.add_fault("clickup", "short_pages", count_bytes=size, key=key)
    found = all_of(client, query(SEARCH))
    assert len(found) == 10
    assert ids(found) == ids(whole)


def test_a_full_last_page_is_followed_by_one_more_question(
    client: ClickUpSource, sandbox_control: SandboxControl
) -> None:
    sandbox_control.create_clickup_tasks(CARRIERS, count=95)
    assert len(all_of(client, query(CARRIERS))) == 100


def test_tasks_that_change_while_they_are_read_are_not_lost(
    client: ClickUpSource, sandbox_control: SandboxControl
) -> None:
    sandbox_control.create_clickup_tasks(CARRIERS, count=20)
    every = ids(all_of(client, query(CARRIERS)))
    sandbox_control.add_fault("clickup", "short_pages", count_bytes=6)
    reading = pages(client, query(CARRIERS))
    found = next(reading)
    unread = sorted(every - ids(found))
    for task_id in (unread[0], unread[-1]):
        sandbox_control.edit_clickup_task(task_id, status="shipped")
    (new,) = sandbox_control.create_clickup_tasks(CARRIERS)
    found += [record for page in reading for record in page]
    assert ids(found) == every | {new}
    last = {one.external_id: one.state for one in found}
    assert [last[unread[0]], last[unread[-1]]] == [TaskState.DONE, TaskState.DONE]


@pytest.mark.parametrize("since_ms", [None, 0])
@pytest.mark.parametrize("page", [0, 1])
def test_what_slips_over_the_edge_of_a_page_when_a_task_is_deleted_is_read(
    page: int, since_ms: int | None, client: ClickUpSource, sandbox_control: SandboxControl
) -> None:
    sandbox_control.create_clickup_tasks(CARRIERS, count=20)
    every = ids(all_of(client, query(CARRIERS)))
    sandbox_control.add_fault("clickup", "short_pages", count_bytes=6)
    reading = pages(client, query(CARRIERS), since_ms=since_ms)
    read = [next(reading), next(reading)]
    found = read[0] + read[1]
    sandbox_control.delete_clickup_task(read[page][0].external_id)
    found += [record for page in reading for record in page]
    assert ids(found) == every


def test_a_read_goes_on_in_another_process(
    sandbox: SandboxServer, settings: LazySettings, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("clickup", "short_pages", count_bytes=4)
    found, token = set(), None
    for _ in range(20):
        with closing(opened(sandbox, settings)) as client:
            page = client.page(query(SEARCH), updated_since_ms=None, token=token)
        found |= ids(list(page.records))
        token = page.next_token
        if token is None:
            break
    assert token is None
    assert len(found) == 10


def test_without_a_restriction_one_call_is_enough(sandbox: SandboxServer, settings: LazySettings) -> None:
    opened(sandbox, settings).close()
    with closing(open_source(Access("", "", Secret(TOKEN)), None)) as client:
        page = client.page(query(ODDS), updated_since_ms=None, token=None)
        assert (len(page.records), client.requests) == (6, 1)
        assert client.choices() == []


def test_a_full_window_says_until_when(
    client: ClickUpSource, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    sandbox_control.set_rate("clickup", per_second=0.05, burst=1)
    client.page(query(SEARCH), updated_since_ms=None, token=None)
    with pytest.raises(RetryLaterError) as later:
        client.page(query(SEARCH), updated_since_ms=None, token=None)
    assert later.value.kind == ErrorKind.RATE_LIMITED
    assert later.value.until is not None
    assert 15 < (later.value.until - clock.now()).total_seconds() <= 20


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"X-RateLimit-Reset": "soon"}, None),
        ({"X-RateLimit-Reset": "12"}, None),
        ({"X-RateLimit-Reset": "{now+25}"}, 25),
        ({"X-RateLimit-Reset": "{now-25}"}, 0),
        ({"X-RateLimit-Reset": "{now+90000}"}, 90_000),
        ({"X-RateLimit-Reset": "{now+9000000}"}, 7 * 86_400),
        ({"Retry-After": "7", "X-RateLimit-Reset": "{now+25}"}, 7),
    ],
)
def test_how_long_to_wait(
    headers: dict[str, str],
    seconds: int | None,
    client: ClickUpSource,
    sandbox_control: SandboxControl,
    clock: MovingClock,
) -> None:
    now = int(clock.now().timestamp())
    told = {name: str(now + int(text[4:-1])) if text.startswith("{now") else text for name, text in headers.items()}
    sandbox_control.add_fault("clickup", "status", match=READ, status=429, headers=told)
    with pytest.raises(RetryLaterError) as later:
        client.page(query(SEARCH), updated_since_ms=None, token=None)
    if seconds is None:
        assert later.value.until is None
        return
    assert later.value.until is not None
    asked = later.value.until - datetime.fromtimestamp(now, UTC)
    assert abs(asked - timedelta(seconds=seconds)) < timedelta(seconds=4)


@pytest.mark.parametrize(
    ("status", "body", "error", "kind"),
    [
        (401, {"err": "Token invalid", "ECODE": "OAUTH_025"}, NeedsAttentionError, ErrorKind.SIGN_IN_REFUSED),
        (401, {"err": "Oauth token not found", "ECODE": "OAUTH_019"}, NeedsAttentionError, ErrorKind.SIGN_IN_REFUSED),
        (400, {"err": "Header required", "ECODE": "OAUTH_017"}, NeedsAttentionError, ErrorKind.SIGN_IN_REFUSED),
        (401, {"err": "Not with this app", "ECODE": "OAUTH_999"}, NeedsAttentionError, ErrorKind.SIGN_IN_REFUSED),
        (401, "<h1>Unauthorized</h1>", NeedsAttentionError, ErrorKind.SIGN_IN_REFUSED),
        (401, {"err": "Team not authorized", "ECODE": "OAUTH_027"}, NotFoundError, ErrorKind.MISSING_SCOPE),
        (401, {"err": "Team not authorized", "ECODE": "OAUTH_041"}, NotFoundError, ErrorKind.MISSING_SCOPE),
        (403, {"err": "No access", "ECODE": "ACCESS_01"}, NotFoundError, ErrorKind.MISSING_SCOPE),
        (401, {"err": "List deleted", "ECODE": "SUBCAT_016"}, NotFoundError, ErrorKind.BAD_QUERY),
        (404, {"err": "List not found", "ECODE": "SUBCAT_016"}, NotFoundError, ErrorKind.BAD_QUERY),
        (400, {"err": "List ID invalid", "ECODE": "INPUT_005"}, RefusedError, ErrorKind.BAD_QUERY),
        (400, {"err": "Rate limit reached", "ECODE": "APP_002"}, RetryLaterError, ErrorKind.RATE_LIMITED),
        (200, {"err": "Rate limit reached", "ECODE": "APP_002"}, RetryLaterError, ErrorKind.RATE_LIMITED),
        (500, {"err": "Internal", "ECODE": "OAUTH_027"}, RetryLaterError, ErrorKind.UNREACHABLE),
        (200, {"tasks": None}, NeedsAttentionError, ErrorKind.WRONG_PRODUCT),
        (200, [], NeedsAttentionError, ErrorKind.WRONG_PRODUCT),
    ],
)
def test_a_refusal_by_its_code(
    status: int,
    body: Any,
    error: type[Exception],
    kind: ErrorKind,
    client: ClickUpSource,
    sandbox_control: SandboxControl,
) -> None:
    sandbox_control.add_fault("clickup", "status", match=READ, status=status, body=body)
    with pytest.raises(error) as refused:
        client.page(query(SEARCH), updated_since_ms=None, token=None)
    assert refused.value.kind == kind  # type: ignore[attr-defined]
    assert refused.value.sentence.endswith(".")  # type: ignore[attr-defined]


@pytest.mark.parametrize("list_id", [workspace.DELETED_LIST_ID, "905500000001"])
def test_a_list_that_is_gone_or_elsewhere_is_refused_alone(
    sandbox: SandboxServer, settings: LazySettings, list_id: str
) -> None:
    with closing(opened(sandbox, settings, offered=None)) as client:
        with pytest.raises(NotFoundError, match=list_id):
            client.verify(query(list_id))
        assert client.verify(query(SEARCH)) == "French search"


def test_a_workspace_that_is_closed_to_the_token_needs_someone(
    client: ClickUpSource, sandbox_control: SandboxControl
) -> None:
    body = {"err": "Team not authorized", "ECODE": "OAUTH_023"}
    sandbox_control.add_fault("clickup", "status", match="/team$", status=401, body=body)
    report = client.check()
    assert isinstance(report.error, NeedsAttentionError)
    assert [step.outcome for step in report.steps] == ["ok", "bad", "not_tried"]


def test_the_token_goes_to_no_redirect(client: ClickUpSource, sandbox_control: SandboxControl) -> None:
    headers = {"Location": "https://elsewhere.example/?token=1"}
    sandbox_control.add_fault("clickup", "status", match=READ, status=302, headers=headers)
    with pytest.raises(NeedsAttentionError, match=r"elsewhere\.example") as refused:
        client.sample(query(SEARCH), 1)
    assert "token=1" not in refused.value.sentence


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("901200000001", "901200000001"),
        (" 901200000001\n", "901200000001"),
        ("https://app.clickup.com/9012000001/v/li/901200000001", "901200000001"),
        ("https://app.clickup.com/9012000001/v/l/li/901200000001?pr=90120000011", "901200000001"),
        ("https://app.clickup.com/9012000001/v/l/6-901200000001-1", "901200000001"),
        ("https://app.clickup.com/9012000001/v/b/6-901200000001-2", "901200000001"),
        ("https://app.clickup.com/t/86c0a1b", "https://app.clickup.com/t/86c0a1b"),
        ("https://app.clickup.com/9012000001/home", "https://app.clickup.com/9012000001/home"),
        ("French search", "French search"),
    ],
)
def test_an_id_or_an_address_is_understood(text: str, expected: str) -> None:
    assert read_query("list", text) == expected
