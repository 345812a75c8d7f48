"""How the synthetic companies behave: every number of the generator, fixed before there was a forecast to try on them.

They are not moved to suit a forecast. What is less than real about them is said in
`docs/algorithms/forecast-calibration.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SEED = 20261122
MILESTONES = 1000
"""Milestones that are judged, per regime, at least."""

FIRST_DAY = date(2024, 1, 1)
YEARS = 9
HOLIDAYS = ((1, 1), (1, 6), (5, 1), (8, 15), (10, 3), (11, 1), (12, 24), (12, 25), (12, 26), (12, 31))
"""(month, day) of every year; the company's calendar knows them."""
WEEKDAY_PACE = (0.9, 1.1, 1.15, 1.05, 0.8)
"""Monday to Friday, of the day's work."""

TEAMS = 6
PAST_MILESTONES = (3, 8)
"""Finished ones in each team's history, from and to."""
LAUNCHES = 4
"""Per company."""
MILESTONES_AT_ONCE = 4
"""Of a launch, by different teams, side by side."""
STAGGER_DAYS = 10
"""Working days within which they start."""
LAUNCH_STARTS = (500, 600)
"""Working days after the company's first day."""

SCOPE_MEDIAN = 32.0
SCOPE_SPREAD = 0.5
"""Standard deviation of the logarithm, here and in every `*_SPREAD`."""
SCOPE_LIMITS = (10, 150)
PLANNING_DAYS = (1, 3)
"""Days on which the first tasks are written down."""
PLANNED_AHEAD_DAYS = (1, 10)
"""Working days from the first of them to the start."""

PACE_MEDIAN = 1.2
"""Tasks completed per working day."""
TEAM_PACE_SPREAD = 0.35
MILESTONE_PACE_SPREAD = 0.25
"""Between the milestones of one team."""

KINDS = {"build": 1.0, "research": 1.2, "content": 0.9}
"""Kind of work and what its estimates lack, times the team's own bias."""
ESTIMATE_BIAS_MEDIAN = 1.3
"""Actual ÷ estimate."""
ESTIMATE_BIAS_SPREAD = 0.15
"""Between teams."""
ESTIMATE_SPREAD = 0.3
"""Between the milestones of one team and kind."""
DUE_ROOM = 1.15
"""Days given to a milestone, of those estimated."""

OBSERVED_SHARE = (0.25, 0.75)
"""Done of the tasks known at the observation: the first Monday after a share drawn from this."""


@dataclass(frozen=True)
class Regime:
    """One way in which work goes on. A day's completions are Poisson with a mean that varies by these."""

    name: str
    day_shape: float = 5.0
    """Of the gamma by which a day's mean varies: 5 is a little more than Poisson, 1 much more."""
    memory: float = 0.0
    """Of a milestone's pace from day to day: the AR(1) coefficient of its logarithm."""
    memory_spread: float = 0.0
    """The standard deviation of that logarithm in the long run."""
    arrivals_per_completed: float = 0.08
    """Tasks found per task done."""
    batch_mean: float = 1.0
    """Tasks that are found together."""
    shock_begins: float = 0.0
    """Chance per day that something slows all teams of the company."""
    shock_ends: float = 1.0
    shock_pace: float = 1.0
    """Pace of all teams meanwhile."""
    successor: bool = False
    """Each launch has one more milestone, which waits for two of the others; only that one is judged, not begun."""
    hesitates: float = 0.0
    """Share of successors that begin later than they could."""
    hesitation_days: float = 1.0
    """Mean of that delay in working days (geometric)."""
    successor_lag_days: int = 2
    """The lag of its dependencies, at most."""


STEADY = Regime("steady")
BURSTY = Regime("bursty", day_shape=1.0, memory=0.8, memory_spread=0.8)
GROWING_SCOPE = Regime("growing scope", arrivals_per_completed=0.35, batch_mean=2.0)
LATE_START = Regime("late start", successor=True, hesitates=0.5, hesitation_days=5.0)
CORRELATED_TEAMS = Regime("correlated teams", shock_begins=0.02, shock_ends=0.08, shock_pace=0.4)

REGIMES = (STEADY, BURSTY, GROWING_SCOPE, LATE_START, CORRELATED_TEAMS)
