"""A Jira issue as a TaskRecord (pure). What can't be read raises with its reason, and only that issue is set aside."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from integrations.domain.types import TaskState
from integrations.sources.base import BadPayload, TaskRecord
from integrations.sources.jira.link_types import blockers, id_of
from integrations.sources.jira.resolutions import means_cancelled as cancelled_by
from integrations.sources.jira.resolutions import normalised
from integrations.sources.jira.site_fields import SiteFields
from luna.lib.text import clean_line

FIELDS = [
    "summary",
    "issuetype",
    "labels",
    "status",
    "resolution",
    "resolutiondate",
    "assignee",
    "created",
    "updated",
    "parent",
    "timeoriginalestimate",
    "statuscategorychangedate",
    "issuelinks",
]
MEANS_CANCELLED = cancelled_by({})
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_STATES = {"done": TaskState.DONE, "indeterminate": TaskState.IN_PROGRESS}
_PAYLOAD_LIMIT = 10_000
_LONGEST_ESTIMATE = 2_147_483_647
_LONGEST_ID = 64


_MOST_LABELS = 50
_SPRINT_ID = re.compile(r"[\[,]id=(\d+)")
_SPRINT_NAME = re.compile(r"[\[,]name=(.*?)(?=,[A-Za-z]+=|\]$)", re.DOTALL)


@dataclass(frozen=True)
class Reading:
    """What has to be known of a site and its connection to read issues."""

    site_url: str
    means_cancelled: Collection[str] = MEANS_CANCELLED
    named_links: Collection[str] | None = None
    """As `link_types.named_links` has it."""
    fields: SiteFields = field(default_factory=SiteFields)
    epic_ids: Mapping[str, str] = field(default_factory=dict)
    """Ids by key: an Epic Link tells the key alone."""


class BadPayloadError(ValueError):
    """An issue that can't be read; the message says what is wrong with it."""


def read_issues(payloads: list[Any], reading: Reading) -> tuple[tuple[TaskRecord, ...], tuple[BadPayload, ...]]:
    """The issues of one page that can be read, and those that can't."""
    records: list[TaskRecord] = []
    bad: list[BadPayload] = []
    for payload in payloads:
        try:
            records.append(read_issue(payload, reading))
        except BadPayloadError as error:
            bad.append(BadPayload(_id_for_quarantine(payload), str(error), _as_text(payload)))
    return tuple(records), tuple(bad)


def read_issue(payload: Any, reading: Reading) -> TaskRecord:
    """One issue as a search gives it, of either product. Raises BadPayloadError."""
    issue = _object(payload, "the issue")
    fields = _object(issue.get("fields"), "fields")
    key = _text(issue.get("key"), "key")
    status = _object({} if fields.get("status") is None else fields["status"], "status")
    state, note = _state(status, fields, reading.means_cancelled)
    kind, is_subtask = _kind(fields.get("issuetype"))
    changed_at = _instant(fields.get("statuscategorychangedate"), "statuscategorychangedate")
    updated_at = _required_instant(fields.get("updated") or fields.get("created"), "updated")
    resolved_at = _instant(fields.get("resolutiondate"), "resolutiondate")
    return TaskRecord(
        external_id=_id(issue.get("id")),
        key=key,
        title=_title(fields.get("summary")) or key,
        url=f"{reading.site_url.rstrip('/')}/browse/{quote(key)}",
        state=state,
        status_word=clean_line(str(status.get("name") or ""), limit=80),
        kind=kind,
        labels=_labels(fields.get("labels")),
        is_subtask=is_subtask,
        sprint=_sprint(fields.get(reading.fields.sprint)),
        assignee=_assignee(fields.get("assignee")),
        estimate_seconds=_estimate(fields.get("timeoriginalestimate")),
        points=_points(fields, reading.fields),
        created_at=_instant(fields.get("created"), "created"),
        updated_at=updated_at,
        started_at=changed_at if state is TaskState.IN_PROGRESS else None,
        completed_at=(resolved_at or changed_at or updated_at) if state is TaskState.DONE else None,
        parent_id=id_of(fields.get("parent")) or _epic(fields, reading),
        blocked_by=blockers(fields.get("issuelinks"), reading.named_links),
        note=note,
    )


def read_created_ms(payload: Any) -> int | None:
    """The second in which an issue was made, in epoch milliseconds; None where that can't be read."""
    created_at = _readable_instant(payload, "created")
    return int(created_at.timestamp()) * 1000 if created_at else None


def read_versions(issues: Iterable[Any]) -> dict[str, datetime]:
    """By id, when each issue was last changed; without those of which that can't be read."""
    found = ((str(one.get("id")), _readable_instant(one, "updated")) for one in issues if isinstance(one, Mapping))
    return {issue_id: updated_at for issue_id, updated_at in found if updated_at is not None}


def _readable_instant(payload: Any, field: str) -> datetime | None:
    fields = payload.get("fields") if isinstance(payload, Mapping) else None
    try:
        return _instant(fields.get(field), field) if isinstance(fields, Mapping) else None
    except BadPayloadError:
        return None


def _state(
    status: Mapping[str, Any], fields: Mapping[str, Any], means_cancelled: Collection[str]
) -> tuple[TaskState, str]:
    """By status category; outweighed by a resolution that means cancelled, and where nothing has begun by a dated one.

    docs/algorithms/task-states.md
    """
    category = _category(status)
    resolution = fields.get("resolution")
    name = str(resolution.get("name") or "") if isinstance(resolution, Mapping) else ""
    if name and normalised(name) in means_cancelled:
        return TaskState.CANCELLED, "" if category == "done" else f"resolved as {clean_line(name, limit=60)}"
    if category in _STATES:
        return _STATES[category], ""
    if name and fields.get("resolutiondate"):
        return (
            TaskState.DONE,
            f"resolved as {clean_line(name, limit=60)}, though by its status it has not begun",
        )
    return TaskState.TO_DO, _why_to_do(category)


def _why_to_do(category: str) -> str:
    if category == "new":
        return ""
    if category in {"", "undefined"}:
        return "its status has no category"
    return f"its status has a category that Luna does not know: {clean_line(category, limit=40)}"


def _category(status: Mapping[str, Any]) -> str:
    """`new`, `indeterminate` or `done`; `undefined` is Jira's word for none. Anything else is returned as it is."""
    found = status.get("statusCategory")
    return clean_line(str(_object({} if found is None else found, "status category").get("key") or "")).casefold()


def _object(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadPayloadError(f"{what} is not an object")
    return value


def _id(value: Any) -> str:
    """Digits in a text; a number is taken for one, too."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return _text(str(value) if is_number else value, "id")


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadPayloadError(f"{what} is missing or no text")
    if len(value) > _LONGEST_ID or clean_line(value) != value:
        raise BadPayloadError(f"{what} is not readable")
    return value


def _title(value: Any) -> str:
    """Empty where there is none, or none that can be seen."""
    if value is not None and not isinstance(value, str):
        raise BadPayloadError("summary is no text")
    title = clean_line(value or "", limit=500)
    return title if title.strip(f"{_INVISIBLE} ") else ""


def _required_instant(value: Any, what: str) -> datetime:
    found = _instant(value, what)
    if found is None:
        raise BadPayloadError(f"{what} is missing")
    return found


def _instant(value: Any, what: str) -> datetime | None:
    """In UTC; None where there is none."""
    if value is None or value == "":
        return None
    try:
        instant = datetime.fromisoformat(value)
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        raise BadPayloadError(f"{what} is not a point in time") from None


def _estimate(value: Any) -> int | None:
    """Seconds; what is no sensible number counts as none."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LONGEST_ESTIMATE:
        return None
    return value


def _points(fields: Mapping[str, Any], site: SiteFields) -> float | None:
    """Out of the first of the fields that holds a sensible number."""
    for name in site.points:
        value = fields.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0:
            return float(value)
    return None


def _assignee(value: Any) -> str:
    return clean_line(str(value.get("displayName") or ""), limit=160) if isinstance(value, Mapping) else ""


def _kind(value: Any) -> tuple[str, bool]:
    """The type as the team calls it, and whether it is one of sub-tasks."""
    if not isinstance(value, Mapping):
        return "", False
    return clean_line(str(value.get("name") or ""), limit=80), value.get("subtask") is True


def _labels(value: Any) -> tuple[str, ...]:
    """In their order, each once."""
    named = [clean_line(one, limit=100) for one in value if isinstance(one, str)] if isinstance(value, list) else []
    return tuple(dict.fromkeys(name for name in named if name))[:_MOST_LABELS]


def _sprint(value: Any) -> str:
    """The name of the newest by id, out of objects (Cloud) or of texts `…Sprint@1a2b[id=7,…,name=Sprint 7,…]` (older
    Data Centers)."""
    newest, found = -1, ""
    for one in value if isinstance(value, list) else [value]:
        number, name = _named_sprint(one)
        if number > newest:
            newest, found = number, name
    return clean_line(found, limit=120)


def _named_sprint(value: Any) -> tuple[int, str]:
    """Id and name; -1 where it is no sprint."""
    if isinstance(value, Mapping):
        number, name = value.get("id"), str(value.get("name") or "")
        is_number = isinstance(number, int) or (isinstance(number, str) and number.isdecimal())
        return (int(str(number)[:18]) if is_number and not isinstance(number, bool) else -1), name
    text = value if isinstance(value, str) else ""
    number_there, name_there = _SPRINT_ID.search(text), _SPRINT_NAME.search(text)
    return (int(number_there[1][:18]) if number_there else -1), (name_there[1] if name_there else "")


def epic_key(payload: Any, epic_link: str) -> str:
    """What the issue's Epic Link says; "" where it says nothing that is a text."""
    fields = payload.get("fields") if isinstance(payload, Mapping) else None
    value = fields.get(epic_link) if isinstance(fields, Mapping) and epic_link else None
    return value if isinstance(value, str) else ""


def _epic(fields: Mapping[str, Any], reading: Reading) -> str:
    return reading.epic_ids.get(epic_key({"fields": fields}, reading.fields.epic_link), "")


def _id_for_quarantine(payload: Any) -> str:
    """An id to keep it under; "?" when it has none."""
    value = payload.get("id") or payload.get("key") if isinstance(payload, Mapping) else None
    return (clean_line(str(value), limit=64) if value else "") or "?"


def _as_text(payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=True, default=str)[:_PAYLOAD_LIMIT]
