"""A ClickUp task as a TaskRecord (pure). What can't be read raises with its reason, and only that task is set aside.

Shapes: https://developer.clickup.com/reference/gettasks, and what real answers hold beside it: instants are text of
epoch milliseconds, numbers may be text, `dependencies` and `date_done` are not in the published schema.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from integrations.domain.types import TaskState
from integrations.sources.base import BadPayload, TaskRecord
from luna.lib.text import clean_line

STATES = {
    "open": TaskState.TO_DO,
    "custom": TaskState.IN_PROGRESS,
    "done": TaskState.DONE,
    "closed": TaskState.DONE,
}
"""By status type: a team names its statuses as it likes, and each is of one of these types."""
PLAIN_TYPES = {0: "Task", 1: "Milestone"}
"""By `custom_item_id`: what every workspace has. Types that a team makes have names in its workspace only."""
Types = Mapping[tuple[str, int], str]
"""The names of types, by the workspace's id and the type's."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PAYLOAD_LIMIT = 10_000
_LONGEST_ESTIMATE = 2_147_483_647
_LONGEST_URL = 500


NO_ID = "?"
"""Stands for the id of what has none, where it is set aside."""


class BadPayloadError(ValueError):
    """A task that can't be read; the message says what is wrong with it."""


def read_tasks(payloads: list[Any], types: Types) -> tuple[tuple[TaskRecord, ...], tuple[BadPayload, ...]]:
    """The tasks of one page that can be read, and those that can't."""
    records: list[TaskRecord] = []
    bad: list[BadPayload] = []
    for payload in payloads:
        try:
            records.append(read_task(payload, types))
        except BadPayloadError as error:
            bad.append(BadPayload(_id_for_quarantine(payload), str(error), _as_text(payload)))
    return tuple(records), tuple(bad)


def own_type(payload: Any) -> tuple[str, int] | None:
    """The workspace and the type of a task whose type its team made; None for the plain ones."""
    fields = payload if isinstance(payload, Mapping) else {}
    workspace_id, type_id = _id(fields.get("team_id")), _type_id(fields)
    return (workspace_id, type_id) if workspace_id.isalnum() and type_id not in PLAIN_TYPES else None


def _type_id(fields: Mapping[str, Any]) -> int:
    return int(_number(fields.get("custom_item_id")) or 0)


def type_names(workspace_id: str, rows: list[Any]) -> dict[tuple[str, int], str]:
    """Out of https://developer.clickup.com/reference/getcustomitems"""
    named = [(_number(row.get("id")), _line(row.get("name"), limit=80)) for row in rows if isinstance(row, Mapping)]
    return {(workspace_id, int(type_id)): name for type_id, name in named if type_id is not None and name}


def read_task(payload: Any, types: Types) -> TaskRecord:
    """One task as a list's page gives it. Raises BadPayloadError."""
    if not isinstance(payload, Mapping):
        raise BadPayloadError("the task is not an object")
    task_id = _id(payload.get("id"))
    if not task_id:
        raise BadPayloadError("id is missing or not readable")
    created_at = _instant(payload.get("date_created"))
    updated_at = _instant(payload.get("date_updated")) or created_at
    if updated_at is None:
        raise BadPayloadError("date_updated is missing or no point in time")
    key = _id(payload.get("custom_id")) or task_id
    state, status_word, note = _state(payload.get("status"))
    return TaskRecord(
        external_id=task_id,
        key=key,
        title=_line(payload.get("name"), limit=500) or key,
        url=_url(payload.get("url"), task_id),
        state=state,
        status_word=status_word,
        kind=_kind(payload, types),
        labels=_labels(payload.get("tags")),
        is_subtask=bool(_id(payload.get("parent"))),
        assignee=_assignee(payload.get("assignees")),
        estimate_seconds=_estimate_seconds(payload.get("time_estimate")),
        points=_points(payload.get("points")),
        created_at=created_at,
        updated_at=updated_at,
        completed_at=_completed_at(payload, updated_at) if state is TaskState.DONE else None,
        parent_id=_id(payload.get("parent")),
        blocked_by=_blockers(payload.get("dependencies"), task_id),
        note=note,
    )


def _state(status: Any) -> tuple[TaskState, str, str]:
    """State, the status as the team calls it, and a note where its type is none that is known."""
    fields = status if isinstance(status, Mapping) else {"status": status}
    word = _line(fields.get("status"), limit=80)
    kind = _line(fields.get("type"), limit=40).lower()
    if kind in STATES:
        return STATES[kind], word, ""
    what = f"of an unknown type ({kind})" if kind else "without a type"
    return TaskState.TO_DO, word, f"its status {f'“{word}” ' if word else ''}is {what}"


def _kind(task: Mapping[str, Any], types: Types) -> str:
    """A type whose name is not told is a task like any other."""
    own = own_type(task)
    return (types.get(own, "") if own else PLAIN_TYPES.get(_type_id(task), "")) or PLAIN_TYPES[0]


def _labels(tags: Any) -> tuple[str, ...]:
    rows = [row for row in tags if isinstance(row, Mapping)] if isinstance(tags, list) else []
    return tuple(dict.fromkeys(name for row in rows if (name := _line(row.get("name"), limit=80))))


def _completed_at(task: Mapping[str, Any], updated_at: datetime) -> datetime:
    """When the work was done; a team may close what was done long ago, so the closing counts only without it."""
    return _instant(task.get("date_done")) or _instant(task.get("date_closed")) or updated_at


def _line(value: Any, *, limit: int) -> str:
    if isinstance(value, str):
        return clean_line(value, limit=limit)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _id(value: Any) -> str:
    """An id as text; "" for what is none."""
    found = _line(value, limit=64) if isinstance(value, int) else value
    if not isinstance(found, str) or not found or len(found) > 64 or clean_line(found) != found:
        return ""
    return found


def _number(value: Any) -> float | None:
    """A finite number, also where it came as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _instant(value: Any) -> datetime | None:
    """Epoch milliseconds, mostly as text, in UTC; None for 0 and for what is no instant."""
    milliseconds = _number(value)
    if not milliseconds:
        return None
    try:
        return _EPOCH + timedelta(milliseconds=round(milliseconds))
    except OverflowError:
        return None


def _estimate_seconds(value: Any) -> int | None:
    """ClickUp estimates in milliseconds; what is no sensible length counts as none."""
    milliseconds = _number(value)
    if milliseconds is None or not 0 <= milliseconds <= _LONGEST_ESTIMATE * 1000:
        return None
    return int(milliseconds // 1000)


def _points(value: Any) -> float | None:
    found = _number(value)
    return found if found is not None and found >= 0 else None


def _url(value: Any, task_id: str) -> str:
    """The task's page; made up from the id where the payload names none that a link may lead to."""
    if isinstance(value, str) and value.startswith(("https://", "http://")):
        cleaned = clean_line(value)
        if cleaned == value and len(value) <= _LONGEST_URL:
            return value
    return f"https://app.clickup.com/t/{quote(task_id, safe='')}"


def _assignee(value: Any) -> str:
    """The first one's name, and how many more there are."""
    people = [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
    names = [_line(one.get("username"), limit=150) or _line(one.get("email"), limit=150) for one in people]
    named = [name for name in names if name]
    if not named:
        return ""
    return f"{named[0]} +{len(people) - 1}" if len(people) > 1 else named[0]


def _blockers(rows: Any, task_id: str) -> tuple[str, ...]:
    """What this task waits on. A row stands at both its ends and means: `task_id` waits on `depends_on`."""
    if not isinstance(rows, list):
        return ()
    waiting = [row for row in rows if isinstance(row, Mapping) and _id(row.get("task_id")) == task_id]
    found = [_id(row.get("depends_on")) for row in waiting]
    return tuple(dict.fromkeys(one for one in found if one and one != task_id))


def lists_of(payload: Mapping[str, Any]) -> frozenset[str]:
    """The ids of the lists that show a task: its home, and the others that it was added to."""
    others = payload.get("locations")
    rows = [payload.get("list"), *(others if isinstance(others, list) else [])]
    return frozenset(_id(row.get("id")) for row in rows if isinstance(row, Mapping)) - {""}


def _id_for_quarantine(payload: Any) -> str:
    """An id to keep it under."""
    value = payload.get("id") or payload.get("custom_id") if isinstance(payload, Mapping) else None
    return (clean_line(str(value), limit=64) if value else "") or NO_ID


def _as_text(payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=True, default=str)[:_PAYLOAD_LIMIT]
