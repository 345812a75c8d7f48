"""A first sync of each task tool against fetching and parsing the same pages and doing nothing with them."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from benchmarks.stopwatch import Ratio
from integrations.actions.connections import connect, offer_projects
from integrations.actions.sources import link_source
from integrations.domain.types import RunState, SourceKind
from integrations.models import Connection, SyncRun, Task
from integrations.registry import open_source, part
from integrations.sources.base import SourceQuery
from luna.env import PrivateTarget
from luna.lib import work
from luna.lib.redaction import Secret
from milestones.models import Milestone
from people.models import User
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer

BATCH = 1000
SECTION, LIST = "1200000000010012", "901200000002"


@dataclass(frozen=True)
class Tool:
    """What is entered to connect it (paths begin at the sandbox), what is made there and how one asks for it."""

    provider: str
    rate: str
    entered: dict[str, str]
    query: SourceQuery
    tasks: int
    noun: str
    fill: Callable[[SandboxControl, int], object]


JIRA = Tool(
    provider="jira_cloud",
    rate="jira",
    entered={"base_url": "/jira", "account": "ines@fernhill.example", "token": "sandbox-jira-token"},
    query=SourceQuery(SourceKind.JQL, "project = CAL"),
    tasks=20_000,
    noun="Jira issues",
    fill=lambda control, count: control.create_issues("CAL", count=count),
)
ASANA = Tool(
    provider="asana",
    rate="asana",
    entered={"token": "sandbox-asana-token"},
    query=SourceQuery(SourceKind.SECTION, SECTION),
    tasks=5_000,
    noun="Asana tasks",
    fill=lambda control, count: control.create_asana_tasks(SECTION, count=count),
)
CLICKUP = Tool(
    provider="clickup",
    rate="clickup",
    entered={"token": "pk_sandbox"},
    query=SourceQuery(SourceKind.LIST, LIST),
    tasks=5_000,
    noun="ClickUp tasks",
    fill=lambda control, count: control.create_clickup_tasks(LIST, count=count),
)
TOOLS = (JIRA, ASANA, CLICKUP)


def sync_ratio(user: User, folder: Path, tool: Tool = JIRA) -> Ratio:
    """Both in turn against the same sandbox; the mirror must hold every task afterwards."""
    with SandboxServer(data_dir=folder / f"sandbox-{tool.provider}", clock_file=None) as server:
        host, port = server.url.removeprefix("http://").split(":")
        settings.PRIVATE_HOSTS = (PrivateTarget(host, int(port)),)
        settings.ASANA_URL = f"{server.url}/asana/api/1.0"
        settings.CLICKUP_URL = f"{server.url}/clickup/api/v2"
        control = SandboxControl(server.url)
        control.set_rate(tool.rate, per_second=100_000, burst=100_000)
        for _ in range(tool.tasks // BATCH):
            tool.fill(control, BATCH)
        connection = _connect(tool, server.url, user)
        fetch = _seconds(lambda: _fetch_and_parse(connection, tool.query))
        milestone = Milestone.objects.select_related("launch").order_by("pk")[TOOLS.index(tool)]
        link_source(
            milestone=milestone,
            connection=connection,
            kind=tool.query.kind,
            query=tool.query.text,
            title="",
            actor=user,
        )
        ours = _seconds(_work_to_the_end)
        assert Task.objects.filter(connection=connection).count() >= tool.tasks
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"      first sync: {tool.tasks / ours:,.0f} {tool.noun} a second; this process peaked at {peak:,.0f} MiB"
        )
        name = f"first sync of {tool.tasks:,} {tool.noun}"
        return Ratio(name, ours * 1000, fetch * 1000, 2.0, "fetch and parse the same pages")


def _connect(tool: Tool, url: str, user: User) -> Connection:
    entered = {name: url + text if text.startswith("/") else text for name, text in tool.entered.items()}
    form = part(tool.provider, "forms.CredentialsForm")(data={"name": f"Bench {tool.provider}", **entered})
    assert form.is_valid(), form.errors
    connection = connect(
        provider=tool.provider,
        name=form.cleaned_data["name"],
        base_url=form.address,
        account=form.identity,
        secret=Secret(entered["token"]),
        info=form.info,
        actor=user,
    )
    projects = open_source(connection).projects()
    offer_projects(connection=connection, version=connection.version, projects=projects, actor=user)
    connection.refresh_from_db()
    return connection


def _fetch_and_parse(connection: Connection, query: SourceQuery) -> None:
    token: str | None = None
    with closing(open_source(connection)) as client:
        while True:
            page = client.page(query, updated_since_ms=None, token=token)
            token = page.next_token
            if token is None:
                return


def _work_to_the_end() -> None:
    while SyncRun.objects.filter(state__in=[RunState.WAITING, RunState.RUNNING]).exists():
        assert work.drain("sync"), "the run does not go on"


def _seconds(run: object) -> float:
    assert callable(run)
    started = time.perf_counter()
    run()
    return time.perf_counter() - started
