"""What a report is made of, as plain values: everything else about it is wording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Moved:
    """How a launch's forecast moved."""

    days: int
    """Calendar days, later is positive."""
    since: date
    reason: str = ""
    """What did the most, and how much: `“Copy” moved, 7 days later`; empty where only time went by."""


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
    progress_before: float | None = None
    """Progress when the report's period began; None where nobody can tell."""
    start_date: date | None = None
    launched_date: date | None = None
    update_headline: str = ""
    """The latest update's."""
    update_by: str = ""
    """Its author, and when."""
    likely: date | None = None
    """The day by which it lands in half of the draws; None without a forecast."""
    sure: date | None = None
    """The day by which it lands in 85 of 100; None also where that is out of sight."""
    chance: str = ""
    """Of the target, in words."""
    moved: Moved | None = None
    """How far and why the day of 85 % moved since the last report; None where it moved by less than three days."""
    status_until: date | None = None
    """The last day of a status that is better than what Luna computes."""
    is_declared: bool = True
    """Whether anybody has declared a status; a new launch begins on track without that."""


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
    start_date: date | None = None
    baseline_due_date: date | None = None
    """What was agreed when the plan was frozen."""
    counts: bool = True
    """Whether it belongs to the plan: neither cancelled nor a Won't."""
    launch: str = ""
    """The launch's key."""
    counted_by: str = ""
    """`points` or `estimated time`, where that says how far it is; empty where the number of tasks does, or a hand."""
    stale_since: datetime | None = None
    """When what was read of its tasks passed the freshness limit; None while it is fresh, or nothing is linked."""
    likely: date | None = None
    """The day by which it is completed in half of the draws; None without a forecast, or where that is not told."""
    sure: date | None = None
    """The day by which it is completed in 85 of 100; None also where that is out of sight."""


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
    launch: str = ""
    """The launch's key."""


@dataclass(frozen=True)
class RiskFacts:
    """A risk that is not closed."""

    title: str
    path: str
    owner: str
    state: str
    probability: int
    impact: int
    """Both from 1 to 5."""
    mitigation: str = ""
    review_date: date | None = None
    launch: str = ""
    """The launch's key."""

    @property
    def exposure(self) -> int:
        """1 to 25."""
        return self.probability * self.impact


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
    launch: str = ""
    """The launch's key."""


@dataclass(frozen=True, kw_only=True)
class ReportFacts:
    """What every report is composed from."""

    workspace: str
    since: date
    today: date
    milestones: tuple[MilestoneFacts, ...] = ()
    asks: tuple[AskFacts, ...] = ()
    risks: tuple[RiskFacts, ...] = ()
    events: tuple[EventFacts, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    """People by id, for events that name them by number."""
    commentary: str = ""
    commentary_by: str = ""
    was_due: str = ""
    """When it should have gone out, in words, where it goes out late."""
    is_past: bool = False
    """Whether `today` is a day that is over: what is not kept by day stands as it is now, or is left out."""

    @cached_property
    def milestones_by_id(self) -> dict[int, MilestoneFacts]:
        """The milestones by their number."""
        return {milestone.id: milestone for milestone in self.milestones}

    def launch_of(self, key: str) -> LaunchFacts:
        """The launch that something belongs to, by the key that it carries."""
        raise NotImplementedError

    def name_beside(self, key: str) -> str:
        """What stands beside a thing's own name: its launch, where the report tells of several."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class LaunchReportFacts(ReportFacts):
    """All that a launch's reports are composed from."""

    launch: LaunchFacts
    paths: Mapping[str, str] = field(default_factory=dict)
    """Where each kind of thing is read (`risk`, `decision`, …), when it has no page of its own."""
    told: Mapping[int, tuple[tuple[date, date | None], ...]] = field(default_factory=dict)
    """By milestone: the due dates that it had, each with the day from which it stood, oldest first."""

    def launch_of(self, key: str) -> LaunchFacts:  # noqa: ARG002  there is only one
        """Always this one."""
        return self.launch

    def name_beside(self, key: str) -> str:  # noqa: ARG002  the title says it
        """Nothing."""
        return ""


@dataclass(frozen=True, kw_only=True)
class PortfolioReportFacts(ReportFacts):
    """All that reports on many launches are composed from."""

    launches: tuple[LaunchFacts, ...] = ()
    """Those that run, the most important first."""
    path: str
    """The page that shows them."""
    for_everybody: bool = True
    """Whether private launches were left out, as they are in whatever is sent."""

    @cached_property
    def _by_key(self) -> dict[str, LaunchFacts]:
        return {launch.key: launch for launch in self.launches}

    def launch_of(self, key: str) -> LaunchFacts:
        """The launch of that key. Raises KeyError for what is not in the report."""
        return self._by_key[key]

    def name_beside(self, key: str) -> str:
        """The launch's name."""
        return self._by_key[key].name
