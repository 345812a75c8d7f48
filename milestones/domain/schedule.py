"""The plan through its dependencies: earliest and latest days, slack, critical paths (docs/algorithms/schedule.md)."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from luna.lib.dates import WorkingCalendar
from milestones.domain.days import NumberedDays
from milestones.domain.graph import in_order
from milestones.domain.types import State


@dataclass(frozen=True, slots=True)
class Planned:
    """A milestone as the plan sees it."""

    milestone_id: int
    name: str
    state: State = State.NOT_STARTED
    launch_id: int | None = None
    """The launch whose date it decides; None where it decides none, as a Won't."""
    start_date: date | None = None
    due_date: date | None = None
    completed_date: date | None = None
    estimate_days: float | None = None
    """Person-days; the plan takes them as working days of one person."""


@dataclass(frozen=True, slots=True)
class Link:
    """A dependency: the successor starts on the working day after the predecessor's finish and `lag_days` more."""

    predecessor_id: int
    successor_id: int
    lag_days: int = 0


@dataclass(frozen=True, slots=True)
class PlannedDays:
    """When a milestone can happen, and how late it may without any launch ending later."""

    start: date
    finish: date
    latest_start: date
    latest_finish: date
    slack_days: int
    """Working days from the finish to the latest finish; negative where a launch's given end can't be met."""
    decided_by: int | None
    """The predecessor whose finish decides its days; None where they are its own."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """One plan for all: cancelled milestones are not in it."""

    order: tuple[int, ...]
    """Each milestone after all that it waits for."""
    milestones: Mapping[int, PlannedDays]
    ends: Mapping[int, date]
    """Per launch, the finish of its last milestone."""
    critical_paths: Mapping[int, tuple[int, ...]]
    """Per launch, the milestones that decide its end, first to last; completed ones are facts and left out."""


def plan(
    milestones: Iterable[Planned],
    links: Collection[Link],
    *,
    today: date,
    calendar: WorkingCalendar,
    ends: Mapping[int, date] | None = None,
) -> Schedule:
    """Every milestone's days through the whole graph; `ends` are days on which launches must end, to plan back from.

    Raises CircleError, which names the milestones of a circle, and KeyError for a link to a milestone not given.
    """
    by_id = {milestone.milestone_id: milestone for milestone in milestones}
    order = in_order({pk: m.name for pk, m in by_id.items()}, [(e.predecessor_id, e.successor_id) for e in links])
    days = NumberedDays(calendar)
    waits = effective_waits(by_id, order, links)
    planning = _Planning(by_id, waits, days, days.at_or_after(today))
    for pk in waits:
        planning.place(by_id[pk])
    finishes = _last_finishes(by_id, planning.finish)
    bounds = finishes | {pk: days.at_or_before(day) for pk, day in (ends or {}).items()}
    planning.look_back(bounds)
    return Schedule(
        order=tuple(waits),
        milestones={pk: planning.days_of(pk) for pk in waits},
        ends={launch: days.day(number) for launch, number in finishes.items()},
        critical_paths={launch: planning.critical_path(launch, number) for launch, number in finishes.items()},
    )


def effective_waits(
    by_id: Mapping[int, Planned], order: Sequence[int], links: Iterable[Link]
) -> dict[int, dict[int, int]]:
    """What each milestone that is not cancelled really waits for, in `order`: predecessor id to lag in working days.

    A cancelled milestone takes no time, nor do the lags around it: what waits for it waits for what it waited for.
    A completed one waits for nothing any more. Of two ways to the same predecessor the longer lag counts.
    """
    incoming: dict[int, list[Link]] = {}
    for link in links:
        incoming.setdefault(link.successor_id, []).append(link)
    found: dict[int, dict[int, int]] = {}
    for pk in order:
        waits: dict[int, int] = {}
        for link in incoming.get(pk, ()) if by_id[pk].state is not State.COMPLETED else ():
            before = link.predecessor_id
            if by_id[before].state is State.CANCELLED:
                steps = dict.fromkeys(found[before], 0)
            else:
                steps = {before: link.lag_days}
            for step, lag in steps.items():
                waits[step] = max(lag, waits.get(step, lag))
        found[pk] = waits
    return {pk: waits for pk, waits in found.items() if by_id[pk].state is not State.CANCELLED}


def earliest_start(predecessor_finish: date, lag_days: int, calendar: WorkingCalendar) -> date:
    """The working day on which a successor can start: the one after the finish and `lag_days` working days more."""
    return calendar.add(predecessor_finish, lag_days + 1)


def starts_too_early(
    start: date | None, predecessor_due: date | None, lag_days: int, calendar: WorkingCalendar
) -> bool:
    """Whether a successor is planned to start before its predecessor is due (flagged, not refused)."""
    if start is None or predecessor_due is None:
        return False
    return start < earliest_start(predecessor_due, lag_days, calendar)


def has_begun(milestone: Planned) -> bool:
    """Whether it is being worked on, so that what it waits for no longer holds its start."""
    return milestone.state in {State.IN_PROGRESS, State.IN_REVIEW}


class _Planning:
    """The numbers of the days, first forwards and then back."""

    def __init__(
        self, by_id: Mapping[int, Planned], waits: Mapping[int, Mapping[int, int]], days: NumberedDays, today: int
    ) -> None:
        self._by_id, self._waits, self._days, self._today = by_id, waits, days, today
        self.start: dict[int, int] = {}
        self.finish: dict[int, int] = {}
        self._latest: dict[int, int] = {}
        self._decided_by: dict[int, int | None] = {}

    def place(self, m: Planned) -> None:
        """The earliest start and finish; all that it waits for has been placed."""
        pk = m.milestone_id
        self._decided_by[pk] = None
        if m.state is State.COMPLETED:
            self.finish[pk] = self._days.at_or_before(m.completed_date or m.due_date or self._days.day(self._today))
            self.start[pk] = min(self._start_date(m, self.finish[pk]), self.finish[pk])
            return
        took = max(self._duration(m), 1)
        ready, decider = max(
            ((self.finish[p] + lag + 1, -p) for p, lag in self._waits[pk].items()), default=(self._today, None)
        )
        if has_begun(m):
            self.start[pk] = min(self._start_date(m, self._today), self._today)
            own = max(self.start[pk] + took - 1, self._today)
            self.finish[pk] = max(own, ready)
        else:
            own = max(self._start_date(m, self._today), self._today)
            self.start[pk] = max(own, ready)
            self.finish[pk] = self.start[pk] + took - 1
        if decider is not None and ready >= own:
            self._decided_by[pk] = -decider

    def look_back(self, ends: Mapping[int, int]) -> None:
        """The latest finish of each: no later than its launch's end, and what waits for it can still be in time."""
        last = max(self.finish.values(), default=self._today)
        for pk in self._waits:
            launch = self._by_id[pk].launch_id
            self._latest[pk] = last if launch is None else ends.get(launch, last)
        for pk in reversed(list(self._waits)):
            m = self._by_id[pk]
            needed = self._latest[pk] if has_begun(m) else self._latest[pk] - (self.finish[pk] - self.start[pk])
            for before, lag in self._waits[pk].items():
                self._latest[before] = min(self._latest[before], needed - lag - 1)

    def days_of(self, pk: int) -> PlannedDays:
        """The days of the numbers; those of what is completed are the dates that were given."""
        m = self._by_id[pk]
        start, finish = self._days.day(self.start[pk]), self._days.day(self.finish[pk])
        if m.state is State.COMPLETED:
            finish = m.completed_date or finish
            return PlannedDays(start, finish, start, finish, 0, None)
        slack = self._latest[pk] - self.finish[pk]
        latest_start = start if has_begun(m) else self._days.day(self.start[pk] + slack)
        return PlannedDays(start, finish, latest_start, self._days.day(self._latest[pk]), slack, self._decided_by[pk])

    def critical_path(self, launch: int, end: int) -> tuple[int, ...]:
        """Back from the milestone that finishes last, of several the one with the smallest id, to what decides it."""
        last = [pk for pk, number in self.finish.items() if number == end and self._by_id[pk].launch_id == launch]
        here: int | None = min(last)
        path: list[int] = []
        while here is not None and self._by_id[here].state is not State.COMPLETED:
            path.append(here)
            here = self._decided_by[here]
        return tuple(reversed(path))

    def _start_date(self, m: Planned, default: int) -> int:
        return default if m.start_date is None else self._days.at_or_after(m.start_date)

    def _duration(self, m: Planned) -> int:
        """Working days: from its start to its due date, else by its estimate, else none."""
        if m.start_date is not None and m.due_date is not None:
            return self._days.at_or_before(m.due_date) - self._days.at_or_after(m.start_date) + 1
        return math.ceil(m.estimate_days or 0)


def _last_finishes(by_id: Mapping[int, Planned], finishes: Mapping[int, int]) -> dict[int, int]:
    """Per launch, the number of the day on which its last milestone finishes."""
    found: dict[int, int] = {}
    for pk, number in finishes.items():
        launch = by_id[pk].launch_id
        if launch is not None:
            found[launch] = max(number, found.get(launch, number))
    return found
