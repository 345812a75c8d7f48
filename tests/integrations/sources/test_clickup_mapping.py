"""ClickUp's tasks as Luna's: the rules of state, and payloads as strange as real ones."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.domain.types import TaskState
from integrations.sources.base import TaskRecord
from integrations.sources.clickup.mapping import read_task, read_tasks, type_names

TASK: dict[str, Any] = {
    "id": "86c0a1b",
    "custom_id": "FR-12",
    "custom_item_id": 1300,
    "team_id": "9012",
    "tags": [{"name": "search", "tag_fg": "#FFFFFF", "tag_bg": "#BF55EC"}],
    "name": "Fold accents 🇫🇷",
    "status": {"status": "in review 👀", "color": "#a875ff", "orderindex": 2, "type": "custom"},
    "orderindex": "403946.00000000000000000000000000000000",
    "date_created": "1629300637036",
    "date_updated": "1729300637123",
    "date_closed": None,
    "date_done": None,
    "archived": False,
    "creator": {"id": 30025034, "username": "Ines Carvalho", "email": "ines@fernhill.example"},
    "assignees": [{"id": 1, "username": "Rafael Lima"}, {"id": 2, "username": "Ola Berg"}, {"id": 3}],
    "parent": "86c0a00",
    "priority": None,
    "points": 3,
    "time_estimate": 28_800_000,
    "custom_fields": [{"id": "bceab9e3", "name": "🏷 kind", "type": "drop_down", "value": 1}],
    "dependencies": [
        {"task_id": "86c0a1b", "depends_on": "86c0900", "type": 1},
        {"task_id": "86c0a1b", "depends_on": "86c0900", "type": 1},
        {"task_id": "86c0800", "depends_on": "86c0a1b", "type": 1},
    ],
    "url": "https://app.clickup.com/t/86c0a1b",
}
TYPES = {("9012", 1300): "Bug", ("9013", 1301): "Elsewhere"}
DONE = {"status": "shipped", "type": "done"}


def task(**fields: Any) -> dict[str, Any]:
    return copy.deepcopy(TASK) | fields


def ms(*when: int) -> str:
    return str(int(datetime(*when, tzinfo=UTC).timestamp()) * 1000)  # type: ignore[misc,arg-type]


def test_a_whole_task() -> None:
    assert asdict(read_task(TASK, TYPES)) == asdict(
        TaskRecord(
            external_id="86c0a1b",
            key="FR-12",
            title="Fold accents 🇫🇷",
            url="https://app.clickup.com/t/86c0a1b",
            state=TaskState.IN_PROGRESS,
            status_word="in review 👀",
            kind="Bug",
            labels=("search",),
            is_subtask=True,
            assignee="Rafael Lima +2",
            estimate_seconds=28_800,
            points=3.0,
            created_at=datetime(2021, 8, 18, 15, 30, 37, 36_000, tzinfo=UTC),
            updated_at=datetime(2024, 10, 19, 1, 17, 17, 123_000, tzinfo=UTC),
            parent_id="86c0a00",
            blocked_by=("86c0900",),
        )
    )


@pytest.mark.parametrize(
    ("status", "state", "note"),
    [
        ({"status": "to do", "type": "open"}, TaskState.TO_DO, ""),
        ({"status": "läuft", "type": "custom"}, TaskState.IN_PROGRESS, ""),
        ({"status": "fertig", "type": "done"}, TaskState.DONE, ""),
        ({"status": "complete", "type": "closed"}, TaskState.DONE, ""),
        ({"status": "complete", "type": " Closed "}, TaskState.DONE, ""),
        (
            {"status": "blocked", "type": "parked"},
            TaskState.TO_DO,
            "its status “blocked” is of an unknown type (parked)",
        ),
        ({"status": "done"}, TaskState.TO_DO, "its status “done” is without a type"),
        ("Open", TaskState.TO_DO, "its status “Open” is without a type"),
        ({"type": None}, TaskState.TO_DO, "its status is without a type"),
        (None, TaskState.TO_DO, "its status is without a type"),
    ],
)
def test_the_rules_of_state(status: Any, state: TaskState, note: str) -> None:
    found = read_task(task(status=status), TYPES)
    assert (found.state, found.note) == (state, note)
    assert (found.completed_at is not None) == (state is TaskState.DONE)


@pytest.mark.parametrize(
    ("done", "closed", "expected"),
    [
        (ms(2026, 11, 3), ms(2026, 11, 9), datetime(2026, 11, 3, tzinfo=UTC)),
        (None, ms(2026, 11, 9), datetime(2026, 11, 9, tzinfo=UTC)),
        ("", int(ms(2026, 11, 9)), datetime(2026, 11, 9, tzinfo=UTC)),
        (None, None, datetime(2026, 11, 20, tzinfo=UTC)),
        ("soon", "0", datetime(2026, 11, 20, tzinfo=UTC)),
    ],
)
def test_when_it_was_completed(done: Any, closed: Any, expected: datetime) -> None:
    changed = task(status=DONE, date_done=done, date_closed=closed, date_updated=ms(2026, 11, 20))
    assert read_task(changed, TYPES).completed_at == expected
    assert read_task(changed | {"status": TASK["status"]}, TYPES).completed_at is None


@pytest.mark.parametrize(
    ("field", "value", "attribute", "expected"),
    [
        ("points", "2.5", "points", 2.5),
        ("points", 0, "points", 0.0),
        ("points", "many", "points", None),
        ("points", "NaN", "points", None),
        ("points", -1, "points", None),
        ("points", True, "points", None),
        ("time_estimate", "3600000", "estimate_seconds", 3600),
        ("time_estimate", 1.2, "estimate_seconds", 0),
        ("time_estimate", 10**18, "estimate_seconds", None),
        ("time_estimate", "1e400", "estimate_seconds", None),
        ("id", 9_000_001, "external_id", "9000001"),
        ("custom_id", None, "key", "86c0a1b"),
        ("custom_id", "", "key", "86c0a1b"),
        ("name", None, "title", "FR-12"),
        ("name", "\x00\u200e ", "title", "\u200e"),
        ("name", "a\x00b\u202e\ud800", "title", "ab"),
        ("name", "two\nlines\u2028three", "title", "two lines three"),
        ("name", "x" * 3000, "title", "x" * 499 + "…"),
        ("name", 2026, "title", "2026"),
        ("assignees", [], "assignee", ""),
        ("assignees", [{"username": None, "email": "ola@fernhill.example"}], "assignee", "ola@fernhill.example"),
        ("assignees", {"username": "Ola"}, "assignee", ""),
        ("parent", 77, "parent_id", "77"),
        ("parent", None, "is_subtask", False),
        ("custom_item_id", None, "kind", "Task"),
        ("custom_item_id", 0, "kind", "Task"),
        ("custom_item_id", 1, "kind", "Milestone"),
        ("custom_item_id", "1300", "kind", "Bug"),
        ("custom_item_id", 1301, "kind", "Task"),
        ("team_id", "9013", "kind", "Task"),
        ("team_id", None, "kind", "Task"),
        ("tags", [{"name": "b\x00"}, {"name": "b"}, {"name": None}, "x", {"name": 7}], "labels", ("b", "7")),
        ("tags", None, "labels", ()),
        ("url", "javascript:alert(1)", "url", "https://app.clickup.com/t/86c0a1b"),
        ("url", None, "url", "https://app.clickup.com/t/86c0a1b"),
        ("date_created", "yesterday", "created_at", None),
        ("date_created", 1629300637036, "created_at", datetime(2021, 8, 18, 15, 30, 37, 36_000, tzinfo=UTC)),
        ("date_created", "9" * 30, "created_at", None),
        ("date_updated", None, "updated_at", datetime(2021, 8, 18, 15, 30, 37, 36_000, tzinfo=UTC)),
        ("dependencies", [{"task_id": 5, "depends_on": 6}, "x", None], "blocked_by", ()),
        ("dependencies", [{"task_id": "86c0a1b", "depends_on": 6}], "blocked_by", ("6",)),
        ("dependencies", [{"task_id": "86c0a1b", "depends_on": "86c0a1b"}], "blocked_by", ()),
        ("dependencies", None, "blocked_by", ()),
    ],
)
def test_a_field_as_life_brings_it(field: str, value: Any, attribute: str, expected: Any) -> None:
    assert getattr(read_task(task(**{field: value}), TYPES), attribute) == expected


def test_fields_that_are_not_there_cost_nothing() -> None:
    bare = read_task({"id": "9hz", "status": {"type": "open"}, "date_updated": "1508369194377"}, TYPES)
    assert (bare.key, bare.title, bare.created_at, bare.blocked_by) == ("9hz", "9hz", None, ())


@pytest.mark.parametrize("payload", [None, [], 3, "x", {}, task(id=None), task(id="a\nb"), task(id="x" * 65)])
def test_what_can_not_be_read_is_set_aside_alone(payload: Any) -> None:
    records, bad = read_tasks([payload, TASK], TYPES)
    assert [one.key for one in records] == ["FR-12"]
    assert len(bad) == 1
    assert bad[0].reason
    assert bad[0].external_id


STRANGE: list[Any] = [None, 7, -1, 1e400, True, [], [[]], [{}], {}, {"status": []}, "", "x", "\x00", "-5", "1e999"]


def broken() -> Iterator[Any]:
    """Every field dropped, nulled and retyped."""
    for name in TASK:
        yield {key: value for key, value in TASK.items() if key != name}
        for strange in STRANGE:
            yield TASK | {name: strange}


def fits(record: TaskRecord) -> bool:
    """Whether the mirror's columns can hold it."""
    texts = (record.external_id, record.key, record.title, record.url, record.status_word, record.assignee, record.note)
    return (
        all("\x00" not in text and text.encode() is not None for text in texts)
        and 0 < len(record.external_id) <= 64
        and 0 < len(record.title) <= 500
        and len(record.assignee) <= 160
        and 0 < len(record.kind) <= 80
        and all(0 < len(label) <= 80 and "\x00" not in label for label in record.labels)
        and record.updated_at.tzinfo is UTC
    )


def test_a_strange_field_never_costs_another_task() -> None:
    for payload in broken():
        records, bad = read_tasks([payload, TASK], TYPES)
        assert len(records) + len(bad) == 2
        assert all(fits(one) for one in records)
        assert records[-1].key == "FR-12"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(), lambda inner: st.lists(inner, max_size=3)
) | st.dictionaries(st.sampled_from([*TASK, "type", "username", "task_id", "depends_on"]), st.text() | st.integers())


@given(st.dictionaries(st.sampled_from(list(TASK)), JSON))
def test_anything_is_read_or_set_aside_with_a_reason(fields: dict[str, Any]) -> None:
    for payload in (fields, task(**fields)):
        records, bad = read_tasks([payload], TYPES)
        assert len(records) + len(bad) == 1
        assert all(fits(one) for one in records)
        assert all(one.reason and len(one.payload) <= 10_000 for one in bad)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"id": 1300, "name": "Bug"}, {"id": "1301", "name": "Étude"}], {("9", 1300): "Bug", ("9", 1301): "Étude"}),
        ([{"id": 1300, "name": None}, {"name": "Bug"}, {"id": "x", "name": "Bug"}, 7], {}),
    ],
)
def test_the_names_of_a_teams_own_types(rows: list[Any], expected: dict[tuple[str, int], str]) -> None:
    assert type_names("9", rows) == expected
