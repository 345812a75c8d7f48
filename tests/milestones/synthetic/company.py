"""Companies made up by chance: their teams, past milestones and launches, each launch looked at half way.

Nothing of Luna is imported here, so that a mistake of the forecast cannot hide in what it is tried on. A launch is
looked at on the first Monday (the next working day, if that is free) after a share of its known tasks is done. That day
depends only on what was known by then; a day chosen with an eye to the end would make good forecasts look bad.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from tests.milestones.synthetic import parameters as p
from tests.milestones.synthetic.records import Day, Launch, Milestone, PastMilestone, Team, Truth

HOLIDAYS = frozenset(date(p.FIRST_DAY.year + year, month, day) for year in range(p.YEARS) for month, day in p.HOLIDAYS)
WORKING_DAYS = tuple(
    day
    for day in (p.FIRST_DAY + timedelta(days=n) for n in range(365 * p.YEARS))
    if day.weekday() < 5 and day not in HOLIDAYS
)
"""Every day of work that there is; the generator counts in places of this list."""


@dataclass
class Work:
    """One milestone from its first task to its last, in places of WORKING_DAYS."""

    first: int
    start: int
    arrived: list[int]
    completed: list[int]

    @property
    def finish(self) -> int:
        return self.first + len(self.completed) - 1

    @property
    def actual_days(self) -> int:
        return self.finish - self.start + 1

    def known(self, before: int) -> tuple[int, int]:
        """Tasks done and tasks written down, up to the evening before."""
        length = max(0, before - self.first)
        return sum(self.completed[:length]), sum(self.arrived[:length])

    def days(self, before: int) -> tuple[Day, ...]:
        length = max(0, before - self.first)
        rows = zip(self.arrived[:length], self.completed[:length], strict=True)
        return tuple(Day(WORKING_DAYS[self.first + n], *row) for n, row in enumerate(rows))


@dataclass
class Plan:
    """A milestone before it is looked at."""

    team: int
    kind: str
    estimate_days: float
    planned_start: int
    due: int
    work: Work
    predecessors: tuple[tuple[int, int], ...] = ()


@dataclass
class Company:
    """Draws everything from one generator; `shocks` holds the pace of all teams, day by day."""

    regime: p.Regime
    chance: random.Random
    paces: list[float] = field(default_factory=list)
    biases: list[float] = field(default_factory=list)
    shocks: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.paces = [self._around(p.PACE_MEDIAN, p.TEAM_PACE_SPREAD) for _ in range(p.TEAMS)]
        self.biases = [self._around(p.ESTIMATE_BIAS_MEDIAN, p.ESTIMATE_BIAS_SPREAD) for _ in range(p.TEAMS)]
        shaken = False
        for _ in WORKING_DAYS:
            change = self.regime.shock_ends if shaken else self.regime.shock_begins
            shaken ^= self.chance.random() < change
            self.shocks.append(self.regime.shock_pace if shaken else 1.0)

    def teams(self) -> tuple[Team, ...]:
        """Each with its finished milestones, one after another before any launch."""
        return tuple(Team(number, tuple(self._past(number))) for number in range(p.TEAMS))

    def launch(self, teams: tuple[Team, ...]) -> Launch | None:
        """None where there is nothing to judge on the morning on which it would be looked at."""
        start = self.chance.randint(*p.LAUNCH_STARTS)
        chosen = self.chance.sample(range(p.TEAMS), p.MILESTONES_AT_ONCE + 1)
        plans = [self._plan(team, start + self.chance.randint(0, p.STAGGER_DAYS)) for team in chosen[:-1]]
        if self.regime.successor:
            plans.append(self._successor(chosen[-1], plans))
        morning = self._morning(plans[: p.MILESTONES_AT_ONCE])
        if morning is None:
            return None
        seen = tuple(self._seen(number, plan, morning) for number, plan in enumerate(plans))
        if not any(milestone.judged for milestone in seen):
            return None
        return Launch(WORKING_DAYS[morning], HOLIDAYS, teams, seen)

    def _past(self, team: int) -> Iterator[PastMilestone]:
        at = self.chance.randint(p.PLANNED_AHEAD_DAYS[1], 2 * p.PLANNED_AHEAD_DAYS[1])
        for _ in range(self.chance.randint(*p.PAST_MILESTONES)):
            plan = self._plan(team, at)
            work = plan.work
            if work.finish >= p.LAUNCH_STARTS[0]:
                return
            yield PastMilestone(plan.kind, plan.estimate_days, work.actual_days, work.days(work.finish + 1))
            at = work.finish + self.chance.randint(1, 10)

    def _plan(self, team: int, start: int, *, ahead: int | None = None, planned: int | None = None) -> Plan:
        """A milestone that begins at `start`; its tasks are written down `ahead` working days before."""
        drawn = round(self._around(p.SCOPE_MEDIAN, p.SCOPE_SPREAD))
        scope = min(max(drawn, p.SCOPE_LIMITS[0]), p.SCOPE_LIMITS[1])
        pace = self.paces[team] * self._around(1.0, p.MILESTONE_PACE_SPREAD)
        kind = self.chance.choice(list(p.KINDS))
        expected_days = scope / pace / (1 - self.regime.arrivals_per_completed)
        missing = self.biases[team] * p.KINDS[kind] * self._around(1.0, p.ESTIMATE_SPREAD)
        estimate = max(1.0, round(2 * expected_days / missing) / 2)
        ahead = self.chance.randint(*p.PLANNED_AHEAD_DAYS) if ahead is None else ahead
        work = self._work(scope, pace, start, start - ahead)
        planned = start if planned is None else planned
        return Plan(team, kind, estimate, planned, planned + math.ceil(p.DUE_ROOM * estimate) - 1, work)

    def _successor(self, team: int, plans: list[Plan]) -> Plan:
        """Waits for two of the others, and perhaps a while longer; written down when the launch was planned."""
        waits_for = self.chance.sample(range(len(plans)), 2)
        lags = [self.chance.randint(0, self.regime.successor_lag_days) for _ in waits_for]
        pairs = list(zip(waits_for, lags, strict=True))
        start = max(plans[number].work.finish + 1 + lag for number, lag in pairs)
        planned = max(plans[number].due + 1 + lag for number, lag in pairs)
        if self.chance.random() < self.regime.hesitates:
            start += self._geometric(self.regime.hesitation_days)
        first = min(plan.work.first for plan in plans)
        plan = self._plan(team, start, ahead=start - first, planned=planned)
        plan.predecessors = tuple(pairs)
        return plan

    def _work(self, scope: int, pace: float, start: int, first: int) -> Work:
        """Day by day until no task is open."""
        arrived, completed = self._planning(scope, start - first), [0] * (start - first)
        left, at, mood = scope, start, self.chance.gauss(0, 1)
        while left:
            mood = self.regime.memory * mood + math.sqrt(1 - self.regime.memory**2) * self.chance.gauss(0, 1)
            done = min(left, self._poisson(pace * self._day_pace(at, mood)))
            found = self._found(done)
            left += found - done
            arrived.append(found)
            completed.append(done)
            at += 1
        return Work(first, start, arrived, completed)

    def _planning(self, scope: int, days: int) -> list[int]:
        """The first tasks, on a few of the days before the start, from the first of them on."""
        sessions = min(days, self.chance.randint(*p.PLANNING_DAYS))
        cuts = sorted(self.chance.randint(0, scope) for _ in range(sessions - 1))
        sizes = [end - begin for begin, end in zip([0, *cuts], [*cuts, scope], strict=True)]
        return sizes + [0] * (days - sessions)

    def _day_pace(self, at: int, mood: float) -> float:
        regime = self.regime
        burst = math.exp(regime.memory_spread * mood - regime.memory_spread**2 / 2)
        noise = self.chance.gammavariate(regime.day_shape, 1 / regime.day_shape)
        return p.WEEKDAY_PACE[WORKING_DAYS[at].weekday()] * self.shocks[at] * burst * noise

    def _found(self, done: int) -> int:
        batches = self._poisson(done * self.regime.arrivals_per_completed / self.regime.batch_mean)
        return sum(self._geometric(self.regime.batch_mean) for _ in range(batches))

    def _morning(self, plans: list[Plan]) -> int | None:
        """The first report day after a drawn share of the launch's known tasks is done; None when all are by then."""
        share = self.chance.uniform(*p.OBSERVED_SHARE)
        at = min(plan.work.start for plan in plans)
        while True:
            monday = WORKING_DAYS[at] + timedelta(days=7 - WORKING_DAYS[at].weekday())
            at = bisect_left(WORKING_DAYS, monday)
            known = [plan.work.known(at) for plan in plans]
            done, scope = (sum(column) for column in zip(*known, strict=True))
            if done == scope and scope:
                return None
            if done >= share * scope > 0:
                return at

    def _seen(self, number: int, plan: Plan, morning: int) -> Milestone:
        work = plan.work
        done, scope = work.known(morning)
        begun, over = work.start < morning, work.finish < morning
        low, high = p.OBSERVED_SHARE
        half_way = begun and not over and low * scope <= done <= high * scope
        return Milestone(
            id=number,
            team_id=plan.team,
            kind=plan.kind,
            estimate_days=plan.estimate_days,
            planned_start=WORKING_DAYS[plan.planned_start],
            due_date=WORKING_DAYS[plan.due],
            days=work.days(min(morning, work.finish + 1)),
            started_on=WORKING_DAYS[work.start] if begun else None,
            completed_on=WORKING_DAYS[work.finish] if over else None,
            predecessors=plan.predecessors,
            judged=bool(plan.predecessors) and not begun if self.regime.successor else half_way,
            truth=Truth(WORKING_DAYS[work.start], WORKING_DAYS[work.finish], work.actual_days),
        )

    def _around(self, median: float, spread: float) -> float:
        return median * math.exp(self.chance.gauss(0, spread))

    def _geometric(self, mean: float) -> int:
        """1, 2, 3 … with this mean."""
        if mean <= 1:
            return 1
        return 1 + int(math.log(1 - self.chance.random()) / math.log(1 - 1 / mean))

    def _poisson(self, mean: float) -> int:
        """By multiplying uniforms (Knuth), a piece at a time so that the product never underflows."""
        count = 0
        for part in [*[20.0] * int(mean // 20), mean % 20]:
            limit, product = math.exp(-part), self.chance.random()
            while product > limit:
                count += 1
                product *= self.chance.random()
        return count


def launches(regime: p.Regime, *, judged: int = p.MILESTONES, seed: int = p.SEED) -> list[Launch]:
    """Launches of as many companies as it takes until at least `judged` milestones can be judged."""
    chance = random.Random(f"{seed} {regime.name}")
    made: list[Launch] = []
    found = 0
    while found < judged:
        company = Company(regime, chance)
        teams = company.teams()
        for launch in filter(None, (company.launch(teams) for _ in range(p.LAUNCHES))):
            made.append(launch)
            found += sum(milestone.judged for milestone in launch.milestones)
    return made
