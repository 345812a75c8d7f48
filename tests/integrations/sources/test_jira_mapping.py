"""Issues as tasks: the rules of state, and payloads as strange as real ones."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.domain.types import TaskState
from integrations.sources.base import BadPayload, TaskRecord
from integrations.sources.jira import site_fields
from integrations.sources.jira.link_types import named_links
from integrations.sources.jira.mapping import Reading, read_issues
from integrations.sources.jira.resolutions import means_cancelled, normalised
from integrations.sources.jira.site_fields import SiteFields

ISSUE: dict[str, Any] = {
    "id": "20001",
    "key": "CAL-101",
    "fields": {
        "summary": "Show free slots",
        "issuetype": {"id": "10001", "name": "Story", "subtask": False, "hierarchyLevel": 0},
        "labels": ["launch", "beta"],
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


def read(payloads: list[Any], **known: Any) -> tuple[tuple[TaskRecord, ...], tuple[BadPayload, ...]]:
    return read_issues(payloads, Reading(**{"site_url": f"{SITE}/"} | known))


def issue(**fields: Any) -> dict[str, Any]:
    changed = copy.deepcopy(ISSUE)
    changed["fields"].update(fields)
    return changed


def category(key: str) -> dict[str, Any]:
    return {"name": "Whatever", "statusCategory": {"key": key}}


def test_a_whole_issue() -> None:
    [task], bad = read([ISSUE])
    assert not bad
    assert (task.external_id, task.key, task.title) == ("20001", "CAL-101", "Show free slots")
    assert task.url == f"{SITE}/browse/CAL-101"
    assert (task.state, task.status_word) == (TaskState.IN_PROGRESS, "In Review")
    assert task.started_at == datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert task.updated_at == datetime(2026, 11, 20, 9, 0, 0, 123000, tzinfo=UTC)
    assert (task.assignee, task.estimate_seconds, task.completed_at) == ("Ines Carvalho", 28800, None)
    assert (task.parent_id, task.blocked_by) == ("20000", ("19999",))
    assert (task.kind, task.is_subtask, task.labels, task.sprint) == ("Story", False, ("launch", "beta"), "")


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
    [task], _ = read([issue(status=category(key), resolution=named, resolutiondate=resolved)])
    assert task.state == state
    assert bool(task.note) == has_note
    assert (task.completed_at is not None) == (state == TaskState.DONE)


@pytest.mark.parametrize("name", ["Won't Do", " won’t  do ", "WON'T DO", "Canceled", "cancelled"])
def test_resolutions_are_compared_as_people_read_them(name: str) -> None:
    [task], _ = read([issue(status=category("done"), resolution={"name": name})])
    assert task.state == TaskState.CANCELLED


def test_a_connections_own_list_replaces_the_default_one() -> None:
    options = {"cancelled_resolutions": ["Niet doen"]}
    named = [issue(status=category("done"), resolution={"name": name}) for name in ("niet DOEN", "Won't Do")]
    tasks, _ = read(named, means_cancelled=means_cancelled(options))
    assert [task.state for task in tasks] == [TaskState.CANCELLED, TaskState.DONE]


@pytest.mark.parametrize("status", [None, {"name": "Odd"}, category(""), category("undefined"), category("doing")])
def test_a_status_of_no_known_category_is_still_to_do_and_says_why(status: Any) -> None:
    [task], _ = read([issue(status=status)])
    assert (task.state, bool(task.note)) == (TaskState.TO_DO, True)


NAMES = st.sampled_from(["Done", "Fixed", "Won't Do", "won’t fix", "完成", "Duplicate", ""])


@given(st.sampled_from(["new", "indeterminate", "done", "undefined", "doing"]), NAMES, st.booleans(), st.booleans())
def test_every_combination_has_one_state_and_a_note_where_it_surprises(
    key: str, name: str, is_dated: bool, is_listed: bool
) -> None:
    """The rules of docs/algorithms/task-states.md, said the other way round."""
    listed = frozenset({normalised(name)}) if is_listed else frozenset()
    changed = issue(
        status=category(key),
        resolution={"name": name} if name else None,
        resolutiondate="2026-11-03T10:00:00.000+0000" if is_dated else None,
    )
    [task], _ = read([changed], means_cancelled=listed)
    is_cancelled = bool(name) and is_listed
    is_late = bool(name) and is_dated and key not in {"done", "indeterminate"}
    assert (task.state is TaskState.CANCELLED) == is_cancelled
    assert (task.state is TaskState.DONE) == (not is_cancelled and (key == "done" or is_late))
    assert (task.state is TaskState.IN_PROGRESS) == (not is_cancelled and key == "indeterminate")
    expected = {"new": TaskState.TO_DO, "indeterminate": TaskState.IN_PROGRESS, "done": TaskState.DONE}.get(key)
    allowed = {expected} | ({TaskState.CANCELLED} if key == "done" else set())
    assert bool(task.note) == (task.state not in allowed)


@pytest.mark.parametrize("summary", [None, "", " \u200b ", "\u200e\ufeff", "\x00"])
def test_without_a_title_that_can_be_seen_the_key_stands_in(summary: str | None) -> None:
    [task], bad = read([issue(summary=summary)])
    assert (task.title, bad) == ("CAL-101", ())


def test_what_real_trackers_hold() -> None:
    """Each of it was seen in published payloads; none of it costs a task or its state."""
    odd = issue(
        summary="<b>" + "x" * 300 + "</b>\u2028  padded ",
        description=None,
        priority={"name": "None"},
        creator=None,
        assignee={"displayName": "Bot", "accountId": "557058:0867a421", "active": False},
        parent={"id": "777", "key": "OTHER-1"},
        created="2021-05-05T14:09:16.000+0800",
        updated="2021-05-05T23:59:59.999-0730",
        issuelinks=[{"type": {"name": "Relates"}, "outwardIssue": {"id": str(n)}} for n in range(325)],
        customfield_10020=["com.atlassian.greenhopper.service.sprint.Sprint@a88a698[id=1,state=CLOSED]"] * 27,
    )
    [task], bad = read([odd])
    assert not bad
    assert (task.parent_id, task.assignee, task.blocked_by) == ("777", "Bot", ())
    assert task.created_at == datetime(2021, 5, 5, 6, 9, 16, tzinfo=UTC)
    assert task.updated_at == datetime(2021, 5, 6, 7, 29, 59, 999000, tzinfo=UTC)
    assert "\u2028" not in task.title


def test_what_version_2_leaves_out_is_not_missed() -> None:
    payload = issue(assignee={"name": "ines", "displayName": "Ines Carvalho"}, description="h1. Wiki text")
    for name in ("statuscategorychangedate", "parent"):
        del payload["fields"][name]
    [task], _ = read([payload | {"id": 20001}])
    assert (task.external_id, task.assignee, task.started_at, task.parent_id) == ("20001", "Ines Carvalho", None, "")


BLOCKS = {"id": "10000", "name": "Blocks", "inward": "is blocked by", "outward": "blocks"}
DEPENDS = {"id": "10300", "name": "Dependency", "inward": "is required by", "outward": "depends on"}


@pytest.mark.parametrize(
    ("kind", "named", "waits_for"),
    [
        (BLOCKS, None, "in"),
        ({"name": "Blockade", "inward": "Is Blocked By "}, None, "in"),
        ({"name": "Blocks", "inward": "wird blockiert von"}, None, "in"),
        ({"name": "Duplicate", "inward": "is duplicated by"}, None, ""),
        ({}, None, ""),
        (None, None, ""),
        (DEPENDS, None, ""),
        (BLOCKS, [], ""),
        (BLOCKS, ["Dependency"], ""),
        (BLOCKS, ["blocks"], "in"),
        (BLOCKS, ["10000"], "in"),
        (BLOCKS, ["is blocked  BY"], "in"),
        (DEPENDS, ["Dependency"], "in"),
        (DEPENDS, ["10300"], "in"),
        (DEPENDS, ["depends on"], "out"),
        (DEPENDS, ["is required by"], "in"),
        ({}, [""], ""),
    ],
)
def test_links_by_which_a_task_waits(kind: Any, named: list[str] | None, waits_for: str) -> None:
    links = [{"type": kind, "inwardIssue": {"id": "5"}}, {"type": kind, "outwardIssue": {"id": "6"}}] * 2
    options = {} if named is None else {"blocking_links": named}
    [task], _ = read([issue(issuelinks=links)], named_links=named_links(options))
    assert task.blocked_by == {"in": ("5",), "out": ("6",), "": ()}[waits_for]


JAVA = "com.atlassian.greenhopper.service.sprint.Sprint@1f"
ONE = {"id": 1, "name": "One", "state": "closed"}
TWO = {"id": 2, "name": "Two", "state": "active"}


@pytest.mark.parametrize(
    ("value", "sprint"),
    [
        ([ONE, TWO], "Two"),
        ([TWO, ONE], "Two"),
        ([{"id": 10, "name": "Ten"}, {"id": 9, "name": "Nine"}], "Ten"),
        ([{"id": "12", "name": "Twelve"}, ONE], "Twelve"),
        (TWO, "Two"),
        ([f"{JAVA}[id=1,state=CLOSED,name=One,goal=]", f"{JAVA}[id=7,name=Seven, at sea,goal=,x=]"], "Seven, at sea"),
        ([f"{JAVA}[rapidViewId=999,id=3,name=Three=3]", f"{JAVA}[id=20,name=Last]"], "Last"),
        (f"{JAVA}[id=3,name=Three]", "Three"),
        ([{"id": n, "name": f"Sprint {n}"} for n in range(27)], "Sprint 26"),
        ([], ""), (None, ""), ("", ""), ("nothing", ""), ([None, 7, True, {}, {"id": True, "name": "x"}, "[id=x]"], ""),
    ],
)  # fmt: skip
def test_a_sprint_in_its_shapes_is_the_newest(value: Any, sprint: str) -> None:
    [task], bad = read([issue(customfield_9=value)], fields=SiteFields(sprint="customfield_9"))
    assert (task.sprint, bad) == (sprint, ())


@pytest.mark.parametrize(
    ("labels", "kept"),
    [
        (["b", "a", "b"], ("b", "a")),
        (["\x00", " ok ", 3, None], ("ok",)),
        (None, ()),
        ("launch", ()),
        ([f"l{n}" for n in range(99)], tuple(f"l{n}" for n in range(50))),
    ],
)
def test_labels_are_kept_each_once(labels: Any, kept: tuple[str, ...]) -> None:
    [task], _ = read([issue(labels=labels)])
    assert task.labels == kept


@pytest.mark.parametrize(
    ("parent", "epic", "expected"),
    [
        ({"id": "20000"}, "CAL-9", "20000"),
        (None, "CAL-9", "900"),
        (None, "CAL-10", ""),
        (None, None, ""),
        (None, {"key": "CAL-9"}, ""),
        ({"id": "1" * 65}, None, ""),
        ({"id": "1\x00"}, None, ""),
        ({"id": 20000}, None, "20000"),
    ],
)
def test_what_is_above_a_task(parent: Any, epic: Any, expected: str) -> None:
    known = {"fields": SiteFields(epic_link="customfield_8"), "epic_ids": {"CAL-9": "900"}}
    [task], _ = read([issue(parent=parent, customfield_8=epic)], **known)
    assert task.parent_id == expected


def test_a_sub_task_says_so() -> None:
    [task], _ = read([issue(issuetype={"name": " Sub-task ", "subtask": True})])
    assert (task.kind, task.is_subtask) == ("Sub-task", True)


@pytest.mark.parametrize(
    ("first", "second", "points"),
    [(3, None, 3.0), (None, 0.5, 0.5), (0, 8, 0.0), ("5", None, None), (True, None, None), (-1, 2, 2.0), (1e400, 1, 1)],
)
def test_points_are_the_first_sensible_number(first: Any, second: Any, points: float | None) -> None:
    names = ("customfield_1", "customfield_2")
    payload = issue(customfield_1=first, customfield_2=second)
    [task], _ = read([payload], fields=SiteFields(points=names))
    assert task.points == points


def test_a_sites_own_fields_are_found_by_type_and_name() -> None:
    def custom(number: int, name: str, kind: str) -> dict[str, Any]:
        return {"id": f"customfield_{number}", "name": name, "schema": {"custom": f"com.x:{kind}"}}

    found = [
        custom(1, "Story Points", "float"),
        custom(2, "Punkte", "float"),
        {"id": "customfield_3", "name": "Punkte", "schema": {"custom": site_fields.STORY_POINTS}},
        {"id": "customfield_4", "name": "Epic Link", "schema": {"custom": site_fields.EPIC_LINK}},
        {"id": "customfield_8", "name": "Sprint", "schema": {"custom": site_fields.SPRINT}},
        custom(5, " story point estimate ", "float"),
        custom(6, "Story Points", "textfield"),
        {"id": "summary", "schema": {"type": "string", "system": "summary"}},
        {"id": "parent"},
        None,
        {"id": 7, "schema": []},
    ]
    fields = site_fields.site_fields(found)
    assert fields.points == ("customfield_3", "customfield_1", "customfield_5")
    assert (fields.epic_link, fields.sprint) == ("customfield_4", "customfield_8")


@pytest.mark.parametrize(
    "summary", ["a\x00b", "a\ufffeb", "x" * 300, "x" * 3000, "🌕 moon", "a\u202eb", "\ud800lone", "line\nbreak"]
)
def test_titles_are_cleaned(summary: str) -> None:
    [task], _ = read([issue(summary=summary)])
    assert 0 < len(task.title) <= 500
    assert not set("\x00\u202e\ud800\n\ufffe") & set(task.title)
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
        records, bad = read([payload, ISSUE])
        assert records[-1].key == "CAL-101"
        assert len(records) + len(bad) == 2
        for one in bad:
            assert one.reason
            assert one.external_id
            assert len(one.payload) <= 10_000
