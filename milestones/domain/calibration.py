"""How good estimates and forecasts were: bias, spread, coverage, Brier score (docs/algorithms/calibration.md).

Nothing here changes an estimate or a forecast. Where there is too little to go by, the answer is `NotEnough`, without a
number. What stands for a single milestone is a tuple: there are tens of thousands.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import accumulate
from typing import NamedTuple

NEEDED = 10
"""Finished milestones, or forecasts whose day has passed, below which nothing is said."""
CONFIDENCE = 0.95
"""Of the bands: of a hundred things that are as they are said to be, about five lie outside."""
LIKELY, SURE = 0.5, 0.85
"""What is said of the two days of a forecast: P50 and P85."""
AHEAD = timedelta(days=28)
"""How far off, at most, a milestone's likely day is in the forecast by which it is judged."""
BINS = 10
"""Of the reliability diagram: 0 to 10 %, 10 to 20 % …"""


@dataclass(frozen=True, slots=True)
class NotEnough:
    """Too little history for any figure."""

    have: int

    @property
    def words(self) -> str:
        return f"Not enough history: {self.have} of {NEEDED}"


class Finished(NamedTuple):
    """A completed milestone: its first estimate, and what it took, both in the same unit (days)."""

    team: str
    kind: str
    estimate_days: float
    actual_days: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How a group's actuals relate to its estimates; each figure is actual ÷ estimate."""

    count: int
    bias: float
    """The median: half of the milestones took more than this times their estimate."""
    low: float
    """`low` to `high` is the 95 % band of the bias: so far it could be off by chance."""
    high: float
    usual: tuple[float, float]
    """The 15th and 85th percentile: seven milestones of ten lie between; the spread."""

    @property
    def is_biased(self) -> bool:
        """Whether more than chance speaks for a bias."""
        return not self.low <= 1 <= self.high


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What past milestones make of an estimate. The team's number stands beside it and stays."""

    estimate_days: float
    likely_days: float
    sure_days: float
    """85 % of the past milestones would have kept within this."""
    count: int
    kind: str | None
    """The kind of work that it was taken from; None for all that the team does."""

    @property
    def ratio(self) -> float:
        """The bias, as `Accuracy` has it."""
        return self.likely_days / self.estimate_days


Group = tuple[str, str | None]
"""(team, kind of work), or (team, None) for all of its kinds."""


def estimate_accuracy(finished: Iterable[Finished]) -> Accuracy | NotEnough:
    """Bias and spread of these milestones, without those whose estimate or actual is not above 0."""
    ratios = sorted(each.actual_days / each.estimate_days for each in finished if _tells(each))
    if len(ratios) < NEEDED:
        return NotEnough(len(ratios))
    first, last = _places_around_the_median(len(ratios))
    return Accuracy(
        count=len(ratios),
        bias=quantile(ratios, 0.5),
        low=ratios[first],
        high=ratios[last],
        usual=(quantile(ratios, 0.15), quantile(ratios, 0.85)),
    )


def accuracy_by_group(finished: Sequence[Finished]) -> dict[Group, Accuracy | NotEnough]:
    """For every team, and for every kind of its work."""
    groups: dict[Group, list[Finished]] = {}
    for each in finished:
        groups.setdefault((each.team, None), []).append(each)
        groups.setdefault((each.team, each.kind), []).append(each)
    return {group: estimate_accuracy(members) for group, members in groups.items()}


def suggestion(
    estimate_days: float, team: str, kind: str, groups: Mapping[Group, Accuracy | NotEnough]
) -> Suggestion | NotEnough | None:
    """By the team's work of this kind, else, where that is too little, by all of its work.

    None where there is nothing to suggest: no estimate, or no bias that is more than chance.
    """
    source: str | None = kind
    known = groups.get((team, kind), NotEnough(0))
    if isinstance(known, NotEnough):
        source, known = None, groups.get((team, None), NotEnough(0))
    if isinstance(known, NotEnough):
        return known
    if estimate_days <= 0 or not known.is_biased:
        return None
    return Suggestion(estimate_days, estimate_days * known.bias, estimate_days * known.usual[1], known.count, source)


class Foretold(NamedTuple):
    """One forecast of one milestone, and when that milestone was done (None: it still isn't)."""

    day: date
    """On whose morning it was made."""
    likely: date
    """P50."""
    sure: date
    """P85."""
    due_date: date | None
    on_time: float | None
    """The probability, 0 to 1, that was given to the due date of that day."""
    finished_on: date | None


def is_to_be_judged(day: date, *, likely: date | None, sure: date | None) -> bool:
    """Whether the forecast of `day` is one by which its milestone may be judged; the first such is the one.

    It has both of its days, both are still to come, and by the likely one at most four weeks are left. All of it is
    known on the day itself, so how the milestone ends has no say in which of its forecasts counts.
    """
    return likely is not None and sure is not None and day < likely <= day + AHEAD


class Judgement(StrEnum):
    """What a coverage says of the forecasts."""

    AS_SAID = "as_said"
    TOO_SURE = "too_sure"
    TOO_CAREFUL = "too_careful"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the milestones were done by the day of which the forecast was `said` sure."""

    said: float
    count: int
    kept: int
    band: tuple[int, int]
    """Between these numbers, both included, `kept` lies in at least 95 of 100 cases when the forecasts are right."""

    @property
    def share(self) -> float:
        return self.kept / self.count

    @property
    def judgement(self) -> Judgement:
        if self.kept < self.band[0]:
            return Judgement.TOO_SURE
        return Judgement.TOO_CAREFUL if self.kept > self.band[1] else Judgement.AS_SAID


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts that gave about the same probability to the due date."""

    said: float
    """Their mean probability."""
    count: int
    kept: int
    band: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Probabilities:
    """How good the probabilities of due dates were."""

    count: int
    brier: float
    """Mean of (probability − what happened)²: 0 is perfect, 0.25 is what a coin's 50 % earns."""
    skill: float | None
    """1 − Brier ÷ that of saying the same share to all; above 0 they tell something.

    None where all were in time, or none.
    """
    bins: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Coverages:
    """How often the days of forecasts held."""

    likely: Coverage | NotEnough
    sure: Coverage | NotEnough


@dataclass(frozen=True, slots=True)
class ForecastAccuracy(Coverages):
    """Forecasts against what happened."""

    on_time: Probabilities | NotEnough


def forecast_accuracy(forecasts: Sequence[Foretold], *, today: date) -> ForecastAccuracy:
    """Coverage of P50 and P85 and the probabilities of due dates, on the morning of `today`.

    Give one forecast per milestone (those of one milestone stand and fall together), and none of cancelled ones. Each
    day is judged once it has passed, whether or not the milestone is done: to judge only what is done would leave out
    the late ones.
    """
    return ForecastAccuracy(
        likely=_coverage(forecasts, LIKELY, lambda forecast: forecast.likely, today),
        sure=_coverage(forecasts, SURE, lambda forecast: forecast.sure, today),
        on_time=_probabilities(forecasts, today),
    )


def coverage(said: float, count: int, kept: int) -> Coverage | NotEnough:
    """Of `count` forecasts whose day has passed, of which `kept` were done by it."""
    return Coverage(said, count, kept, binomial_band(count, said)) if count >= NEEDED else NotEnough(count)


def binomial_band(count: int, probability: float) -> tuple[int, int]:
    """The middle of the binomial distribution: `low` to `high`, both included, hold at least 95 % of it.

    At most 2.5 % lie below, and at most 2.5 % above.
    """
    tail = (1 - CONFIDENCE) / 2
    middle = count * probability
    # Nothing that could be seen lies further from the middle than this.
    reach = 9 + 9 * math.sqrt(middle * (1 - probability))
    around = range(max(math.floor(middle - reach), 0), min(math.ceil(middle + reach), count) + 1)
    below = list(accumulate(_binomial(count, kept, probability) for kept in around))
    low = next(kept for kept, share in zip(around, below, strict=True) if share > tail)
    high = next((kept for kept, share in zip(around, below, strict=True) if share >= 1 - tail), around[-1])
    return low, high


def quantile(ordered: Sequence[float], share: float) -> float:
    """By straight lines between the values in order, the first at 0 and the last at 1 (Hyndman and Fan’s type 7)."""
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _tells(each: Finished) -> bool:
    return each.estimate_days > 0 and each.actual_days > 0


def _places_around_the_median(count: int) -> tuple[int, int]:
    """Places (from 0) in order between which the true median lies with at least 95 %, whatever the distribution.

    Of `count` values, as many lie below the true median as a fair coin falls on heads; 10 give the 2nd and the 9th.
    """
    low, high = binomial_band(count, 0.5)
    return low - 1, high


def _binomial(count: int, kept: int, probability: float) -> float:
    if probability in {0.0, 1.0}:
        return float(kept == count * probability)
    ways = math.lgamma(count + 1) - math.lgamma(kept + 1) - math.lgamma(count - kept + 1)
    return math.exp(ways + kept * math.log(probability) + (count - kept) * math.log1p(-probability))


def _coverage(
    forecasts: Iterable[Foretold], said: float, day_of: Callable[[Foretold], date], today: date
) -> Coverage | NotEnough:
    passed = [forecast for forecast in forecasts if day_of(forecast) < today]
    return coverage(said, len(passed), sum(_done_by(forecast, day_of(forecast)) for forecast in passed))


def _done_by(forecast: Foretold, day: date) -> bool:
    return forecast.finished_on is not None and forecast.finished_on <= day


def _probabilities(forecasts: Iterable[Foretold], today: date) -> Probabilities | NotEnough:
    judged = [
        (forecast.on_time, _done_by(forecast, forecast.due_date))
        for forecast in forecasts
        # A due date that had passed already was missed for certain: its chance of 0 foretold nothing.
        if forecast.on_time is not None and forecast.due_date is not None and forecast.day <= forecast.due_date < today
    ]
    if len(judged) < NEEDED:
        return NotEnough(len(judged))
    share = sum(kept for _, kept in judged) / len(judged)
    brier = sum((said - kept) ** 2 for said, kept in judged) / len(judged)
    plain = share * (1 - share)
    return Probabilities(len(judged), brier, 1 - brier / plain if plain else None, tuple(_bins(judged)))


def _bins(judged: Iterable[tuple[float, bool]]) -> Iterable[Bin]:
    """Those that hold something; the band is that of their mean, a little wider than theirs."""
    members: dict[int, list[tuple[float, bool]]] = {}
    for said, kept in judged:
        members.setdefault(min(int(said * BINS), BINS - 1), []).append((said, kept))
    for _, pairs in sorted(members.items()):
        mean = sum(said for said, _ in pairs) / len(pairs)
        happened = sum(kept for _, kept in pairs)
        yield Bin(mean, len(pairs), happened, binomial_band(len(pairs), mean))
