"""Reading a Jira whose kind nobody named: the sandbox's two, and stand-ins that do only a part of what Jira does."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings

from integrations.domain.types import TaskState
from integrations.errors import NeedsAttentionError, ProviderError, RefusedError, RetryLaterError
from integrations.probing import read_all
from integrations.sources.base import BadPayload, SourceQuery, TaskRecord
from integrations.sources.jira.probing import open_for_probe
from luna import clock
from luna.env import PrivateTarget
from sandbox.server import SandboxServer
from tests.integrations.world import EMAIL, TOKEN, open_to

QUERY = SourceQuery("jql", "project = ABC")
CLOUD, OLD = "/rest/api/3/search/jql", "/rest/api/2/search"

Answer = tuple[int, dict[str, str], Any]
Asked = dict[str, str]


def issue(number: int, **fields: Any) -> dict[str, Any]:
    status = {"name": "Done", "statusCategory": {"key": "done"}}
    own = {"summary": f"Task {number}\x00", "status": status, "updated": "2026-11-20T09:00:00.000+0800"}
    return {"id": str(number), "key": f"ABC-{number}", "fields": own | fields}


@dataclass
class StandIn:
    """Answers what `pages` makes of a call's path and query; `first` comes before everything else, in turn."""

    pages: dict[str, Callable[[Asked], Answer]]
    first: list[Answer] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)

    def answer(self, path: str, sign: str) -> Answer:
        parts = urlsplit(path)
        self.calls.append(parts.path)
        self.signs.append(sign)
        if self.first:
            return self.first.pop(0)
        page = self.pages.get(parts.path)
        return page({name: values[0] for name, values in parse_qs(parts.query).items()}) if page else (404, {}, {})


@contextmanager
def served(stand_in: StandIn, settings: LazySettings) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = stand_in.answer(self.path, self.headers.get("Authorization", ""))
            data = json.dumps(body).encode()
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(data))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    settings.PRIVATE_HOSTS = (PrivateTarget("127.0.0.1", server.server_port),)
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def by_token(count: int, size: int) -> Callable[[Asked], Answer]:
    """As Cloud pages, but without `isLast`."""

    def page(asked: Asked) -> Answer:
        start = int(asked.get("nextPageToken", "0"))
        found = {"issues": [issue(number) for number in range(count)[start : start + size]]}
        return 200, {}, found | ({"nextPageToken": str(start + size)} if start + size < count else {})

    return page


def by_number(count: int, size: int, **more: Any) -> Callable[[Asked], Answer]:
    """As Data Center pages, with `more` where the vendor has `total` and `maxResults`."""

    def page(asked: Asked) -> Answer:
        start = int(asked.get("startAt", "0"))
        return 200, {}, {"issues": [issue(number) for number in range(count)[start : start + size]]} | more

    return page


def probed(url: str, user: str = "") -> list[TaskRecord | BadPayload]:
    return list(read_all(lambda: open_for_probe(url, user, "a-token"), QUERY, wait=lambda _: None))


def assert_all(found: list[TaskRecord | BadPayload], count: int) -> None:
    tasks = [one for one in found if isinstance(one, TaskRecord)]
    assert [task.key for task in tasks] == [f"ABC-{number}" for number in range(count)]
    assert {(task.state, task.title == f"Task {task.external_id}") for task in tasks} == {(TaskState.DONE, True)}


@pytest.mark.parametrize("size", [1, 2, 7, 100])
@pytest.mark.parametrize("user", ["", EMAIL])
def test_a_stand_in_with_nothing_but_the_new_search(size: int, user: str, settings: LazySettings) -> None:
    stand_in = StandIn({CLOUD: by_token(12, size)})
    with served(stand_in, settings) as url:
        assert_all(probed(url, user), 12)
    assert stand_in.signs[-1].startswith("Basic " if user else "Bearer a-token")


@pytest.mark.parametrize("more", [{}, {"total": 12}, {"total": 12, "maxResults": 5000}, {"total": "12"}])
@pytest.mark.parametrize("size", [1, 2, 7, 100])
@pytest.mark.parametrize("user", ["", EMAIL])
def test_a_stand_in_with_nothing_but_the_old_search(
    size: int, user: str, more: dict[str, Any], settings: LazySettings
) -> None:
    with served(StandIn({OLD: by_number(12, size, **more)}), settings) as url:
        assert_all(probed(url, user), 12)


@pytest.mark.parametrize(
    ("info", "path"),
    [
        ({"deploymentType": "Cloud"}, CLOUD),
        ({"deploymentType": "Server", "version": "10.3.0"}, OLD),
        ({"deploymentType": "Data Center", "version": "11.0.0"}, OLD),
        ({"version": "7.2.0"}, OLD),
    ],
)
@pytest.mark.parametrize("user", ["", EMAIL])
def test_what_the_site_says_of_itself_decides(
    info: dict[str, str], path: str, user: str, settings: LazySettings
) -> None:
    pages = {"/rest/api/2/serverInfo": lambda _: (200, {}, info), CLOUD: by_token(3, 9), OLD: by_number(3, 9, total=3)}
    stand_in = StandIn(pages)
    with served(stand_in, settings) as url:
        assert_all(probed(f"{url}/", user), 3)
    assert [call for call in stand_in.calls if "search" in call] == [path]


@pytest.mark.parametrize(
    ("status", "headers"), [(429, {"Retry-After": "7"}), (429, {}), (503, {}), (503, {"Retry-After": "7"})]
)
@pytest.mark.parametrize("calls_before", [0, 1, 2])
def test_what_passes_by_itself_is_told_and_tried_again(
    status: int, headers: dict[str, str], calls_before: int, settings: LazySettings
) -> None:
    """Whichever call it hits: the site's own description, its fields, or the search."""
    stand_in = StandIn({CLOUD: by_token(5, 2)})
    stand_in.first = [(404, {}, {})] * calls_before + [(status, headers, {})]
    with served(stand_in, settings) as url, closing(open_for_probe(url, EMAIL, "t")) as client:
        with pytest.raises(RetryLaterError) as later:
            client.page(QUERY, updated_since_ms=None, token=None)
        if headers:
            assert later.value.until is not None
            assert timedelta(seconds=0) < later.value.until - clock.now() <= timedelta(seconds=7)
        else:
            assert later.value.until is None
        page = client.page(QUERY, updated_since_ms=None, token=None)
    assert (len(page.records), page.next_token) == (2, "2")


def test_a_description_that_never_comes_is_done_without(settings: LazySettings) -> None:
    pages = {"/rest/api/2/serverInfo": lambda _: (503, {}, {}), OLD: by_number(3, 9, total=3)}
    with served(StandIn(pages), settings) as url:
        assert_all(probed(url), 3)


def test_a_token_that_comes_again_ends_with_a_sentence(settings: LazySettings) -> None:
    def page(_asked: Asked) -> Answer:
        return 200, {}, {"issues": [issue(1)], "nextPageToken": "same"}

    with served(StandIn({CLOUD: page}), settings) as url, pytest.raises(RefusedError, match="no end"):
        probed(url, EMAIL)


def test_numbers_that_are_not_heeded_end_with_a_sentence(settings: LazySettings) -> None:
    def page(_asked: Asked) -> Answer:
        return 200, {}, {"issues": [issue(1), issue(2)]}

    with served(StandIn({OLD: page}), settings) as url, pytest.raises(RefusedError, match="no end"):
        probed(url)


@pytest.mark.parametrize("user", ["", EMAIL])
def test_a_wrong_token_is_one_sentence(user: str, settings: LazySettings) -> None:
    def refuse(_asked: Asked) -> Answer:
        return 401, {}, {"errorMessages": ["You are not authenticated."]}

    with served(StandIn({CLOUD: refuse, OLD: refuse}), settings) as url, pytest.raises(NeedsAttentionError) as refused:
        probed(url, user)
    assert "did not accept" in refused.value.sentence
    assert "a-token" not in refused.value.sentence


def test_where_there_is_no_jira_the_sentence_says_so(settings: LazySettings) -> None:
    with served(StandIn({}), settings) as url, pytest.raises(ProviderError, match="no such page"):
        probed(url)


@pytest.mark.parametrize(
    ("path", "user", "token", "jql", "count"),
    [("jira", EMAIL, TOKEN, "parent = CAL-2", 21), ("jira-dc", "", "sandbox-dc-token", '"Epic Link" = PAR-1', 12)],
)
def test_both_of_the_sandboxs_jiras(
    path: str, user: str, token: str, jql: str, count: int, sandbox: SandboxServer, settings: LazySettings
) -> None:
    open_to(sandbox, settings)
    found = list(read_all(lambda: open_for_probe(f"{sandbox.url}/{path}", user, token), SourceQuery("jql", jql)))
    assert len(found) == count
