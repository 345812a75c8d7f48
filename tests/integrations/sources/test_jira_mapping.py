"""Issues as tasks: the rules of state, and payloads as strange as real ones."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.domain.types import TaskState
from integrations.sources.jira.mapping import read_issues

ISSUE: dict[str, Any] = {
    "id": "20001",
    "key": "CAL-101",
    "fields": {
        "summary": "Show free slots",
        "status": {"name": "In Review", "statusCategory": {"key": "indeterminate"}},
        "statuscategorychangedate": "2026-11-02T10:00:00.000+0100",
        "resolution": None,
        "resolutiondate": None,
        "assignee": {"displayName": "Ines Carvalho"},
        "created": "2026-10-01T09:00:00.000+0000",
        "updated": "2026-11-20T09:00:00.123+0000",
        "parent": {"id": "20000", "key": "CAL-2"},
        "timeoriginalestimate": 28800,
        "issuelinks": [
            {"type": {"name": "Blocks"}, "inwardIssue": {"id": "19999"}},
            {"type": {"name": "Blocks"}, "outwardIssue": {"id": "19998"}},
            {"type": {"name": "Relates"}, "inwardIssue": {"id": "19997"}},
        ],
    },
}
SITE = "https://fernhill.example"


def issue(**fields: Any) -> dict[str, Any]:
    changed = copy.deepcopy(ISSUE)
    changed["fields"].update(fields)
    return changed


def category(key: str) -> dict[str, Any]:
    return {"name": "Whatever", "statusCategory": {"key": key}}


def test_a_whole_issue() -> None:
    [task], bad = read_issues([ISSUE], site_url=f"{SITE}/")
    assert not bad
    assert (task.external_id, task.key, task.title) == ("20001", "CAL-101", "Show free slots")
    assert task.url == f"{SITE}/browse/CAL-101"
    assert (task.state, task.status_word) == (TaskState.IN_PROGRESS, "In Review")
    assert task.started_at == datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert task.updated_at == datetime(2026, 11, 20, 9, 0, 0, 123000, tzinfo=UTC)
    assert (task.assignee, task.estimate_seconds, task.completed_at) == ("Ines Carvalho", 28800, None)
    assert (task.parent_id, task.blocked_by) == ("20000", ("19999",))


@pytest.mark.parametrize(
    ("key", "resolution", "resolved", "state", "has_note"),
    [
        ("new", None, None, TaskState.TO_DO, False),
        ("undefined", None, None, TaskState.TO_DO, True),
        ("indeterminate", None, None, TaskState.IN_PROGRESS, False),
        ("done", None, None, TaskState.DONE, False),
        ("done", "Done", "2026-11-03T10:00:00.000+0000", TaskState.DONE, False),
        ("done", "Won't Do", "2026-11-03T10:00:00.000+0000", TaskState.CANCELLED, False),
        ("done", "won’t fix", None, TaskState.CANCELLED, False),
        ("new", "Duplicate", None, TaskState.CANCELLED, True),
        ("new", "Done", "2026-11-03T10:00:00.000+0000", TaskState.DONE, True),
        ("new", "Done", None, TaskState.TO_DO, False),
        ("indeterminate", "Done", "2026-11-03T10:00:00.000+0000", TaskState.IN_PROGRESS, False),
    ],
)
def test_the_rules_of_state(
    key: str, resolution: str | None, resolved: str | None, state: TaskState, has_note: bool
) -> None:
    named = {"name": resolution} if resolution else None
    [task], _ = read_issues([issue(status=category(key), resolution=named, resolutiondate=resolved)], site_url=SITE)
    assert task.state == state
    assert bool(task.note) == has_note
    assert (task.completed_at is not None) == (state == TaskState.DONE)


@pytest.mark.parametrize("summary", ["a\x00b", "x" * 3000, "🌕 moon", "a\u202eb", "\ud800lone", "line\nbreak"])
def test_titles_are_cleaned(summary: str) -> None:
    [task], _ = read_issues([issue(summary=summary)], site_url=SITE)
    assert 0 < len(task.title) <= 500
    assert not set("\x00\u202e\ud800\n") & set(task.title)
    task.title.encode()


STRANGE: list[Any] = [None, 7, -1, 1e400, True, [], [[]], {}, {"name": None}, "", "x", "\x00", "9999-99-99"]


def broken() -> Iterator[Any]:
    """Every field dropped, nulled and retyped, and whole payloads that are no issues."""
    yield from (None, [], "issue", 3, {}, {"id": "1"}, {"id": "1", "key": "A-1", "fields": []})
    for name in ("id", "key", "fields"):
        yield {key: value for key, value in ISSUE.items() if key != name}
        for strange in STRANGE:
            yield ISSUE | {name: strange}
    for name in ISSUE["fields"]:
        yield {**ISSUE, "fields": {key: value for key, value in ISSUE["fields"].items() if key != name}}
        for strange in (
            None,
            7,
            -1,
            1e400,
            True,
            [],
            [[]],
            {},
            {"name": None},
            "",
            "x",
            "9999-99-99",
            "0001-01-01T00:00:00+1400",
        ):
            yield issue(**{name: strange})


PAYLOADS: list[Any] = list(broken())


def test_strange_payloads_are_set_aside_with_a_reason_and_the_good_one_is_read() -> None:
    assert len(PAYLOADS) > 160
    for payload in PAYLOADS:
        records, bad = read_issues([payload, ISSUE], site_url=SITE)
        assert records[-1].key == "CAL-101"
        assert len(records) + len(bad) == 2
        for one in bad:
            assert one.reason
            assert one.external_id
            assert len(one.payload) <= 10_000
