"""All draws of a connected part of the plan at once: work, waits, dependencies (docs/algorithms/forecast.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from milestones.domain.days import NumberedDays
from milestones.domain.forecast_types import (
    LEAST_ACTIVE_DAYS,
    Basis,
    ForecastInput,
    History,
    Lack,
    NoForecast,
    TaskWork,
)
from milestones.domain.sampling import (
    HORIZON_DAYS,
    Days,
    Pool,
    Sample,
    Team,
    days_of_estimate,
    days_of_tasks,
    days_of_wait,
    pool_of,
    sample_of,
    stream,
    team_of,
)
from milestones.domain.schedule import Planned, has_begun
from milestones.domain.types import State


@dataclass(frozen=True, slots=True)
class Axis:
    """Working days by their distance from the first one that is not before today: 0 is that day."""

    days: NumberedDays
    today: int
    """Its number."""

    def day(self, offset: int) -> date:
        """The working day at that distance."""
        return self.days.day(self.today + offset)

    def at_or_before(self, day: date) -> int:
        """How far the last working day is that is not after `day`."""
        return self.days.at_or_before(day) - self.today

    def at_or_after(self, day: date) -> int:
        """How far the first working day is that is not before `day`."""
        return self.days.at_or_after(day) - self.today


Took = tuple[Basis, Days] | NoForecast
"""How many working days a milestone's work takes, per draw, and how that is known."""
Drawn = dict[tuple[int, object, int], Took]
"""By milestone, work and number of draws, for one day and calendar."""


class Samples:
    """Each history and each team looked at once, however many milestones share it: by identity, while both are held."""

    def __init__(self, axis: Axis, drawn: Drawn | None = None) -> None:
        """`drawn` is kept by who asks again on the same day, by the same calendar."""
        self.axis = axis
        self._drawn = drawn
        self._known: dict[int, tuple[History, Sample]] = {}
        self._teams: dict[tuple[int, ...], Team] = {}

    def took(self, given: ForecastInput, draws: int, draw: Callable[[ForecastInput], Took]) -> Took:
        """What `draw` says of it; asked once for the same work where what was drawn is kept."""
        if self._drawn is None:
            return draw(given)
        key = (given.planned.milestone_id, given.work, draws)
        if key not in self._drawn:
            self._drawn[key] = draw(given)
        return self._drawn[key]

    def of(self, history: History) -> Sample:
        """The days of it that count."""
        if id(history) not in self._known:
            self._known[id(history)] = history, sample_of(history, self.axis.days, self.axis.today)
        return self._known[id(history)][1]

    def of_team(self, histories: Sequence[History]) -> Team:
        """What a team's other milestones say."""
        key = tuple(map(id, histories))
        if key not in self._teams:
            self._teams[key] = team_of(map(self.of, histories))
        return self._teams[key]


class Simulation:
    """One part of the plan that nothing connects with the rest."""

    def __init__(
        self, given: Mapping[int, ForecastInput], waits: Mapping[int, Mapping[int, int]], samples: Samples, draws: int
    ) -> None:
        """`waits` holds what `schedule.effective_waits` gave for this part, in its order."""
        self._given, self._waits, self._samples, self._draws = given, waits, samples, draws
        self._axis = samples.axis
        self.finishes: dict[int, Days] = {}
        """Per open milestone that has a forecast: working days from today, one per draw; HORIZON_DAYS: not in it."""
        self.completed: dict[int, int] = {}
        """Per completed milestone: the same, once for all draws; mostly below 0."""
        self.lacks: dict[int, NoForecast] = {}
        self.basis: dict[int, Basis] = {}
        self._decided: dict[int, NDArray[np.uint8]] = {}
        """Per milestone, in bits, the draws in which what it waits for decided its finish."""
        for pk in waits:
            self._run(given[pk])

    def criticality(self, members: Iterable[int], end: Days) -> dict[int, float]:
        """Per milestone the share of draws in which its finish decided `end`, itself or through those that wait for it.

        Where two decide together both count, so the shares may add up to more than 1.
        """
        decides = {pk: self.finishes[pk] == end for pk in members}
        for pk in reversed(list(self._waits)):
            if pk not in decides or pk not in self._decided:
                continue
            through = decides[pk] & np.unpackbits(self._decided[pk], count=self._draws).view(np.bool_)
            if not through.any():
                continue
            after = {
                before: self._after(before, lag) for before, lag in self._waits[pk].items() if before in self.finishes
            }
            ready = np.maximum.reduce(list(after.values()))
            for before, days in after.items():
                blames = through & (days == ready)
                decides[before] = decides[before] | blames if before in decides else blames
        shares = {pk: float(np.count_nonzero(mask)) / self._draws for pk, mask in decides.items()}
        return {pk: share for pk, share in shares.items() if share}

    def _run(self, given: ForecastInput) -> None:
        """Draw one milestone's finish; all that it waits for has been drawn."""
        m, pk = given.planned, given.planned.milestone_id
        if m.state is State.COMPLETED:
            self.completed[pk] = 0 if m.completed_date is None else self._axis.at_or_before(m.completed_date)
            return
        work = self._samples.took(given, self._draws, self._work)
        behind = sorted({root for p in self._waits[pk] for root in self._roots(p)})
        if isinstance(work, NoForecast):
            self.lacks[pk] = work
        elif behind:
            self.lacks[pk] = NoForecast(Lack.UPSTREAM, milestone_ids=tuple(behind))
        else:
            self.basis[pk], took = work
            self._place(given, np.maximum(took, 1) - np.int16(1))

    def _place(self, given: ForecastInput, took: Days) -> None:
        """From the days after the first that the work takes to the finish.

        What has begun goes on today, and ends no earlier than the day on which it could have begun by the book.
        """
        pk = given.planned.milestone_id
        ready, least = self._ready(pk)
        decided = None
        if given.has_begun or has_begun(given.planned):
            finish = own = np.maximum(took, np.int16(least))
            if ready is not None:
                finish, decided = np.maximum(own, ready), ready >= own
        else:
            floor = np.int16(max(least, self._first_start(given.planned)))
            finish = took + floor
            if ready is not None:
                finish, decided = took + np.maximum(ready, floor), ready >= floor
        for wait in self._waits_for_approval(given, asked=True):
            decided = None if decided is None else decided & (finish >= wait)
            finish = np.maximum(finish, wait)
        for wait in self._waits_for_approval(given, asked=False):
            finish = np.minimum(finish, HORIZON_DAYS) + wait
        self.finishes[pk] = np.minimum(finish, HORIZON_DAYS)
        if decided is not None:
            self._decided[pk] = np.packbits(decided)

    def _waits_for_approval(self, given: ForecastInput, *, asked: bool) -> Iterator[Days]:
        """Draws of the approvals that have been asked for, or of those that will be once the work is done."""
        for number, approval in enumerate(given.approvals):
            if asked == (approval.waited_days is not None):
                random = stream(given.planned.milestone_id, f"approval {number}")
                yield days_of_wait(approval.waited_days or 0, approval.history, random, self._draws)

    def _work(self, given: ForecastInput) -> Took:
        pk, work = given.planned.milestone_id, given.work
        if work is None:
            return NoForecast(Lack.NO_WORK)
        random = stream(pk, "work")
        if not isinstance(work, TaskWork):
            return Basis.ESTIMATE, days_of_estimate(work.remaining_days, work.ratios, random, self._draws)
        if work.remaining <= 0:
            return Basis.NOTHING_LEFT, np.zeros(self._draws, np.int16)
        found = self._pool(work)
        if isinstance(found, NoForecast):
            return found
        basis, pool = found
        return basis, days_of_tasks(work.remaining, pool, random, self._draws)

    def _pool(self, work: TaskWork) -> tuple[Basis, Pool] | NoForecast:
        """Its own days together with its team's; by its team's where its own are too few."""
        own, team = self._samples.of(work.history), self._samples.of_team(work.team)
        if own.active_days >= LEAST_ACTIVE_DAYS:
            return Basis.OWN_DAYS, pool_of(own, team)
        if team.active_days < LEAST_ACTIVE_DAYS:
            return NoForecast(Lack.FEW_DAYS, active_days=max(team.active_days, own.active_days))
        return Basis.TEAM_DAYS, pool_of(own, team)

    def _first_start(self, m: Planned) -> int:
        """Its start date, or today where that has passed or there is none."""
        return 0 if m.start_date is None else min(max(self._axis.at_or_after(m.start_date), 0), HORIZON_DAYS)

    def _ready(self, pk: int) -> tuple[Days | None, int]:
        """The first day after what it waits for, with lags: per draw of what is open, once of what is completed."""
        ready: Days | None = None
        least = 0
        for p, lag in self._waits[pk].items():
            if p in self.completed:
                least = max(least, min(self.completed[p] + lag + 1, HORIZON_DAYS))
            elif p in self.finishes:
                after = self._after(p, lag)
                ready = after if ready is None else np.maximum(ready, after)
        return ready, least

    def _after(self, p: int, lag: int) -> Days:
        after: Days = np.clip(self.finishes[p] + np.int16(min(lag + 1, HORIZON_DAYS)), 0, HORIZON_DAYS)
        return after

    def _roots(self, p: int) -> tuple[int, ...]:
        """Those whose lack of data it is that `p` has no forecast."""
        lack = self.lacks.get(p)
        if lack is None:
            return ()
        return lack.milestone_ids if lack.lack is Lack.UPSTREAM else (p,)
