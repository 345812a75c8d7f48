"""A Jira issue as a TaskRecord (pure). What can't be read raises with its reason, and only that issue is set aside."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from integrations.domain.types import TaskState
from integrations.sources.base import BadPayload, TaskRecord
from luna.lib.text import clean_line

FIELDS = [
    "summary",
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
MEANS_CANCELLED = frozenset(
    {
        "abandoned",
        "cancelled",
        "canceled",
        "cannot reproduce",
        "declined",
        "duplicate",
        "invalid",
        "won't do",
        "won't fix",
    }
)
"""Resolutions by which a team says that it will not be done."""
_PAYLOAD_LIMIT = 10_000
_LONGEST_ESTIMATE = 2_147_483_647


class BadPayloadError(ValueError):
    """An issue that can't be read; the message says what is wrong with it."""


def read_issues(
    payloads: list[Any], *, site_url: str, means_cancelled: Collection[str] = MEANS_CANCELLED
) -> tuple[tuple[TaskRecord, ...], tuple[BadPayload, ...]]:
    """The issues of one page that can be read, and those that can't."""
    records: list[TaskRecord] = []
    bad: list[BadPayload] = []
    for payload in payloads:
        try:
            records.append(read_issue(payload, site_url=site_url, means_cancelled=means_cancelled))
        except BadPayloadError as error:
            bad.append(BadPayload(_id_for_quarantine(payload), str(error), _as_text(payload)))
    return tuple(records), tuple(bad)


def read_issue(payload: Any, *, site_url: str, means_cancelled: Collection[str] = MEANS_CANCELLED) -> TaskRecord:
    """One issue as /search/jql gives it. Raises BadPayloadError."""
    issue = _object(payload, "the issue")
    fields = _object(issue.get("fields"), "fields")
    key = _text(issue.get("key"), "key")
    status = _object(fields.get("status"), "status")
    state, note = _state(status, fields, means_cancelled)
    changed_at = _instant(fields.get("statuscategorychangedate"), "statuscategorychangedate")
    updated_at = _required_instant(fields.get("updated"), "updated")
    resolved_at = _instant(fields.get("resolutiondate"), "resolutiondate")
    return TaskRecord(
        external_id=_text(issue.get("id"), "id"),
        key=key,
        title=clean_line(_text(fields.get("summary"), "summary"), limit=500) or key,
        url=f"{site_url.rstrip('/')}/browse/{quote(key)}",
        state=state,
        status_word=clean_line(str(status.get("name") or ""), limit=80),
        assignee=_assignee(fields.get("assignee")),
        estimate_seconds=_estimate(fields.get("timeoriginalestimate")),
        created_at=_instant(fields.get("created"), "created"),
        updated_at=updated_at,
        started_at=changed_at if state is TaskState.IN_PROGRESS else None,
        completed_at=(resolved_at or changed_at or updated_at) if state is TaskState.DONE else None,
        parent_id=_parent(fields.get("parent")),
        blocked_by=_blockers(fields.get("issuelinks")),
        note=note,
    )


def _state(
    status: Mapping[str, Any], fields: Mapping[str, Any], means_cancelled: Collection[str]
) -> tuple[TaskState, str]:
    """By status category; a resolution that means cancelled, and a dated one on a new issue, outweigh it."""
    category = str(_object(status.get("statusCategory"), "status category").get("key") or "")
    resolution = fields.get("resolution")
    name = str(resolution.get("name") or "") if isinstance(resolution, Mapping) else ""
    if name.lower().replace("’", "'") in means_cancelled:
        return TaskState.CANCELLED, "" if category == "done" else f"resolved as {clean_line(name, limit=60)}"
    if category == "done":
        return TaskState.DONE, ""
    if category == "indeterminate":
        return TaskState.IN_PROGRESS, ""
    if category == "new" and name and fields.get("resolutiondate"):
        return TaskState.DONE, f"resolved as {clean_line(name, limit=60)}, though its status is still new"
    if category in {"new", "undefined"}:
        return TaskState.TO_DO, ""
    raise BadPayloadError(f"unknown status category {clean_line(category, limit=40)!r}")


def _object(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadPayloadError(f"{what} is not an object")
    return value


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadPayloadError(f"{what} is missing or no text")
    if what in {"id", "key"} and (len(value) > 64 or clean_line(value) != value):
        raise BadPayloadError(f"{what} is not readable")
    return value


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


def _assignee(value: Any) -> str:
    return clean_line(str(value.get("displayName") or ""), limit=160) if isinstance(value, Mapping) else ""


def _parent(value: Any) -> str:
    return str(value.get("id") or "") if isinstance(value, Mapping) else ""


def _blockers(links: Any) -> tuple[str, ...]:
    """Ids of the issues on which this one waits: links of the type Blocks that name an inward issue."""
    if not isinstance(links, list):
        return ()
    found = []
    for link in links:
        kind = link.get("type") if isinstance(link, Mapping) else None
        inward = link.get("inwardIssue") if isinstance(link, Mapping) else None
        if isinstance(kind, Mapping) and isinstance(inward, Mapping) and str(kind.get("name")).lower() == "blocks":
            found.append(str(inward.get("id") or ""))
    return tuple(one for one in found if one)


def _id_for_quarantine(payload: Any) -> str:
    """An id to keep it under; "?" when it has none."""
    value = payload.get("id") or payload.get("key") if isinstance(payload, Mapping) else None
    return (clean_line(str(value), limit=64) if value else "") or "?"


def _as_text(payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=True, default=str)[:_PAYLOAD_LIMIT]
