"""A first sync of 20,000 issues against fetching and parsing the same pages and doing nothing with them."""

from __future__ import annotations

import resource
import time
from contextlib import closing
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

ISSUES = 20_000


def sync_ratio(user: User, folder: Path) -> Ratio:
    """Both in turn against the same sandbox; the mirror must hold every issue afterwards."""
    with SandboxServer(data_dir=folder / "sandbox", clock_file=None) as server:
        host, port = server.url.removeprefix("http://").split(":")
        settings.PRIVATE_HOSTS = (PrivateTarget(host, int(port)),)
        control = SandboxControl(server.url)
        control.set_rate("jira", per_second=100_000, burst=100_000)
        project = _fill(control)
        connection = _connect(server.url, user)
        fetch = _seconds(lambda: _fetch_and_parse(connection, f"project = {project}"))
        milestone = Milestone.objects.select_related("launch").order_by("pk")[0]
        link_source(
            milestone=milestone,
            connection=connection,
            kind=SourceKind.JQL,
            query=f"project = {project}",
            title="",
            actor=user,
        )
        ours = _seconds(_work_to_the_end)
        assert Task.objects.filter(connection=connection).count() >= ISSUES
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"      first sync: {ISSUES / ours:,.0f} issues a second; this process peaked at {peak:,.0f} MiB")
        return Ratio("first sync of 20,000 issues", ours * 1000, fetch * 1000, 2.0, "fetch and parse the same pages")


def _fill(control: SandboxControl) -> str:
    project = "CAL"
    for _ in range(ISSUES // 2000):
        control.create_issues(project, count=2000)
    return project


def _connect(url: str, user: User) -> Connection:
    token = "sandbox-jira-token"
    entered = {"name": "Bench", "base_url": f"{url}/jira", "account": "ines@fernhill.example", "token": token}
    form = part("jira_cloud", "forms.CredentialsForm")(data=entered)
    assert form.is_valid(), form.errors
    connection = connect(
        provider="jira_cloud",
        name="Bench",
        base_url=form.address,
        account=form.identity,
        secret=Secret(token),
        info=form.info,
        actor=user,
    )
    projects = open_source(connection).projects()
    offer_projects(connection=connection, version=connection.version, projects=projects, actor=user)
    connection.refresh_from_db()
    return connection


def _fetch_and_parse(connection: Connection, query: str) -> None:
    token: str | None = None
    with closing(open_source(connection)) as client:
        while True:
            page = client.page(SourceQuery(SourceKind.JQL, query), updated_since_ms=None, token=token)
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
