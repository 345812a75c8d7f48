"""One sandbox for all of these tests, put back to its first state after each change; and the vendors' own clients."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jira import JIRA
from slack_sdk import WebClient

from sandbox.company.people import JIRA_ACCOUNT, JIRA_TOKEN, SLACK_TOKEN
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="session")
def sandbox_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("sandbox")
    with SandboxServer(data_dir=folder, clock_file=folder / "clock.json") as server:
        yield server.url


@pytest.fixture
def control(sandbox_url: str) -> Iterator[SandboxControl]:
    """A test that changes anything takes this: the first state comes back after it."""
    client = SandboxControl(sandbox_url)
    yield client
    client.move_clock(days=-client.clock()["offset_seconds"] / 86_400)
    client.reset()


@pytest.fixture
def jira(sandbox_url: str) -> Iterator[Any]:
    client: Any = JIRA(
        server=f"{sandbox_url}/jira", basic_auth=(JIRA_ACCOUNT.email, JIRA_TOKEN), max_retries=0, timeout=(3, 10)
    )
    yield client
    client.close()


@pytest.fixture
def slack(sandbox_url: str, control: SandboxControl) -> WebClient:
    return slack_client(sandbox_url, SLACK_TOKEN)


def slack_client(url: str, token: str | None) -> WebClient:
    return WebClient(token=token, base_url=f"{url}/slack/api/", timeout=5, retry_handlers=[])
