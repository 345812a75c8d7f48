"""Whatever stands wherever in a payload of any tool: it is read or set aside, and what was read can be stored."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from integrations.domain.types import RunState, RunTrigger, SourceKind
from integrations.models import QuarantinedPayload, SyncRun, Task, TaskBlocker, TaskSource
from integrations.sources.asana.mapping import read_tasks as read_asana
from integrations.sources.base import BadPayload, Page, TaskRecord
from integrations.sources.clickup.mapping import read_tasks as read_clickup
from integrations.sources.jira.mapping import Reading
from integrations.sources.jira.mapping import read_issues as read_jira
from integrations.sources.jira.site_fields import SiteFields
from integrations.sync import mirror
from luna import clock
from luna.lib.text import clean_text
from milestones.models import Milestone
from tests.factories import make_connection
from tests.integrations.sources.test_asana_mapping import TASK as ASANA
from tests.integrations.sources.test_clickup_mapping import TASK as CLICKUP
from tests.integrations.sources.test_jira_mapping import ISSUE as JIRA

Read = Callable[[list[Any]], tuple[tuple[TaskRecord, ...], tuple[BadPayload, ...]]]
WORDS = [
    "a\x00b", "\x00", "a\ufffeb", "\ufdd0", "\ud800", "a\udfffb", "\u202eevil", "\u200b", "a\u2028b", "\x1b[31m",
    "x" * 70_000,
    "<script>", "'; --", "🌕" * 400, "é" * 300, "9" * 400, "-1", "1e999", "nan", "٣", "2026-02-30", "+0800", "\n",
]  # fmt: skip
VALUES: list[Any] = [*WORDS, None, True, -1, 0, 10**30, 2**31, 1e400, float("nan"), 0.5, [], [None], {}, {"id": "\x00"}]
LIMITS = {
    "external_id": 64, "key": 64, "title": 500, "url": 500, "status_word": 80, "assignee": 160, "kind": 80,
    "parent_id": 64, "sprint": 120, "note": 200,
}  # fmt: skip
"""Of the columns of integrations.models.Task, whose check a database that is SQLite leaves out."""


@dataclass(frozen=True)
class Tool:
    """A whole payload of a tool, and who reads it."""

    provider: str
    payload: dict[str, Any]
    read: Read


JIRA_WITH_CUSTOM = copy.deepcopy(JIRA)
JIRA_WITH_CUSTOM["fields"] |= {
    "customfield_1": 3,
    "customfield_2": [{"id": n, "name": f"Sprint {n}"} for n in (3, 1, 2)],
    "customfield_3": "CAL-2",
}
READING = Reading(
    "https://fernhill.example",
    fields=SiteFields(("customfield_1",), "customfield_3", "customfield_2"),
    epic_ids={"CAL-2": "1"},
)
TOOLS = [
    Tool("jira_cloud", JIRA_WITH_CUSTOM, partial(read_jira, reading=READING)),
    Tool("asana", ASANA, partial(read_asana, within=("10001",))),
    Tool("clickup", CLICKUP, partial(read_clickup, types={})),
]
each_tool = pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.provider)


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to everything in it, at any depth."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*path, name)
        yield from places(one, (*path, name))


def changed(payload: Any, path: tuple[str | int, ...], value: Any) -> Any:
    """A copy with `value` at the end of `path`."""
    there = copy.deepcopy(payload)
    within = there
    for name in path[:-1]:
        within = within[name]
    within[path[-1]] = value
    return there


def without(payload: Any, path: tuple[str | int, ...]) -> Any:
    there = copy.deepcopy(payload)
    within = there
    for name in path[:-1]:
        within = within[name]
    del within[path[-1]]
    return there


def texts(record: TaskRecord) -> Iterator[tuple[str, str]]:
    for one in fields(record):
        value = getattr(record, one.name)
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str):
                yield one.name, text


def storable(record: TaskRecord) -> list[str]:
    """What of it no database would take, or no column hold."""
    wrong = [name for name, text in texts(record) if clean_text(text) != text or len(text) > LIMITS.get(name, 100)]
    wrong += ["estimate"] if not 0 <= (record.estimate_seconds or 0) < 2**31 else []
    moments = [value for one in fields(record) if isinstance(value := getattr(record, one.name), datetime)]
    return wrong + ["time" for moment in moments if moment.utcoffset() is None]


@each_tool
def test_anything_anywhere_costs_one_task_at_most(tool: Tool) -> None:
    ways = list(places(tool.payload))
    assert len(ways) > 30
    for path in ways:
        payloads = [changed(tool.payload, path, value) for value in VALUES]
        records, bad = tool.read([*payloads, without(tool.payload, path), tool.payload])
        assert len(records) + len(bad) == len(VALUES) + 2, path
        assert records[-1] == tool.read([tool.payload])[0][0]
        assert [(path, wrong) for record in records if (wrong := storable(record))] == []
        for one in bad:
            assert one.reason, path
            assert one.external_id == clean_text(one.external_id)[:64], path
            assert len(one.payload) <= 10_000
            one.payload.encode("ascii")


@each_tool
@pytest.mark.django_db
def test_what_was_read_is_stored(tool: Tool, milestone: Milestone) -> None:
    """NUL is what PostgreSQL refuses; a page with it in every text is written, and each task that can be read."""
    connection = make_connection("Tool", provider=tool.provider)
    now = clock.now()
    source = TaskSource.objects.create(
        connection=connection, milestone=milestone, kind=SourceKind.PROJECT, query="1", created_at=now
    )
    run = SyncRun.objects.create(
        connection=connection, trigger=RunTrigger.PERSON, state=RunState.RUNNING, created_at=now
    )
    payloads = [_under_its_own_id(tool, number, one) for number, one in enumerate(_spoilt(tool))]
    records, bad = tool.read([json.loads(json.dumps(one)) for one in payloads])
    mirror.write_page(source, Page(records, bad), run_id=run.pk, marks_seen=True, now=now)
    assert Task.objects.count() == len({one.external_id for one in records}) > 20
    assert QuarantinedPayload.objects.count() == len({one.external_id for one in bad}) > 0
    assert not TaskBlocker.objects.filter(blocker_id_there__contains="\ufffe").exists()


def _spoilt(tool: Tool) -> Iterator[dict[str, Any]]:
    nasty = "a\x00b\ufffe\ud800🌕"
    for path in places(tool.payload):
        there: Any = tool.payload
        for name in path:
            there = there[name]
        yield changed(tool.payload, path, nasty if isinstance(there, str) else [nasty])


def _under_its_own_id(tool: Tool, number: int, payload: dict[str, Any]) -> dict[str, Any]:
    """Lest they all be one task; where the id itself was spoilt, as it is."""
    name = "gid" if tool.provider == "asana" else "id"
    return payload | {name: f"5000{number}"} if payload[name] == tool.payload[name] else payload
