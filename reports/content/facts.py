"""What a digest is made of, as plain values: everything else about it is wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class LaunchFacts:
    """The launch as it stands."""

    key: str
    name: str
    path: str
    owner: str
    status: str
    """What the owner declared (launches.domain.types.Status)."""
    status_reason: str
    health: str
    """What Luna computed: a level, `paused` or `completed`."""
    signals: tuple[str, ...]
    """The reasons behind the health, worst first, as sentences."""
    progress: float
    milestones_total: int
    milestones_completed: int
    target_date: date | None
    synced_at: datetime | None
    """The newest sync of any source; None where nothing is linked."""


@dataclass(frozen=True)
class MilestoneFacts:
    """One milestone as it stands."""

    id: int
    name: str
    path: str
    owner: str
    is_open: bool
    progress: float
    due_date: date | None
    completed_date: date | None
    health: str
    signals: tuple[str, ...]


@dataclass(frozen=True)
class AskFacts:
    """A decision or an approval that waits for someone."""

    kind: str
    """`decision` or `approval`."""
    title: str
    path: str
    people: tuple[str, ...]
    """Who must decide, or who has yet to vote."""
    due_date: date | None
    asked_on: date
    about: str = ""
    """The milestone's name, where it is about one."""


@dataclass(frozen=True)
class EventFacts:
    """One event of the log."""

    id: int
    verb: str
    subject: tuple[str, int]
    """Kind and id."""
    name: str
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""
    who: str = ""
    """Empty where Luna itself computed it."""


@dataclass(frozen=True)
class DigestFacts:
    """All that a weekly digest is composed from."""

    workspace: str
    since: date
    today: date
    launch: LaunchFacts
    milestones: tuple[MilestoneFacts, ...] = ()
    asks: tuple[AskFacts, ...] = ()
    events: tuple[EventFacts, ...] = ()
    paths: Mapping[str, str] = field(default_factory=dict)
    """Where each kind of thing is read (`risk`, `decision`, …), when it has no page of its own."""
    names: Mapping[int, str] = field(default_factory=dict)
    """People by id, for events that name them by number."""
    commentary: str = ""
    commentary_by: str = ""
    was_due: str = ""
    """When it should have gone out, in words, where it goes out late."""
