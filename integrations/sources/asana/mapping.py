"""An Asana task as a TaskRecord (pure). What can't be read raises with its reason, and only that task is set aside.

The shape: https://developers.asana.com/reference/tasks
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from integrations.domain.types import TaskState
from integrations.sources.base import BadPayload, TaskRecord
from luna.lib.text import clean_line

FIELDS = (
    "name",
    "completed",
    "completed_at",
    "created_at",
    "modified_at",
    "assignee.name",
    "permalink_url",
    "parent",
    "num_subtasks",
    "tags.name",
    "resource_subtype",
    "approval_status",
    "custom_type.name",
    "custom_type_status_option.name",
    "dependencies",
    "memberships.project",
    "memberships.section.name",
    "custom_fields.name",
    "custom_fields.number_value",
    "custom_fields.format",
    "custom_fields.custom_label",
    "custom_fields.representation_type",
    "custom_fields.display_value",
)
"""What is asked for: without `opt_fields`, Asana answers with little more than names."""
_ESTIMATES = {"estimate", "estimates", "estimated", "estimation", "effort"}
_NO_ESTIMATES = {"actual", "spent", "logged", "remaining", "cost", "budget"}
_POINTS = {"point", "points"}
_BESIDE_POINTS = {"story", "task", "sp"} | _ESTIMATES
_HOURS = {"h", "hr", "hrs", "hour", "hours"}
_MINUTES = {"m", "min", "mins", "minute", "minutes"}
ESTIMATED_TIME = {"estimated", "time"}
"""The number field in which Asana's own time tracking keeps an estimate, in minutes."""
_KINDS = {"default_task": "Task", "custom": "Custom"}
_APPROVALS = {
    "pending": (TaskState.TO_DO, False),
    "approved": (TaskState.DONE, True),
    "rejected": (TaskState.CANCELLED, False),
    "changes_requested": (TaskState.IN_PROGRESS, False),
}
"""The state of an approval, and whether the task's `completed` means just that.

Asana completes an approval with every answer, so that a rejected one looks done.
"""
_PAYLOAD_LIMIT = 10_000
_LONGEST_ID = 64
_LONGEST_ESTIMATE = 2_147_483_647
_MOST_POINTS = 1_000_000
_MOST_LABELS = 50


class BadPayloadError(ValueError):
    """A task that can't be read; the message says what is wrong with it."""


def read_tasks(
    payloads: list[Any], *, within: Collection[str] = ()
) -> tuple[tuple[TaskRecord, ...], tuple[BadPayload, ...]]:
    """The tasks of one page that can be read, and those that can't. `within` are gids of what was asked for."""
    records: list[TaskRecord] = []
    bad: list[BadPayload] = []
    for payload in payloads:
        try:
            records.append(read_task(payload, within=within))
        except BadPayloadError as error:
            bad.append(BadPayload(_id_for_quarantine(payload), str(error), _as_text(payload)))
    return tuple(records), tuple(bad)


def read_versions(payloads: Iterable[Any]) -> dict[str, datetime]:
    """By gid, when each task was last changed; without those of which that can't be read."""
    found: dict[str, datetime] = {}
    for payload in payloads:
        try:
            if isinstance(payload, Mapping):
                found[_gid(payload)] = _required_instant(payload, "modified_at")
        except BadPayloadError:
            continue
    return found


def read_task(payload: Any, *, within: Collection[str] = ()) -> TaskRecord:
    """One task as /tasks gives it with `FIELDS`. Raises BadPayloadError."""
    if not isinstance(payload, Mapping):
        raise BadPayloadError("the task is not an object")
    gid = _gid(payload)
    key = _custom_id(payload) or gid
    state, note = _state(payload)
    updated_at = _required_instant(payload, "modified_at")
    completed_at = _instant(payload, "completed_at")
    return TaskRecord(
        external_id=gid,
        key=key,
        title=_title(payload) or key,
        url=_url(payload, gid),
        state=state,
        status_word=_status_word(payload, within),
        kind=_kind(payload),
        labels=_labels(payload),
        is_subtask=isinstance(payload.get("parent"), Mapping),
        assignee=_text(_within(payload.get("assignee"), "name"), limit=160),
        estimate_seconds=_estimate_seconds(payload),
        points=_points(payload),
        created_at=_instant(payload, "created_at"),
        updated_at=updated_at,
        completed_at=(completed_at or updated_at) if state is TaskState.DONE else None,
        parent_id=parent_of(payload),
        blocked_by=_blockers(payload.get("dependencies")),
        note=note,
    )


def _gid(payload: Mapping[str, Any]) -> str:
    gid = payload.get("gid")
    if not isinstance(gid, str) or not gid.strip():
        raise BadPayloadError("gid is missing or no text")
    if len(gid) > _LONGEST_ID or clean_line(gid) != gid:
        raise BadPayloadError("gid is not readable")
    return gid


def _title(payload: Mapping[str, Any]) -> str:
    """Empty for a task without a name, which Asana allows."""
    name = payload.get("name")
    if name is not None and not isinstance(name, str):
        raise BadPayloadError("name is no text")
    return clean_line(name or "", limit=500)


def _state(payload: Mapping[str, Any]) -> tuple[TaskState, str]:
    """By `completed`, for a milestone or a type of the team's own, too; an approval by its answer.

    The note says why the state is not the one that `completed` suggests.
    """
    completed = payload.get("completed")
    answer = payload.get("approval_status") if payload.get("resource_subtype") == "approval" else None
    if isinstance(answer, str) and answer in _APPROVALS:
        state, means_completed = _APPROVALS[answer]
        is_marked = "marked complete" if completed is True else "not marked complete"
        words = answer.replace("_", " ")
        return state, "" if (completed is True) == means_completed else f"the approval is {words}, though {is_marked}"
    if not isinstance(completed, bool):
        raise BadPayloadError("completed is neither true nor false")
    return (TaskState.DONE if completed else TaskState.TO_DO), ""


def _status_word(payload: Mapping[str, Any], within: Collection[str]) -> str:
    """The team's own status: that of a custom type, else the section in what was asked for, else the first section."""
    own = _text(_within(payload.get("custom_type_status_option"), "name"), limit=80)
    if own:
        return own
    sections: list[tuple[bool, str]] = []
    for one in _objects(payload.get("memberships")):
        section, project = one.get("section"), one.get("project")
        is_asked_for = not {_other_gid(section), _other_gid(project)}.isdisjoint(within)
        sections.append((not is_asked_for, _text(_within(section, "name"), limit=80)))
    return min(sections, key=lambda found: found[0])[1] if sections else ""


def _kind(payload: Mapping[str, Any]) -> str:
    """The team's own type; else Asana's, as "Milestone" for `milestone`: https://developers.asana.com/reference/tasks."""
    subtype = _text(payload.get("resource_subtype"), limit=80)
    own = _text(_within(payload.get("custom_type"), "name"), limit=80) if subtype == "custom" else ""
    return own or _KINDS.get(subtype) or subtype.replace("_", " ").capitalize()


def _labels(payload: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of its tags."""
    names = (_text(one.get("name"), limit=80) for one in _objects(payload.get("tags")))
    return tuple(dict.fromkeys(name for name in names if name))[:_MOST_LABELS]


def _estimate_seconds(payload: Mapping[str, Any]) -> int | None:
    """The first number that a field of minutes or hours holds; what is no sensible number counts as none."""
    for one in _objects(payload.get("custom_fields")):
        seconds = _unit_seconds(one)
        value = _number(one, most=_LONGEST_ESTIMATE / seconds) if seconds else None
        if value is not None:
            return round(value * seconds)
    return None


def _unit_seconds(custom_field: Mapping[str, Any]) -> int:
    """How many seconds one of its number is; 0 for what is no estimate, or one whose unit nobody says.

    The unit stands in the name, as "Effort (h)", or beside the number (`custom_label`); durations are minutes.
    """
    name = _words(custom_field.get("name"))
    if not name & _ESTIMATES or name & (_NO_ESTIMATES | _POINTS):
        return 0
    for said in (name, _words(custom_field.get("custom_label"))):
        if said & _HOURS:
            return 3600
        if said & _MINUTES:
            return 60
    return 60 if name == ESTIMATED_TIME or custom_field.get("format") == "duration" else 0


def _points(payload: Mapping[str, Any]) -> float | None:
    """The first number in a field that is called points, with or without "story" or "estimate"."""
    for one in _objects(payload.get("custom_fields")):
        name = _words(one.get("name"))
        if name & _POINTS and name <= _POINTS | _BESIDE_POINTS:
            value = _number(one, most=_MOST_POINTS)
            if value is not None:
                return value
    return None


def _words(value: Any) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", _text(value, limit=200).casefold()))


def _number(custom_field: Mapping[str, Any], *, most: float) -> float | None:
    """Its number, if that is between 0 and `most`."""
    value = custom_field.get("number_value")
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= most:
        return float(value)
    return None


def _custom_id(payload: Mapping[str, Any]) -> str:
    """What people call the task where their projects number tasks, as LEG-7."""
    for one in _objects(payload.get("custom_fields")):
        if one.get("representation_type") == "custom_id":
            return _text(one.get("display_value"), limit=_LONGEST_ID)
    return ""


def _url(payload: Mapping[str, Any], gid: str) -> str:
    given = _text(payload.get("permalink_url"))
    if given.startswith(("https://", "http://")) and len(given) <= 500 and " " not in given:
        return given
    return f"https://app.asana.com/0/0/{gid}" if gid.isdecimal() else ""


def places_of(payload: Any) -> set[str]:
    """Gids of the projects and sections in which a task stands."""
    memberships = list(_objects(_within(payload, "memberships")))
    return {_other_gid(one.get(kind)) for one in memberships for kind in ("project", "section")} - {""}


def parent_of(payload: Any) -> str:
    """Gid of the task above it; "" for none."""
    return _other_gid(_within(payload, "parent"))


def _blockers(dependencies: Any) -> tuple[str, ...]:
    """Ids of the tasks on which this one waits; the key may be missing."""
    found = (_other_gid(one) for one in _objects(dependencies))
    return tuple(dict.fromkeys(gid for gid in found if gid))


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; nothing where there is no list."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, Mapping))


def _within(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def _other_gid(value: Any) -> str:
    gid = _within(value, "gid")
    return gid if isinstance(gid, str) and len(gid) <= _LONGEST_ID and clean_line(gid) == gid else ""


def _text(value: Any, *, limit: int | None = None) -> str:
    return clean_line(value, limit=limit) if isinstance(value, str) else ""


def _required_instant(payload: Mapping[str, Any], name: str) -> datetime:
    found = _instant(payload, name)
    if found is None:
        raise BadPayloadError(f"{name} is missing")
    return found


def _instant(payload: Mapping[str, Any], name: str) -> datetime | None:
    """In UTC; None where there is none."""
    value = payload.get(name)
    if value is None or value == "":
        return None
    try:
        instant = datetime.fromisoformat(value)
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        raise BadPayloadError(f"{name} is not a point in time") from None


def _id_for_quarantine(payload: Any) -> str:
    """An id to keep it under; "?" when it has none."""
    value = payload.get("gid") if isinstance(payload, Mapping) else None
    return (clean_line(str(value), limit=_LONGEST_ID) if value else "") or "?"


def _as_text(payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=True, default=str)[:_PAYLOAD_LIMIT]
