"""What a forecast is made from and what it says, without numpy, so that pages can show one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from luna.ui.wording import counted, day_words
from milestones.domain.schedule import Planned

DRAWS = 10_000
"""The 85th of a hundred is then known to a third of a per cent."""
LEAST_ACTIVE_DAYS = 5
"""Days with a completed task below which a history says nothing."""
MOST_CHANCE = 0.95
"""Above this, with work left, nobody should read a more exact number."""
LEAST_CHANCE = 0.01
CURVE_PER_CENT = tuple(range(5, 100, 5))
"""Shares of the draws whose days are kept: P5, P10 … P95."""
NO_DATE = "no date in sight"


Curve = tuple[date | None, ...]
"""The days of `CURVE_PER_CENT`, none before the one ahead of it; None beyond the horizon."""


class WorkDay(NamedTuple):
    """One day's tasks, or shares of tasks: how many came and how many were completed."""

    day: date
    arrived: float
    completed: float


@dataclass(frozen=True, slots=True)
class History:
    """The days of one milestone, oldest first; a working day without a row is one on which nothing happened."""

    rows: tuple[WorkDay, ...]
    ended: date | None = None
    """The day on which its work was over; None while it goes on."""


@dataclass(frozen=True, slots=True)
class TaskWork:
    """Work that is linked: open tasks in the unit of the histories, counted by the same shares."""

    remaining: float
    history: History
    team: tuple[History, ...] = ()
    """Other milestones of its team, for when its own days are too few."""


@dataclass(frozen=True, slots=True)
class EstimatedWork:
    """Work that is only estimated."""

    remaining_days: float
    """Person-days: the estimate less the progress set by hand."""
    ratios: tuple[float, ...] = ()
    """Of its team's completed milestones: working days that it took ÷ person-days that were estimated."""


@dataclass(frozen=True, slots=True)
class ApprovalWait:
    """An approval still to give."""

    waited_days: int | None
    """Working days since it was asked for; None when it will be asked for only after the work."""
    history: tuple[float, ...] = ()
    """Working days that approvals like it took."""


@dataclass(frozen=True, slots=True)
class ForecastInput:
    """All that a milestone's forecast is made from, beside its predecessors, today and the calendar."""

    planned: Planned
    work: TaskWork | EstimatedWork | None = None
    """None: no tasks are linked and nothing is estimated."""
    approvals: tuple[ApprovalWait, ...] = ()
    has_begun: bool = False
    """Whether a task was completed or is in progress, whatever the milestone's state says."""


class Basis(StrEnum):
    """What the work's draws come from."""

    OWN_DAYS = "own_days"
    TEAM_DAYS = "team_days"
    ESTIMATE = "estimate"
    NOTHING_LEFT = "nothing_left"
    COMPLETED = "completed"


class Lack(StrEnum):
    """Why there is no forecast."""

    FEW_DAYS = "few_days"
    NO_WORK = "no_work"
    UPSTREAM = "upstream"


@dataclass(frozen=True, slots=True)
class NoForecast:
    """The reason why there is none."""

    lack: Lack
    active_days: int = 0
    milestone_ids: tuple[int, ...] = ()
    """Those whose lack of data it is, when it waits for them."""

    @property
    def sentence(self) -> str:
        """With its figures, without names: whoever reads it may not be allowed to know of what it waits for."""
        if self.lack is Lack.FEW_DAYS:
            return f"Not enough data: {counted(self.active_days, 'active day')} of {LEAST_ACTIVE_DAYS}."
        if self.lack is Lack.NO_WORK:
            return "Not enough data: no tasks are linked and nothing is estimated."
        return f"Not enough data for {counted(len(self.milestone_ids), 'milestone')} that it waits for."


@dataclass(frozen=True, slots=True)
class Likely:
    """Days by which the finish is likely; None where it lies beyond the forecast's horizon."""

    p50: date | None
    p85: date | None
    p95: date | None

    def words(self, today: date) -> str:
        """`likely Tue 12 May, 85 % sure by Thu 21 May`."""
        if self.p50 is None:
            return NO_DATE
        sure = f"85 % sure by {day_words(self.p85, today)}" if self.p85 else f"but {NO_DATE} is 85 % sure"
        return f"likely {day_words(self.p50, today)}, {sure}"


def likely_on(curve: Curve) -> Likely:
    """P50, P85 and P95 of a whole curve."""
    p50, p85, p95 = (curve[CURVE_PER_CENT.index(per_cent)] for per_cent in (50, 85, 95))
    return Likely(p50, p85, p95)


@dataclass(frozen=True, slots=True)
class MilestoneForecast:
    """One milestone's answer; `likely` and `none_because` exclude each other."""

    milestone_id: int
    inputs_hash: str
    basis: Basis | None
    likely: Likely | None
    chance: float | None
    """The probability that the due date is met, 0 to 1; None without a due date or a forecast."""
    none_because: NoForecast | None = None
    curve: Curve = ()
    """Empty without a forecast."""


@dataclass(frozen=True, slots=True)
class LaunchForecast:
    """When the last milestone of a launch is finished."""

    launch_id: int
    likely: Likely | None
    """None while a milestone of it has no forecast."""
    criticality: Mapping[int, float]
    """Per milestone, also of other launches, the share of draws in which it decided the date; above 0 only."""
    missing: tuple[int, ...] = ()
    """Its milestones that have no forecast."""
    chance: float | None = None
    """The probability that its target date is met, 0 to 1; None without a target or a forecast."""
    curve: Curve = ()
    """Empty without a forecast."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """One joint forecast of everything given."""

    milestones: Mapping[int, MilestoneForecast]
    launches: Mapping[int, LaunchForecast]
    horizon: date
    """The last day that it looks at."""


def chance_words(chance: float, *, is_over: bool) -> str:
    """`73 %`; never surer than `>95 %` or `<1 %` unless it is over: completed, or the day has passed."""
    if not is_over and chance > MOST_CHANCE:
        return ">95 %"
    if not is_over and chance < LEAST_CHANCE:
        return "<1 %"
    return f"{chance * 100:.0f} %"
