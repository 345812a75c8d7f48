"""F15: pages of tasks in which one field, or everything, is wrong, read by the real clients into the mirror.

Between Luna and the sandbox stands a server that spoils the first task of a page, or the page. Whatever it does, no run
crashes, the sound tasks are stored, and what can't be read lies in quarantine with its reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlencode

import requests

from benchmarks.faults.figures import Bound, Figure
from benchmarks.faults.mutants import Json, Mutant, mutants
from benchmarks.faults.stage import Stage
from integrations.account import AccountInfo
from integrations.actions.connections import connect, offer_projects
from integrations.actions.sources import link_source
from integrations.domain.types import ConnectionState, RunState, RunTrigger, SourceKind
from integrations.models import Connection, QuarantinedPayload, SyncRun, Task, TaskSource
from integrations.registry import open_source
from integrations.sync.runs import start_run
from luna.lib import work
from luna.lib.redaction import Secret
from sandbox.asana.plan import TOKEN as ASANA_TOKEN
from sandbox.clickup.workspace import TOKEN as CLICKUP_TOKEN
from tests.factories import make_launch, make_milestone
from tests.people import person
from tests.stand_in import Answer, Call, StandIn

SOUND = 2
"""Sound tasks in each page, behind the one that is spoilt."""
AT_LEAST = 200
_OWN_HEADERS = {"host", "content-length"}


@dataclass(frozen=True)
class Tool:
    """How it is connected, what is read, and what the call and the answer look like by which pages come."""

    provider: str
    root: str
    token: str
    kind: SourceKind
    query: str
    call: str
    items: str
    id_field: str
    last: Json
    """What makes a page the last."""


TOOLS = (
    Tool("jira_cloud", "/jira", "sandbox-jira-token", SourceKind.JQL, "project = CAL", r"/search/jql$", "issues", "id",
         {"isLast": True, "nextPageToken": None}),
    Tool("asana", "/asana/api/1.0", ASANA_TOKEN, SourceKind.SECTION, "1200000000010012", r"/1\.0/tasks$", "data",
         "gid", {"next_page": None}),
    Tool("clickup", "/clickup/api/v2", CLICKUP_TOKEN, SourceKind.LIST, "901200000002", r"/list/\d+/task$", "tasks",
         "id", {"last_page": True}),
)  # fmt: skip


@dataclass
class Spoiler:
    """Passes calls on to the sandbox; of a page it keeps a few tasks, and spoils it where a mutant is set."""

    root: str
    tool: Tool
    session: requests.Session
    mutant: Mutant | None = None
    page: Json = field(default_factory=dict)
    """The last page, sound."""
    heard: dict[tuple[str, str, bytes], Answer] = field(default_factory=dict)

    def __call__(self, call: Call) -> Answer:
        told = self._told(call)
        if re.search(self.tool.call, call.path) and told.status == HTTPStatus.OK:
            return Answer(self._spoilt(json.loads(told.body), call))
        return told

    def _told(self, call: Call) -> Answer:
        """What the sandbox says, where nothing changes: each call is passed on once."""
        url = f"{self.root}{call.path}?{urlencode(call.query)}"
        asked = (call.method, url, call.body)
        if asked not in self.heard:
            headers = {
                name: one for name, one in call.headers.items() if name.lower() not in {"host", "content-length"}
            }
            told = self.session.request(call.method, url, data=call.body, headers=headers, timeout=30)
            self.heard[asked] = Answer(told.content, told.status_code)
        return self.heard[asked]

    def _spoilt(self, page: Json, call: Call) -> bytes:
        found = page[self.tool.items][: SOUND + 1]
        if call.query.get("archived") == "true" or len(found) <= SOUND:
            found = []
        page |= self.tool.last | {self.tool.items: found}
        if not found:
            return json.dumps(page).encode()
        self.page = page
        return self.mutant.edit(page) if self.mutant else json.dumps(page).encode()


@dataclass
class _Tally:
    bodies: int = 0
    quarantined: int = 0
    refused: int = 0
    troubles: list[str] = field(default_factory=list)


def measure(stage: Stage, *, every: int = 1, tools: tuple[Tool, ...] = TOOLS) -> Iterator[Figure]:
    """Every mutant of each tool's page (or each `every`-th), each read in a run of its own."""
    for name in ("jira", "asana", "clickup"):
        stage.control.set_rate(name, per_second=100_000, burst=100_000)
    milestone = make_milestone(make_launch(person("ana"), key="SPOILT"))
    for tool in tools:
        tally = _Tally()
        with _spoiling(stage, tool) as spoiler:
            connection = _connect(tool, spoiler.url)
            source = link_source(
                milestone=milestone, connection=connection, kind=tool.kind, query=tool.query, title="",
                actor=milestone.launch.owner,
            )  # fmt: skip
            work.drain("sync")
            sound = Task.objects.filter(connection=connection).count()
            assert sound >= SOUND + 1, f"{tool.provider}: {sound} tasks, {SyncRun.objects.latest('pk').error_sentence}"
            for mutant in list(mutants(spoiler.spoiler.page, tool.items))[::every]:
                spoiler.spoiler.mutant = mutant
                _read(source, tool, spoiler.spoiler.page, mutant, tally)
        yield from _figures(tool, tally, AT_LEAST // every)


@dataclass
class _Spoiling:
    url: str
    spoiler: Spoiler


@contextmanager
def _spoiling(stage: Stage, tool: Tool) -> Iterator[_Spoiling]:
    with requests.Session() as session, StandIn(spoiler := Spoiler(stage.sandbox.url, tool, session)) as server:
        session.trust_env = False
        stage.open_to(server.url)
        stage.settings.ASANA_URL = f"{server.url}/asana/api/1.0"
        stage.settings.CLICKUP_URL = f"{server.url}/clickup/api/v2"
        yield _Spoiling(server.url, spoiler)


def _connect(tool: Tool, url: str) -> Connection:
    admin = person("ada")
    is_jira = tool.provider == "jira_cloud"
    connection = connect(
        provider=tool.provider,
        name=f"Spoilt {tool.provider}",
        base_url=f"{url}{tool.root}" if is_jira else "",
        account="ines@fernhill.example" if is_jira else "",
        secret=Secret(tool.token),
        info=AccountInfo("ines@fernhill.example", "Fernhill"),
        actor=admin,
    )
    client = open_source(connection)
    projects = client.projects()
    client.close()
    offer_projects(connection=connection, version=connection.version, projects=projects, actor=admin)
    connection.refresh_from_db()
    return connection


def _read(source: TaskSource, tool: Tool, page: Json, mutant: Mutant, tally: _Tally) -> None:
    """One full run into an empty mirror, and what came of it."""
    connection = source.connection
    for model in (SyncRun, Task, QuarantinedPayload):
        model.objects.filter(connection=connection).delete()
    sound = {"state": ConnectionState.OK, "paused_until": None, "error_kind": "", "error_sentence": ""}
    Connection.objects.filter(pk=connection.pk).update(**sound)
    connection.refresh_from_db()
    run = start_run(connection, RunTrigger.PERSON, is_full=True)
    work.drain("sync")
    run.refresh_from_db()
    tally.bodies += 1
    tally.quarantined += run.quarantined
    tally.refused += bool(run.error_sentence)
    if trouble := _trouble(run, tool, page, mutant):
        tally.troubles.append(f"{tool.provider}, {mutant.name}: {trouble}")


def _trouble(run: SyncRun, tool: Tool, page: Json, mutant: Mutant) -> str:
    """What should not have happened, or nothing."""
    if run.crashes:
        return "an unforeseen error"
    there = set(Task.objects.filter(connection_id=run.connection_id).values_list("external_id", flat=True))
    ids = [str(one[tool.id_field]) for one in page[tool.items]]
    if mutant.in_item:
        if not there.issuperset(ids[1:]):
            return f"sound tasks are missing; {run.error_sentence}"
        if len(there) <= SOUND and not _is_explained(run):
            return "the spoilt task is neither stored nor in quarantine"
    elif not run.error_sentence and not there.issuperset(ids[1:]) and run.state == RunState.DONE:
        return "nothing was stored, and nobody was told" if not _is_explained(run) else ""
    return ""


def _is_explained(run: SyncRun) -> bool:
    kept = QuarantinedPayload.objects.filter(connection_id=run.connection_id)
    return bool(run.quarantined) and all(one.reason for one in kept)


def _figures(tool: Tool, tally: _Tally, at_least: int) -> Iterator[Figure]:
    for line in tally.troubles:
        print(f"      {line}")
    crashed = sum("unforeseen" in line for line in tally.troubles)
    yield Figure(f"{tool.provider}: bodies", tally.bodies, at_least, "", Bound.AT_LEAST)
    yield Figure(f"{tool.provider}: tasks in quarantine, with a reason", tally.quarantined)
    yield Figure(f"{tool.provider}: pages refused in words", tally.refused)
    yield Figure(f"{tool.provider}: unforeseen errors", crashed, 0)
    yield Figure(f"{tool.provider}: lost without a word", len(tally.troubles) - crashed, 0)
