"""The prepared pages' process, and a connection that leads to it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from types import TracebackType
from typing import Any, Self

from django.conf import settings

from benchmarks.prepared_pages import stream
from integrations.account import AccountInfo, Project
from integrations.actions.connections import connect, offer_projects
from integrations.actions.sources import link_source
from integrations.domain.types import RunState, SourceKind
from integrations.models import Connection, SyncRun, TaskSource
from luna.env import PrivateTarget
from luna.lib import work
from luna.lib.redaction import Secret
from milestones.models import Milestone
from people.models import User

_ACCOUNT = "bench@luna.test"


class PreparedJira:
    """`with PreparedJira() as jira:` starts it and lets Luna call it."""

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "benchmarks.prepared_pages"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        port = int(self._process.stdout.readline())
        self.url = f"http://127.0.0.1:{port}"
        settings.PRIVATE_HOSTS = (PrivateTarget("127.0.0.1", port),)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()

    def told(self) -> dict[str, Any]:
        """How many searches and other calls came since the last time, their bytes, whether any asked for all fields."""
        return self._get("told")

    def change(self, first: int, of: int, count: int) -> None:
        """Change `count` of a stream's issues."""
        self._get(f"change?first={first}&of={of}&count={count}")

    def _get(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/bench/{path}", timeout=30) as answer:  # noqa: S310  our own
            return dict(json.load(answer))


def connect_to(jira: PreparedJira, user: User, name: str = "Prepared") -> Connection:
    """A connection that offers one project."""
    connection = connect(
        provider="jira_cloud",
        name=name,
        base_url=jira.url,
        account=_ACCOUNT,
        secret=Secret("prepared"),
        info=AccountInfo(_ACCOUNT, "Prepared", "UTC"),
        actor=user,
    )
    project = Project("10000", "BENCH", "Bench")
    offer_projects(connection=connection, version=connection.version, projects=[project], actor=user)
    connection.refresh_from_db()
    return connection


def link_stream(connection: Connection, place: int, first: int, count: int, user: User) -> TaskSource:
    """A source of the company's milestone at `place`, with its first run waiting."""
    return link_source(
        milestone=Milestone.objects.select_related("launch").order_by("pk")[place],
        connection=connection,
        kind=SourceKind.JQL,
        query=stream(first, count),
        title="",
        actor=user,
    )


def work_to_the_end() -> None:
    """Until no run waits."""
    while SyncRun.objects.filter(state__in=[RunState.WAITING, RunState.RUNNING]).exists():
        assert work.drain("sync"), "the run does not go on"
