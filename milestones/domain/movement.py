"""Why a date moved: the change of P85 between two forecasts, in parts that add up (docs/algorithms/movement.md).

Nothing here knows how a forecast is made: it is asked again for inputs that are partly of the earlier and partly of the
later day, and the differences are the parts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from luna.lib.dates import WorkingCalendar
from milestones.domain.forecast_types import Forecast, ForecastInput
from milestones.domain.graph import upstream_of
from milestones.domain.mixture import OWN, Cause, Gap, Went, expected_of, gap_between, is_at_work, mixed, went
from milestones.domain.schedule import Link
from milestones.domain.types import State

NAMED_UPSTREAM = 6
"""As many of those that it waits for are told apart, those whose own date moved most; the others share one part."""
_OVER = {State.COMPLETED, State.CANCELLED}


@dataclass(frozen=True)
class Inputs:
    """All that one forecast was made from."""

    milestones: Mapping[int, ForecastInput]
    links: frozenset[Link]
    today: date
    calendar: WorkingCalendar
    targets: Mapping[int, date] = field(default_factory=dict)
    """Launch id to its target date."""


@dataclass(frozen=True, slots=True)
class Part:
    """One reason: its cause and, of `upstream`, the milestones."""

    cause: Cause
    milestone_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Share:
    """What one reason did. Days are calendar days, in halves; later and likelier are positive."""

    part: Part
    days: float
    chance: float | None
    """Of meeting the due or target date, as a difference of probabilities; None where one of the days had none."""


@dataclass(frozen=True, slots=True)
class Movement:
    """P85 before and after, and the reasons, those that did the most first. Their days add up to the difference."""

    before: date
    after: date
    shares: tuple[Share, ...]
    went: Went | None = None
    """The figures behind its scope, pace and corrections; None of a launch, and where no tasks are linked."""

    @property
    def days(self) -> int:
        return (self.after - self.before).days


class _Reading(NamedTuple):
    """P85 as a day's number, and the chance of the due or target date; or the changes of both."""

    day: int
    chance: float


def movement(
    milestone_id: int, before: Inputs, after: Inputs, forecast: Callable[[Inputs], Forecast]
) -> Movement | None:
    """Why the P85 of one milestone moved; None where one of the two forecasts has no P85 for it.

    `forecast` is asked at most twice per reason, and once for each end. The causes are taken one after another in the
    order of `Cause`, then with all but time in the opposite order, and the mean of both counts: where causes act on
    each other only in pairs, that is the Shapley value. Raises CircleError as `forecast` does.
    """
    given = [inputs.milestones.get(milestone_id) for inputs in (before, after)]
    has_due = all(one is not None and one.planned.due_date is not None for one in given)
    between = _Between(_upstream([milestone_id], before), _upstream([milestone_id], after), own=milestone_id)
    return _moved(between, lambda said: _of_milestone(said, milestone_id), forecast, has_due=has_due)


def launch_movement(
    launch_id: int, before: Inputs, after: Inputs, forecast: Callable[[Inputs], Forecast]
) -> Movement | None:
    """Why the P85 of a launch moved, by milestone, and the chance of its target date; otherwise as `movement`."""
    members = {
        pk
        for inputs in (before, after)
        for pk, given in inputs.milestones.items()
        if given.planned.launch_id == launch_id
    }
    ends = [
        replace(_upstream(members, inputs), targets={pk: day for pk, day in inputs.targets.items() if pk == launch_id})
        for inputs in (before, after)
    ]
    has_target = all(inputs.targets for inputs in ends)
    between = _Between(ends[0], ends[1], own=None)
    return _moved(between, lambda said: _of_launch(said, launch_id), forecast, has_due=has_target)


def _moved(
    between: _Between,
    read: Callable[[Forecast], _Reading | None],
    forecast: Callable[[Inputs], Forecast],
    *,
    has_due: bool,
) -> Movement | None:
    first, last = forecast(between.before), forecast(between.after)
    start, end = read(first), read(last)
    if start is None or end is None:
        return None
    parts = between.parts(_days_moved(first, last))
    known: dict[frozenset[Part], _Reading | None] = {frozenset(): start, frozenset(parts): end}

    def read_with(chosen: frozenset[Part]) -> _Reading | None:
        if chosen not in known:
            known[chosen] = read(forecast(between.inputs(chosen)))
        return known[chosen]

    ways = [_steps(way, between, start, read_with) for way in (parts, [parts[0], *parts[:0:-1]])]
    shares = [_share(part, [way[part] for way in ways], has_due=has_due) for part in parts]
    told = [share for share in shares if share.days or share.chance]
    told.sort(key=lambda share: (-abs(share.days), -abs(share.chance or 0)))
    return Movement(date.fromordinal(start.day), date.fromordinal(end.day), tuple(told), between.went())


def _steps(
    parts: Sequence[Part],
    between: _Between,
    start: _Reading,
    read: Callable[[frozenset[Part]], _Reading | None],
) -> dict[Part, _Reading]:
    """What each part changes when it is added to those before it; nothing is asked where the inputs stay the same."""
    chosen: frozenset[Part] = frozenset()
    here, inputs = start, between.inputs(chosen)
    changes: dict[Part, _Reading] = {}
    for number, part in enumerate(parts, start=1):
        chosen |= {part}
        changed = between.inputs(chosen)
        # No date on the way (too little history in this mixture): the next step that has one bears the difference.
        there = here if changed == inputs and number < len(parts) else read(chosen) or here
        changes[part] = _Reading(there.day - here.day, there.chance - here.chance)
        here, inputs = there, changed
    return changes


def _share(part: Part, changes: Sequence[_Reading], *, has_due: bool) -> Share:
    days = sum(change.day for change in changes) / len(changes)
    chance = sum(change.chance for change in changes) / len(changes)
    return Share(part, days, chance if has_due else None)


class _Between:
    """All mixtures of the two days' inputs."""

    def __init__(self, before: Inputs, after: Inputs, *, own: int | None) -> None:
        """`own` is the milestone whose causes are told apart; of the others each is one cause."""
        self.before, self.after, self._own = before, after, own
        self._gap: Gap = gap_between(before.today, after.today, before.calendar)
        self._both = before.milestones.keys() & after.milestones.keys()
        self._mixtures: dict[tuple[int, frozenset[Cause]], ForecastInput] = {}
        waits: dict[int, list[ForecastInput]] = {}
        for link in before.links:
            waits.setdefault(link.successor_id, []).append(before.milestones[link.predecessor_id])
        self._expected = {
            pk: expected_of(given, self._gap, could_work=self._could_begin(given, waits.get(pk, ())))
            for pk, given in before.milestones.items()
        }

    def parts(self, moved: Mapping[int, int]) -> list[Part]:
        """In the order of `Cause`; `moved` says by how many days the date of each milestone moved itself."""
        changed = [
            pk
            for pk in sorted(self._both - {self._own})
            if self._mixed(pk, {Cause.TIME}) != self.after.milestones[pk] and not self._stayed_over(pk)
        ]
        ranked = sorted(changed, key=lambda pk: -abs(moved.get(pk, 0)))
        told = [pk for pk in ranked[:NAMED_UPSTREAM] if moved.get(pk)]
        others = tuple(pk for pk in changed if pk not in told)
        upstream = [Part(Cause.UPSTREAM, (pk,)) for pk in told]
        upstream += [Part(Cause.UPSTREAM, others)] if others else []
        found: list[Part] = []
        for cause in Cause:
            if cause is Cause.UPSTREAM:
                found += upstream
            elif self._own is not None or cause not in OWN or cause is Cause.TARGET:
                found.append(Part(cause))
        return found

    def inputs(self, chosen: Collection[Part]) -> Inputs:
        """As before, with the chosen parts as after."""
        causes = {part.cause for part in chosen} - {Cause.UPSTREAM}
        slipped = {pk for part in chosen for pk in part.milestone_ids}
        time = causes & {Cause.TIME}
        plan = self.after if Cause.PLAN in causes else self.before
        milestones = {
            pk: self._mixed(pk, causes if pk == self._own else time | OWN if pk in slipped else time)
            for pk in self._both
        }
        return Inputs(
            milestones={pk: milestones.get(pk, given) for pk, given in plan.milestones.items()},
            links=plan.links,
            today=(self.after if Cause.TIME in causes else self.before).today,
            calendar=(self.after if Cause.CALENDAR in causes else self.before).calendar,
            targets=(self.after if Cause.TARGET in causes else self.before).targets,
        )

    def went(self) -> Went | None:
        if self._own not in self._both:
            return None
        before, after = self.before.milestones[self._own], self.after.milestones[self._own]
        return went(before, after, self._gap, self._expected[self._own])

    def _mixed(self, pk: int, causes: Collection[Cause]) -> ForecastInput:
        key = pk, frozenset(causes)
        if key not in self._mixtures:  # most steps change one milestone of many
            before, after = self.before.milestones[pk], self.after.milestones[pk]
            self._mixtures[key] = mixed(before, after, causes, self._gap, self._expected[pk])
        return self._mixtures[key]

    def _stayed_over(self, pk: int) -> bool:
        """Whether it was over on both days, and on the same day: nothing else of what is over moves a date."""
        before, after = self.before.milestones[pk].planned, self.after.milestones[pk].planned
        is_same = (before.state, before.completed_date) == (after.state, after.completed_date)
        return is_same and before.state in _OVER

    def _could_begin(self, given: ForecastInput, waits_for: Collection[ForecastInput]) -> bool:
        """Whether work was expected from the earlier day on."""
        if is_at_work(given):
            return True
        start = given.planned.start_date
        is_due = start is None or start <= self.before.today
        return is_due and all(one.planned.state in _OVER for one in waits_for)


def _upstream(milestone_ids: Collection[int], inputs: Inputs) -> Inputs:
    """Only what these milestones' forecasts depend on."""
    edges = [(link.predecessor_id, link.successor_id) for link in inputs.links]
    needed = upstream_of([pk for pk in milestone_ids if pk in inputs.milestones], edges)
    return Inputs(
        milestones={pk: given for pk, given in inputs.milestones.items() if pk in needed},
        links=frozenset(link for link in inputs.links if link.successor_id in needed),
        today=inputs.today,
        calendar=inputs.calendar,
    )


def _of_milestone(said: Forecast, milestone_id: int) -> _Reading | None:
    one = said.milestones.get(milestone_id)
    if one is None or one.likely is None or one.likely.p85 is None:
        return None
    return _Reading(one.likely.p85.toordinal(), one.chance or 0.0)


def _of_launch(said: Forecast, launch_id: int) -> _Reading | None:
    one = said.launches.get(launch_id)
    if one is None or one.likely is None or one.likely.p85 is None:
        return None
    return _Reading(one.likely.p85.toordinal(), one.chance or 0.0)


def _days_moved(first: Forecast, last: Forecast) -> dict[int, int]:
    """By how many days the P85 of each milestone moved, where both have one."""
    days: dict[int, int] = {}
    for pk in first.milestones.keys() & last.milestones.keys():
        before, after = _of_milestone(first, pk), _of_milestone(last, pk)
        if before is not None and after is not None:
            days[pk] = after.day - before.day
    return days
