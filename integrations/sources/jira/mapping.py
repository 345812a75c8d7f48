"""A Jira issue as a TaskRecord (pure). What can't be read raises with its reason, and only that issue is set aside."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from integrations.domain.types import TaskState
from integrations.sources.base import BadPayload, TaskRecord
from integrations.sources.jira.resolutions import means_cancelled as cancelled_by
from integrations.sources.jira.resolutions import normalised
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
MEANS_CANCELLED = cancelled_by({})
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_STATES = {"done": TaskState.DONE, "indeterminate": TaskState.IN_PROGRESS}
_PAYLOAD_LIMIT = 10_000
_LONGEST_ESTIMATE = 2_147_483_647


class BadPayloadError(ValueError):
    """An issue that can't be read; the message says what is wrong with it."""


def read_issues(
    payloads: list[Any],
    *,
    site_url: str,
    means_cancelled: Collection[str] = MEANS_CANCELLED,
    points_fields: Sequence[str] = (),
) -> tuple[tuple[TaskRecord, ...], tuple[BadPayload, ...]]:
    """The issues of one page that can be read, and those that can't."""
    records: list[TaskRecord] = []
    bad: list[BadPayload] = []
    for payload in payloads:
        try:
            records.append(read_issue(payload, site_url, means_cancelled, points_fields))
        except BadPayloadError as error:
            bad.append(BadPayload(_id_for_quarantine(payload), str(error), _as_text(payload)))
    return tuple(records), tuple(bad)


def read_issue(
    payload: Any, site_url: str, means_cancelled: Collection[str], points_fields: Sequence[str]
) -> TaskRecord:
    """One issue as a search gives it, of either product. Raises BadPayloadError."""
    issue = _object(payload, "the issue")
    fields = _object(issue.get("fields"), "fields")
    key = _text(issue.get("key"), "key")
    status = _object({} if fields.get("status") is None else fields["status"], "status")
    state, note = _state(status, fields, means_cancelled)
    changed_at = _instant(fields.get("statuscategorychangedate"), "statuscategorychangedate")
    updated_at = _required_instant(fields.get("updated") or fields.get("created"), "updated")
    resolved_at = _instant(fields.get("resolutiondate"), "resolutiondate")
    return TaskRecord(
        external_id=_id(issue.get("id")),
        key=key,
        title=_title(fields.get("summary")) or key,
        url=f"{site_url.rstrip('/')}/browse/{quote(key)}",
        state=state,
        status_word=clean_line(str(status.get("name") or ""), limit=80),
        assignee=_assignee(fields.get("assignee")),
        estimate_seconds=_estimate(fields.get("timeoriginalestimate")),
        points=_points(fields, points_fields),
        created_at=_instant(fields.get("created"), "created"),
        updated_at=updated_at,
        started_at=changed_at if state is TaskState.IN_PROGRESS else None,
        completed_at=(resolved_at or changed_at or updated_at) if state is TaskState.DONE else None,
        parent_id=_parent(fields.get("parent")),
        blocked_by=_blockers(fields.get("issuelinks")),
        note=note,
    )


def read_created_ms(payload: Any) -> int | None:
    """The second in which an issue was made, in epoch milliseconds; None where that can't be read."""
    fields = payload.get("fields") if isinstance(payload, Mapping) else None
    try:
        created_at = _instant(fields.get("created"), "created") if isinstance(fields, Mapping) else None
    except BadPayloadError:
        return None
    return int(created_at.timestamp()) * 1000 if created_at else None


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
    return str(_object({} if found is None else found, "status category").get("key") or "").strip().casefold()


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
    if len(value) > 64 or clean_line(value) != value:
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


def _points(fields: Mapping[str, Any], names: Sequence[str]) -> float | None:
    """Out of the first of the fields that holds a sensible number."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0:
            return float(value)
    return None


def _assignee(value: Any) -> str:
    return clean_line(str(value.get("displayName") or ""), limit=160) if isinstance(value, Mapping) else ""


def _parent(value: Any) -> str:
    return str(value.get("id") or "") if isinstance(value, Mapping) else ""


def _blockers(links: Any) -> tuple[str, ...]:
    """Ids of the issues on which this one waits, each once.

    A link with an inward issue says its type's inward words of this one: "is blocked by" that. Most sites call the
    type Blocks, and some have translated one of the two.
    """
    if not isinstance(links, list):
        return ()
    found: dict[str, None] = {}
    for link in links:
        kind = link.get("type") if isinstance(link, Mapping) else None
        inward = link.get("inwardIssue") if isinstance(link, Mapping) else None
        if isinstance(kind, Mapping) and isinstance(inward, Mapping) and _means_blocked(kind):
            found[str(inward.get("id") or "")] = None
    return tuple(one for one in found if one)


def _means_blocked(kind: Mapping[str, Any]) -> bool:
    words = str(kind.get("inward") or "").strip().casefold()
    return words == "is blocked by" or str(kind.get("name") or "").strip().casefold() == "blocks"


def _id_for_quarantine(payload: Any) -> str:
    """An id to keep it under; "?" when it has none."""
    value = payload.get("id") or payload.get("key") if isinstance(payload, Mapping) else None
    return (clean_line(str(value), limit=64) if value else "") or "?"


def _as_text(payload: Any) -> str:
    return json.dumps(payload, ensure_ascii=True, default=str)[:_PAYLOAD_LIMIT]
