"""One task as a list gives it: which fields there are, how each is read, and what becomes of it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from integrations.domain.types import TaskState
from integrations.sources.base import TaskRecord
from integrations.sources.upload.durations import hours_of
from luna.lib.text import clean_line

NOON = time(12, tzinfo=UTC)
"""A day without an hour: noon in Greenwich is that day in all zones but those of the Pacific's middle."""
MOST_POINTS = 100_000.0
MOST_ENTRIES = 50
"""Labels, or tasks that one task waits for."""
_STATES: dict[TaskState, str] = {
    TaskState.TO_DO: "to do, todo, open, new, backlog, planned, not started, ready, blocked",
    TaskState.IN_PROGRESS: "in progress, doing, started, active, in review, review, testing, work in progress, wip",
    TaskState.DONE: "done, closed, complete, completed, finished, resolved, shipped, released",
    TaskState.CANCELLED: "cancelled, canceled, dropped, rejected, won't do, wont do, duplicate, abandoned",
}
STATE_OF: dict[str, TaskState] = {
    word: state for state, words in _STATES.items() for word in [state.value.replace("_", " "), *words.split(", ")]
}


class FieldError(ValueError):
    """A field holds what can't be read; `field` is its name, `why` the rest of the sentence that begins with a name."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field} {why}")
        self.field = field
        self.why = why


def _words(limit: int) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValueError("has to be words")
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return clean_line(str(value), limit=limit)

    return read


def _id(value: Any) -> str:
    read = _words(1000)(value)
    if len(read) > 64:
        raise ValueError("is longer than 64 characters")
    return read


def _url(value: Any) -> str:
    read = _words(1000)(value)
    if not re.match(r"https?://[^\s/]", read, re.I) or len(read) > 500:
        raise ValueError("has to begin with https:// or http://, and to have at most 500 characters")
    return read


def _state(value: Any) -> str:
    word = _words(80)(value)
    if word.casefold().replace("_", " ").replace("’", "'") not in STATE_OF:
        raise ValueError(f"is “{word}”, which is none of: to do, in progress, done, cancelled")
    return word


def _number(value: Any) -> float:
    if isinstance(value, str):
        value = value.strip().replace(",", ".")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("has to be a number")
    try:
        read = float(value)
    except ValueError:
        raise ValueError("has to be a number") from None
    if not math.isfinite(read) or not 0 <= read <= MOST_POINTS:
        raise ValueError(f"has to be a number from 0 to {MOST_POINTS:,.0f}")
    return read


def _instant(value: Any) -> str:
    """As ISO 8601 in UTC; without a zone it is UTC, without an hour NOON."""
    if isinstance(value, str):
        value = _from_words(value.strip())
    if not isinstance(value, date):
        raise ValueError("has to be a date, as 2026-11-20 or 2026-11-20T09:30:00Z")
    if not isinstance(value, datetime):
        value = datetime.combine(value, NOON)
    read: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    if not 1990 <= read.year <= 2100:
        raise ValueError("lies outside of 1990 to 2100")
    return read.isoformat()


def _from_words(words: str) -> date | None:
    try:
        is_day = re.fullmatch(r"\d{4}-\d\d-\d\d", words)
        return date.fromisoformat(words) if is_day else datetime.fromisoformat(words)
    except (ValueError, OverflowError):
        return None


def _entries(value: Any) -> list[str]:
    parts = re.split(r"[,;\n]", value) if isinstance(value, str) else value
    if not isinstance(parts, list):
        raise ValueError("has to be a list of words")
    read = [_id(part) for part in parts if not isinstance(part, str) or part.strip()]
    if len(read) > MOST_ENTRIES:
        raise ValueError(f"has more than {MOST_ENTRIES} entries")
    return list(dict.fromkeys(read))


FIELDS: dict[str, Callable[[Any], Any]] = {
    "external_id": _id,
    "key": _id,
    "title": _words(500),
    "url": _url,
    "state": _state,
    "assignee": _words(160),
    "estimate_hours": hours_of,
    "points": _number,
    "created_at": _instant,
    "updated_at": _instant,
    "started_at": _instant,
    "completed_at": _instant,
    "labels": _entries,
    "blocked_by": _entries,
}
"""Every field that a list may have, and how it is read. Only `external_id` and `title` are needed."""


def read_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, cleaned and fit for JSON; empty fields are left out. Raises FieldError."""
    read: dict[str, Any] = {}
    for name, reader in FIELDS.items():
        value = given.get(name)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        try:
            read[name] = reader(value)
        except (ValueError, OverflowError) as error:
            raise FieldError(name, f"{error}.") from None
    for name in ("external_id", "title"):
        if not read.get(name):
            raise FieldError(name, "has no value.")
    return read


def record_of(fields: Mapping[str, Any], *, taken_at: datetime) -> TaskRecord:
    """The task out of what `read_fields` returned; it changed there when Luna took it."""
    started, completed = _at(fields.get("started_at")), _at(fields.get("completed_at"))
    word = str(fields.get("state", ""))
    if word:
        state = STATE_OF[word.casefold().replace("_", " ").replace("’", "'")]
    else:
        state = TaskState.DONE if completed else TaskState.IN_PROGRESS if started else TaskState.TO_DO
    hours = fields.get("estimate_hours")
    return TaskRecord(
        external_id=fields["external_id"],
        key=fields.get("key", fields["external_id"]),
        title=fields["title"],
        url=fields.get("url", ""),
        state=state,
        updated_at=taken_at,
        status_word=word,
        labels=tuple(fields.get("labels", ())),
        assignee=fields.get("assignee", ""),
        estimate_seconds=None if hours is None else round(hours * 3600),
        points=fields.get("points"),
        created_at=_at(fields.get("created_at")),
        started_at=started,
        completed_at=(completed or _at(fields.get("updated_at")) or taken_at) if state == TaskState.DONE else None,
        blocked_by=tuple(fields.get("blocked_by", ())),
    )


def _at(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
