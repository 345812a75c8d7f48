"""Asana's tasks as Luna's: the rules of state, and payloads as strange as real ones."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.domain.types import TaskState
from integrations.sources.asana.mapping import FIELDS, read_tasks

TASK: dict[str, Any] = {
    "gid": "1200000001000007",
    "name": "Review the privacy notice",
    "resource_subtype": "default_task",
    "completed": True,
    "completed_at": "2026-11-18T13:05:00.123Z",
    "created_at": "2026-10-01T08:00:00.000Z",
    "modified_at": "2026-11-20T09:00:00.123Z",
    "assignee": {"gid": "1100000000000001", "name": "Ines Carvalho"},
    "created_by": None,
    "parent": {"gid": "1200000001000001", "resource_type": "task"},
    "permalink_url": "https://app.asana.com/1/12/project/10001/task/1200000001000007",
    "memberships": [
        {"project": {"gid": "77"}, "section": {"gid": "78", "name": "Elsewhere"}},
        {"project": {"gid": "10001"}, "section": {"gid": "10011", "name": "Data protection"}},
    ],
    "dependencies": [{"gid": "1200000001000002"}, {"gid": "1200000001000003"}, {"gid": "1200000001000002"}],
    "custom_fields": [
        {"gid": "1", "name": "Priority", "number_value": None, "display_value": "High"},
        {"gid": "2", "name": "Estimated time", "number_value": 90},
        {"gid": "3", "name": "Story Points", "number_value": 3.5},
    ],
    "approval_status": None,
    "custom_type": None,
    "custom_type_status_option": None,
    "num_subtasks": 0,
    "tags": [{"gid": "5", "name": "legal"}, {"gid": "6", "name": "  gdpr "}, {"gid": "7", "name": "legal"}],
}


def task(**fields: Any) -> dict[str, Any]:
    return copy.deepcopy(TASK) | fields


def custom(name: str, value: Any, **rest: Any) -> list[dict[str, Any]]:
    return [{"gid": "9", "name": name, "number_value": value, **rest}]


def test_a_whole_task() -> None:
    [found], bad = read_tasks([TASK], within=("10001",))
    assert not bad
    assert (found.external_id, found.key, found.title) == (TASK["gid"], TASK["gid"], "Review the privacy notice")
    assert found.url == TASK["permalink_url"]
    assert (found.state, found.status_word, found.note) == (TaskState.DONE, "Data protection", "")
    assert found.completed_at == datetime(2026, 11, 18, 13, 5, 0, 123000, tzinfo=UTC)
    assert found.updated_at == datetime(2026, 11, 20, 9, 0, 0, 123000, tzinfo=UTC)
    assert found.created_at == datetime(2026, 10, 1, 8, tzinfo=UTC)
    assert (found.assignee, found.estimate_seconds, found.points) == ("Ines Carvalho", 5400, 3.5)
    assert (found.kind, found.labels, found.is_subtask) == ("Task", ("legal", "gdpr"), True)
    assert (found.parent_id, found.blocked_by) == ("1200000001000001", ("1200000001000002", "1200000001000003"))


def test_every_key_that_is_read_is_asked_for() -> None:
    asked = {path.partition(".")[0] for path in FIELDS}
    assert asked == set(TASK) - {"gid", "created_by"}


@pytest.mark.parametrize(
    ("subtype", "completed", "approval", "state", "has_note"),
    [
        ("default_task", False, None, TaskState.TO_DO, False),
        ("default_task", True, None, TaskState.DONE, False),
        ("milestone", True, None, TaskState.DONE, False),
        ("custom", False, None, TaskState.TO_DO, False),
        ("custom", True, None, TaskState.DONE, False),
        ("something new", True, None, TaskState.DONE, False),
        (None, True, None, TaskState.DONE, False),
        ("approval", False, "pending", TaskState.TO_DO, False),
        ("approval", True, "approved", TaskState.DONE, False),
        ("approval", True, "rejected", TaskState.CANCELLED, True),
        ("approval", True, "changes_requested", TaskState.IN_PROGRESS, True),
        ("approval", True, "pending", TaskState.TO_DO, True),
        ("approval", False, "approved", TaskState.DONE, True),
        ("approval", False, "rejected", TaskState.CANCELLED, False),
        ("approval", True, "a new answer", TaskState.DONE, False),
        ("approval", False, None, TaskState.TO_DO, False),
        ("default_task", True, "rejected", TaskState.DONE, False),
    ],
)
def test_the_rules_of_state(
    subtype: str | None, completed: bool, approval: str | None, state: TaskState, has_note: bool
) -> None:
    payload = task(resource_subtype=subtype, completed=completed, approval_status=approval)
    [found], _ = read_tasks([payload])
    assert found.state == state
    assert bool(found.note) == has_note
    assert (found.completed_at is not None) == (state == TaskState.DONE)


@pytest.mark.parametrize(
    ("fields", "seconds", "points"),
    [
        (custom("Estimated time", 0), 0, None),
        (custom(" estimated  TIME ", 1.5), 90, None),
        (custom("Estimated time", -5), None, None),
        (custom("Estimated time", None), None, None),
        (custom("Estimated time", True), None, None),
        (custom("Estimated time", "90"), None, None),
        (custom("Estimated time", float("nan")), None, None),
        (custom("Estimated time", float("inf")), None, None),
        (custom("Estimated time", 10**400), None, None),
        (custom("Points", 8), None, 8.0),
        (custom("Story points", 0.5), None, 0.5),
        (custom("Pointless", 8), None, None),
        (custom("Points", None) + custom("Story points", 2), None, 2.0),
        (custom("Story point estimate", 5), None, 5.0),
        (custom("Estimated points", 5), None, 5.0),
        (custom("Points of contact", 5), None, None),
        (custom("Estimate (h)", 1.5), 5400, None),
        (custom("Effort in hours", 2), 7200, None),
        (custom("Estimated minutes", 45), 2700, None),
        (custom("Estimate", 2, custom_label="hrs"), 7200, None),
        (custom("Estimate", 2, format="duration"), 120, None),
        (custom("Effort", 3), None, None),
        (custom("Estimated cost (h)", 3), None, None),
        (custom("Actual effort (h)", 3), None, None),
        (custom("Estimated time", None) + custom("Effort (h)", 1), 3600, None),
        (custom("Effort (h)", 10**9), None, None),
        (custom("⏱️ Estimate (h) 🚀", 2), 7200, None),
        (custom("🎯 Story points", 3), None, 3.0),
        (custom("🏷", 3), None, None),
    ],
)
def test_estimates_and_points_are_custom_fields(fields: list[Any], seconds: int | None, points: float | None) -> None:
    [found], _ = read_tasks([task(custom_fields=fields)])
    assert (found.estimate_seconds, found.points) == (seconds, points)


@pytest.mark.parametrize(
    ("subtype", "own", "kind"),
    [
        ("default_task", None, "Task"),
        ("milestone", None, "Milestone"),
        ("approval", None, "Approval"),
        ("custom", {"gid": "3", "name": "Legal review"}, "Legal review"),
        ("custom", None, "Custom"),
        ("something_new", None, "Something new"),
        (None, None, ""),
        (7, {"name": 7}, ""),
    ],
)
def test_the_type_is_said_in_words(subtype: Any, own: Any, kind: str) -> None:
    assert read_tasks([task(resource_subtype=subtype, custom_type=own)])[0][0].kind == kind


def test_a_task_with_a_number_of_its_own_is_called_by_it() -> None:
    fields = custom("ID", None, representation_type="custom_id", id_prefix="LEG", display_value="LEG-7")
    [found], _ = read_tasks([task(custom_fields=fields, name="")])
    assert (found.external_id, found.key, found.title) == (TASK["gid"], "LEG-7", "LEG-7")


def test_the_status_is_that_of_a_custom_type_or_of_the_section_asked_for() -> None:
    option = {"gid": "5", "name": "In legal review"}
    read = [
        (task(custom_type_status_option=option), ("10001",), "In legal review"),
        (TASK, ("10011",), "Data protection"),
        (TASK, ("10001",), "Data protection"),
        (TASK, (), "Elsewhere"),
        (task(memberships=[]), ("10001",), ""),
    ]
    for payload, within, word in read:
        assert read_tasks([payload], within=within)[0][0].status_word == word


@pytest.mark.parametrize(
    "missing", ["custom_fields", "dependencies", "memberships", "assignee", "parent", "created_by"]
)
def test_keys_that_asana_leaves_out(missing: str) -> None:
    [found], bad = read_tasks([{key: value for key, value in TASK.items() if key != missing}])
    assert not bad
    assert found.state is TaskState.DONE


@pytest.mark.parametrize(
    "name", ["a\x00b", "x" * 3000, "🌕 moon", "a\u202eb", "\ud800lone", "line\nbreak", "", None, " "]
)
def test_titles_are_cleaned(name: str | None) -> None:
    [found], _ = read_tasks([task(name=name)])
    assert 0 < len(found.title) <= 500
    assert not set("\x00\u202e\ud800\n") & set(found.title)
    found.title.encode()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", None, 7, "https://a.example/ b", "https://" + "a" * 600])
def test_an_address_that_is_none_leads_to_asana(url: Any) -> None:
    assert read_tasks([task(permalink_url=url)])[0][0].url == "https://app.asana.com/0/0/1200000001000007"


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["9999-99-99", "0001-01-01T00:00:00+14:00", "2026-11-20T09:00:00.123Z", "\x00", "\ud800", "x" * 100]
    ),
)
KEYS = st.sampled_from(["gid", "name", "number_value", "section", "project"])
OBJECTS = st.dictionaries(KEYS, SCALARS, max_size=3)
NESTED = st.dictionaries(KEYS, st.one_of(SCALARS, OBJECTS), max_size=3)
ANYTHING = st.one_of(SCALARS, NESTED, st.lists(st.one_of(SCALARS, NESTED), max_size=2))
on_any_machine = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@on_any_machine
@given(st.sampled_from(sorted(TASK)), ANYTHING)
def test_any_key_may_hold_anything(name: str, value: Any) -> None:
    check_beside_a_good_one(task(**{name: value}))


@on_any_machine
@given(ANYTHING)
def test_a_task_may_be_anything(payload: Any) -> None:
    check_beside_a_good_one(payload)


@pytest.mark.parametrize("name", sorted(TASK))
def test_any_key_may_be_missing(name: str) -> None:
    check_beside_a_good_one({key: value for key, value in TASK.items() if key != name})


def check_beside_a_good_one(payload: Any) -> None:
    """It is read into what the mirror takes or set aside with a reason, and the good one beside it is read."""
    records, bad = read_tasks([payload, TASK], within=("10001",))
    assert records[-1].external_id == TASK["gid"]
    assert len(records) + len(bad) == 2
    for one in bad:
        assert one.reason
        assert 0 < len(one.external_id) <= 64
        assert len(one.payload) <= 10_000
        (one.external_id + one.reason + one.payload).encode()
    for record in records:
        assert 0 < len(record.key) <= 64
        assert len(record.status_word) <= 80
        assert len(record.url) <= 500
        assert len(record.kind) <= 80
        assert all(0 < len(label) <= 80 for label in record.labels)
        assert record.estimate_seconds is None or 0 <= record.estimate_seconds <= 2_147_483_647
        assert record.updated_at.tzinfo is UTC
        words = (record.external_id, record.key, record.title, record.url, record.status_word, record.assignee)
        "".join((*words, record.parent_id, *record.blocked_by, record.kind, *record.labels)).encode()
