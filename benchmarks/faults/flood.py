"""F22: five thousand calls in a minute for two hundred tasks, then five thousand forged ones, against a real server.

The server is what `manage.py up` starts, on PostgreSQL with Valkey and on SQLite; the load is a second process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks.faults.figures import Bound, Figure, percentile
from benchmarks.faults.flood_load import WARMING
from benchmarks.faults.recorded import Calls, recorded
from tests.browser.demo import Demo
from tests.faults.installation import ROOT, Installation, wait_until
from tests.servers import Servers

if TYPE_CHECKING:
    from benchmarks.faults.stage import Stage

CALLS, SECONDS, TASKS = 5_000, 60.0, 200
EPIC = "CAL-2"
_WAITING = "SELECT count(*) FROM integrations_inboundevent WHERE worked_at IS NULL AND connection_id = ?"
_OPEN_RUNS = "SELECT count(*) FROM integrations_syncrun WHERE state IN ('waiting', 'running') AND connection_id = ?"
_TASKS = "SELECT count(*) FROM integrations_task WHERE connection_id = ?"
_ALIKE = "SELECT count(*) FROM integrations_task WHERE title LIKE 'Edited %%' AND connection_id = ?"
_REFUSED = "SELECT refused FROM integrations_webhook WHERE connection_id = ?"


def measure(stage: Stage) -> Iterable[Figure]:
    """First on PostgreSQL, then on SQLite."""
    with _servers() as environment, recorded(stage, "postgresql") as (outside, calls):
        yield from _flooded("PostgreSQL", outside, calls, environment)
    with recorded(stage, "sqlite") as (outside, calls):
        yield from _flooded("SQLite", outside, calls, {})


@contextmanager
def _servers() -> Iterator[dict[str, str]]:
    servers = Servers.start()
    try:
        yield {
            "LUNA_DATABASE_URL": servers.postgres.create_database("luna_flood"),
            "LUNA_REDIS_URL": servers.valkey.url,
        }
    finally:
        servers.stop()


def _flooded(database: str, outside: Stage, calls: Calls, environment: dict[str, str]) -> Iterator[Figure]:
    folder = outside.folder / f"flooded-{database.lower()}"
    luna = Demo(folder, has_sample=False)
    luna.environment = _environment(outside, luna, environment)
    keys = outside.control.create_issues("CAL", count=TASKS, parent=EPIC)
    luna.start()
    try:
        yield from _measured(database, outside, calls, luna, keys)
    finally:
        luna.stop()


def _environment(outside: Stage, luna: Demo, more: dict[str, str]) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LUNA_")}
    return plain | more | {
        "LUNA_DATA_DIR": str(luna.folder),
        "LUNA_BASE_URL": luna.url,
        "LUNA_PRIVATE_HOSTS": outside.sandbox.url.removeprefix("http://"),
        "LUNA_LOG_LEVEL": "ERROR",
    }  # fmt: skip


def _measured(database: str, outside: Stage, calls: Calls, luna: Demo, keys: list[str]) -> Iterator[Figure]:
    installation = Installation(luna.folder, luna.environment)
    scene = installation.scene(outside.sandbox.url, EPIC, module="benchmarks.faults.flood_scene")
    connection = int(scene.pop("connection"))
    wait_until(
        lambda: installation.value(_TASKS, connection) > TASKS and not installation.value(_OPEN_RUNS, connection),
        "the first sync",
        within=300,
    )
    ids = _ids_by_key(calls, keys)
    before = len(calls.asked)
    edited: list[str] = []
    editing = threading.Thread(target=_edit, args=(outside, keys, edited))
    editing.start()
    said, drained = _load(luna, scene | {"tasks": list(ids.values())}, installation, connection, edited)
    editing.join()
    fetches = _fetches(calls, before, set(ids.values()))
    yield Figure(f"{database}: true calls answered", len(said["true_ms"]), None, "calls")
    yield Figure(f"{database}: 99 % of their answers came within", percentile(said["true_ms"], 99), 300, "ms")
    yield Figure(f"{database}: answers other than 200, or 404 to forged ones", said["unexpected"], 0, "answers")
    yield Figure(f"{database}: fetches of one task, at most", max(fetches.values(), default=0), 3, "fetches")
    yield Figure(f"{database}: nothing waits any more after", drained, 120, "s")
    yield Figure(f"{database}: tasks edited before each one’s last call", said["edited"], TASKS, "tasks", Bound.EXACTLY)
    yield Figure(
        f"{database}: edited tasks that the mirror holds",
        installation.value(_ALIKE, connection), TASKS, "tasks", Bound.EXACTLY,
    )  # fmt: skip
    yield Figure(
        f"{database}: forged calls counted",
        installation.value(_REFUSED, connection),
        CALLS + WARMING,
        "calls",
        Bound.EXACTLY,
    )
    yield Figure(f"{database}: 99 % of pages meanwhile came within", percentile(said["pages_ms"], 99), 1000, "ms")


def _ids_by_key(calls: Calls, keys: list[str]) -> dict[str, str]:
    """Out of what Jira told Luna of them."""
    issues = [issue for one in calls.of("jira") if "search" in one.path for issue in _issues(one.answered())]
    return {issue["key"]: issue["id"] for issue in issues if issue.get("key") in set(keys)}


def _issues(answered: Any) -> list[dict[str, Any]]:
    return list(answered.get("issues", [])) if isinstance(answered, dict) else []


def _edit(outside: Stage, keys: list[str], edited: list[str]) -> None:
    """Someone changes every task in the first half of the flood; those that are done are added to `edited`."""
    began = time.monotonic()
    for number, key in enumerate(keys):
        time.sleep(max(0.0, began + number * SECONDS / 2 / TASKS - time.monotonic()))
        outside.control.edit_issue(key, summary=f"Edited {key}")
        edited.append(key)


def _load(
    luna: Demo, scene: dict[str, Any], installation: Installation, connection: int, edited: list[str]
) -> tuple[dict[str, Any], float]:
    """What the load said, and how many seconds after its last true call nothing waited any more.

    `edited` grows meanwhile; how long it was before the last round of calls is added to what the load said.
    """
    wanted = scene | {"host": "127.0.0.1", "port": luna.port, "calls": CALLS, "seconds": SECONDS}
    command = [sys.executable, "-m", "benchmarks.faults.flood_load"]
    load = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert load.stdin is not None
    assert load.stdout is not None
    load.stdin.write(json.dumps(wanted))
    load.stdin.close()
    assert "last_round" in json.loads(load.stdout.readline())
    in_time = len(edited)
    assert json.loads(load.stdout.readline())["sent"] == CALLS
    began = time.monotonic()
    # A call about much is worked as soon as a run is to read it.
    wait_until(
        lambda: not installation.value(_WAITING, connection) and not installation.value(_OPEN_RUNS, connection),
        "the backlog",
        within=600,
    )
    drained = time.monotonic() - began
    said: dict[str, Any] = json.loads(load.stdout.readline())
    load.wait(30)
    return said | {"edited": in_time}, drained


def _fetches(calls: Calls, before: int, ids: set[str]) -> Counter[str]:
    """How often each task was read since: asked for by its id, or told whole in a page (not by a census)."""
    told: Counter[str] = Counter()
    for one in calls.asked[before:]:
        if one.path.endswith("/issue/bulkfetch"):
            told.update(json.loads(one.body)["issueIdsOrKeys"])
        elif "/search" in one.path:
            told.update(issue["id"] for issue in _issues(one.answered()) if "summary" in issue.get("fields", {}))
    return Counter({pk: count for pk, count in told.items() if pk in ids})
