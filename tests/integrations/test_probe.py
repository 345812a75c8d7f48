"""`manage.py probe`: every task of a query comes out, from services on their worst days; nothing is saved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from luna.env import PrivateTarget
from luna.management.commands.probe import Command
from tests.architecture.sources import ROOT
from tests.stand_in import Answer, Call, StandIn

FIELDS = [
    *("external_id", "key", "title", "url", "state", "assignee", "estimate_seconds", "points"),
    *("created_at", "updated_at", "started_at", "completed_at", "parent_id", "blocked_by", "note"),
]
COUNT = 23
SMALL = 3
"""Tasks on a page."""
NASTY = "\x00Tab\there\x07, \u200bzero, \u202eturned\u202c, two\u2028lines "
LATER = "2026-03-02T10:00:00.123+0800"

Task = dict[str, Any]


def asana_task(number: int) -> Task:
    """`custom_fields` and `dependencies` are missing, as often in life."""
    is_done = number % 2 == 0
    return {
        "gid": str(number),
        "resource_type": "task",
        "resource_subtype": "default_task",
        "name": NASTY if number == 1 else f"Task {number}",
        "completed": is_done,
        "completed_at": "2026-03-02T10:00:00.000Z" if is_done else None,
        "created_at": "2026-03-01T10:00:00.000Z",
        "modified_at": "2026-03-02T10:00:00.123Z",
        "permalink_url": f"https://app.asana.com/0/0/{number}",
        "assignee": None,
        "created_by": None,
        "parent": None,
    }


def clickup_task(number: int) -> Task:
    """Numbers are strings."""
    is_done = number % 2 == 0
    return {
        "id": f"t{number}",
        "custom_id": None,
        "name": NASTY if number == 1 else f"Task {number}",
        "status": {"status": "📦 done" if is_done else "neu", "type": "closed" if is_done else "open"},
        "date_created": "1772445600000",
        "date_updated": "1772445600123",
        "date_closed": "1772445600123" if is_done else None,
        "date_done": None,
        "assignees": [],
        "points": "3" if is_done else None,
        "time_estimate": "7200000",
        "parent": None,
        "dependencies": [],
        "url": f"https://app.clickup.com/t/t{number}",
        "list": {"id": "7"},
    }


def jira_issue(number: int) -> Task:
    """A priority called None, no creator, an offset without a colon."""
    is_done = number % 2 == 0
    return {
        "id": str(10_000 + number),
        "key": f"X-{number}",
        "fields": {
            "summary": NASTY if number == 1 else f"Task {number}",
            "status": {"name": "Hotovo", "statusCategory": {"key": "done" if is_done else "new"}},
            "created": LATER,
            "updated": LATER,
            "creator": None,
            "priority": {"name": "None"},
            "resolution": None,
            "resolutiondate": None,
            "description": None,
            "timeoriginalestimate": 7200,
        },
    }


def asana(call: Call, tasks: list[Task]) -> Answer:
    at = int(call.query.get("offset", "0"))
    more = {"offset": str(at + SMALL), "path": "/tasks", "uri": "x"} if at + SMALL < len(tasks) else None
    return Answer({"data": tasks[at : at + SMALL], "next_page": more})


def clickup(call: Call, tasks: list[Task]) -> Answer:
    if call.query.get("archived") == "true":
        return Answer({"tasks": [], "last_page": True})
    at = int(call.query["page"]) * SMALL
    return Answer({"tasks": tasks[at : at + SMALL], "last_page": at + SMALL >= len(tasks)})


def jira_cloud(call: Call, tasks: list[Task]) -> Answer:
    if not call.path.endswith("/rest/api/3/search/jql"):
        return Answer({"errorMessages": ["No such page."]}, 404)
    asked = call.query | (json.loads(call.body) if call.body else {})
    at = int(asked.get("nextPageToken") or 0)
    more = {"nextPageToken": str(at + SMALL)} if at + SMALL < len(tasks) else {"isLast": True}
    return Answer({"issues": tasks[at : at + SMALL], **more})


def jira_data_center(call: Call, tasks: list[Task]) -> Answer:
    if not call.path.endswith("/rest/api/2/search"):
        return Answer({"errorMessages": ["No such page."]}, 404)
    asked = call.query | (json.loads(call.body) if call.body else {})
    at = int(asked.get("startAt") or 0)
    return Answer({"startAt": at, "maxResults": SMALL, "total": len(tasks), "issues": tasks[at : at + SMALL]})


Service = tuple[list[str], Callable[[Call, list[Task]], Answer], list[Task]]
SERVICES: dict[str, Service] = {
    "asana": (["asana", "--query", "project:77"], asana, [asana_task(n) for n in range(1, COUNT + 1)]),
    "section": (["asana", "--query", "section:78"], asana, [asana_task(n) for n in range(1, COUNT + 1)]),
    "clickup": (["clickup", "--query", "list:7"], clickup, [clickup_task(n) for n in range(1, COUNT + 1)]),
    "jira": (
        ["jira", "--user", "ana@luna.test", "--query", "project = X"],
        jira_cloud,
        [jira_issue(n) for n in range(1, COUNT + 1)],
    ),
    "jira_dc": (
        ["jira", "--query", "project = X"],
        jira_data_center,
        [jira_issue(n) for n in range(1, COUNT + 1)],
    ),
}
every_service = pytest.mark.parametrize("name", SERVICES)


class Probe:
    """Runs the command against a stand-in; what it printed, what it said, what it waited."""

    def __init__(self, settings: LazySettings) -> None:
        self.settings = settings
        self.waits: list[float] = []
        self.said = ""
        self.came: list[Task] = []

    def run(self, name: str, disturb: Callable[[Call, int], Answer | None] = lambda _call, _n: None) -> list[Task]:
        """`disturb` may answer the n-th search itself."""
        arguments, serve, tasks = SERVICES[name]
        searches = 0

        def answer(call: Call) -> Answer:
            nonlocal searches
            usual = serve(call, tasks)
            if usual.status != 200:
                return usual
            searches += 1
            return disturb(call, searches) or usual

        with StandIn(answer) as server:
            self.settings.PRIVATE_HOSTS = (PrivateTarget("127.0.0.1", server.port),)
            self.settings.ASANA_URL = self.settings.CLICKUP_URL = server.url
            where = ["--url", server.url] if arguments[0] == "jira" else []
            return self.call([*arguments, *where, "--token", "a-token"])

    def call(self, arguments: list[str]) -> list[Task]:
        command = Command()
        command.wait = self.waits.append
        out, error = StringIO(), StringIO()
        try:
            call_command(command, *arguments, stdout=out, stderr=error)
        finally:
            self.said = error.getvalue()
            self.came = [json.loads(line) for line in out.getvalue().split("\n") if line]
        return self.came


@pytest.fixture
def probe(settings: LazySettings) -> Probe:
    return Probe(settings)


def is_whole(found: list[Task]) -> bool:
    """Every task once, in the right state."""
    assert len(found) == len({task["external_id"] for task in found}) == COUNT
    assert sum(task["state"] == "done" for task in found) == COUNT // 2
    return True


@every_service
def test_every_task_comes_out_once_with_all_its_fields(name: str, probe: Probe) -> None:
    found = probe.run(name)
    assert is_whole(found)
    assert all(list(task) == FIELDS for task in found)
    assert probe.said == ""
    assert probe.waits == []
    first = next(task for task in found if "Tab" in task["title"])
    assert first["title"] == "Tab here, \u200bzero, turned, two lines"
    assert all(str(task["updated_at"]).endswith("Z") for task in found)
    assert all(task["blocked_by"] == [] for task in found)


def test_times_are_utc_and_sizes_in_seconds(probe: Probe) -> None:
    [jira] = [task for task in probe.run("jira") if task["key"] == "X-2"]
    assert (jira["updated_at"], jira["estimate_seconds"]) == ("2026-03-02T02:00:00.123000Z", 7200)
    [clickup] = [task for task in probe.run("clickup") if task["key"] == "t2"]
    assert (clickup["updated_at"], clickup["estimate_seconds"], clickup["points"]) == (
        "2026-03-02T10:00:00.123000Z",
        7200,
        3,
    )


@every_service
@pytest.mark.parametrize(
    ("headers", "least"), [({}, 0.1), ({"Retry-After": "7"}, 5)], ids=["without a time", "with a time"]
)
def test_it_slows_down_when_asked(name: str, headers: dict[str, str], least: float, probe: Probe) -> None:
    def slow(_call: Call, number: int) -> Answer | None:
        return Answer({"err": "Too many."}, 429, headers) if number in {1, 3} else None

    assert is_whole(probe.run(name, slow))
    assert len(probe.waits) == 2
    assert all(least <= waited <= 8 for waited in probe.waits)


@every_service
@pytest.mark.parametrize("trouble", [Answer("Away", 503), Answer(status=0), Answer(b"<html>", 502)], ids=str)
def test_one_trouble_that_passes_is_no_trouble(name: str, trouble: Answer, probe: Probe) -> None:
    assert is_whole(probe.run(name, lambda _call, number: trouble if number == 2 else None))


@every_service
def test_pages_may_hold_a_single_task_or_none(name: str, probe: Probe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[__name__], "SMALL", 1)
    assert is_whole(probe.run(name))


@every_service
def test_a_wrong_token_is_one_line_without_the_token(name: str, probe: Probe) -> None:
    with pytest.raises(CommandError) as refused:
        probe.run(name, lambda _call, _n: Answer({"errors": [{"message": "Not Authorized"}], "err": "no"}, 401))
    sentence = str(refused.value)
    assert refused.value.returncode == 1
    assert "token" in sentence
    assert "a-token" not in sentence
    assert "\n" not in sentence
    assert probe.waits == []


@every_service
def test_what_cannot_be_read_is_counted_beside_the_rest(name: str, probe: Probe) -> None:
    _, _, tasks = SERVICES[name]

    def spoil(call: Call, number: int) -> Answer | None:
        if number != 1:
            return None
        return SERVICES[name][1](call, [{"id": "9", "gid": "9", "key": "X-9"}, "no task", *tasks])  # type: ignore[list-item]

    with pytest.raises(CommandError, match=r"^2 payloads could not be read: "):
        probe.run(name, spoil)
    assert len(probe.came) >= COUNT - 2, "the two stood where tasks would have been"


@pytest.mark.parametrize(
    "arguments",
    [
        ["asana", "--query", "77", "--token", "t"],
        ["asana", "--query", "list:7", "--token", "t"],
        ["asana", "--query", "project:", "--token", "t"],
        ["clickup", "--query", "list:7/../team", "--token", "t"],
        ["clickup", "--query", "list:7"],
        ["jira", "--url", "nowhere", "--query", "a = 1", "--token", "t"],
        ["jira", "--url", "http://169.254.169.254", "--query", "a = 1", "--token", "t"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_asked_is_one_sentence(arguments: list[str], probe: Probe) -> None:
    with pytest.raises(CommandError) as refused:
        probe.call(arguments)
    assert str(refused.value).count("\n") == 0
    assert probe.said == ""


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """The command as a person types it, on a machine without a database."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("LUNA_")}
        return subprocess.run(
            [sys.executable, "manage.py", "probe", *arguments],
            cwd=ROOT,
            env=inherited | {"LUNA_DATA_DIR": str(tmp_path / "data")} | environment,
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )

    yield run
    assert not (tmp_path / "data" / "luna.sqlite3").exists()


def test_in_a_shell(shell: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    arguments, serve, tasks = SERVICES["clickup"]
    with StandIn(lambda call: serve(call, tasks)) as server:
        where = {"LUNA_CLICKUP_URL": server.url, "LUNA_PRIVATE_HOSTS": f"127.0.0.1:{server.port}"}
        done = shell(*arguments, LUNA_TOKEN="pk_secret", **where)
        refused = shell(*arguments, LUNA_TOKEN="pk_secret", LUNA_CLICKUP_URL=server.url)
        assert {call.headers["Authorization"] for call in server.calls} == {"pk_secret"}
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == COUNT
    assert (refused.returncode, refused.stdout) == (1, "")
    assert len(refused.stderr.splitlines()) == 1
    assert "LUNA_PRIVATE_HOSTS" in refused.stderr


def test_in_a_shell_wrong_usage_is_the_usual_two(shell: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    assert shell("trello").returncode == 2
    assert shell("--help").returncode == 0
