"""Ten thousand ways in which a milestone's work or wait may go (docs/algorithms/forecast.md)."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean

import numpy as np
from numpy.typing import NDArray

from milestones.domain.days import NumberedDays
from milestones.domain.forecast_types import History

Days = NDArray[np.int16]
"""Whole working days, one per draw; BEYOND where it is more than the horizon."""

HORIZON_DAYS = 520
"""Working days from today that are looked at: two years of five-day weeks."""
BEYOND = HORIZON_DAYS + 1
"""The length of what takes longer than that."""
HISTORY_DAYS = 60
"""The newest working days that are resampled: twelve weeks."""
LONGEST_BLOCK_DAYS = 5
BLOCKS_AT_LEAST = 8
"""A history is cut into blocks so short that it holds this many."""
LEAST_WORTH_DAYS, USUAL_WORTH_DAYS, MOST_WORTH_DAYS = 5.0, 10.0, 60.0
"""How much the pace of a team's other milestones says of this one's, as days of its own."""
_TELLERS = 3
PRIOR_WEIGHT = 5
"""How many observations the stated prior counts as."""
_PRIOR_STEPS = 100
_ROUNDING = 1e-3
"""Shares of tasks add up to a whole only nearly."""
_COMPACT_BELOW = 0.75
"""Draws that are finished are taken along until they are more than a quarter: that is quicker than sorting them out."""


def _lognormal(median: float, sigma: float) -> tuple[float, ...]:
    """The middles of a hundred equally likely slices, rounded so that every machine has the same ones."""
    middles = ((step + 0.5) / _PRIOR_STEPS for step in range(_PRIOR_STEPS))
    return tuple(round(median * math.exp(sigma * NormalDist().inv_cdf(p)), 4) for p in middles)


PRIOR_RATIO = _lognormal(1.3, 0.5)
"""Actual ÷ estimate of a team of which nothing is known: 30 % over in the middle, 85 of 100 at most 2.2 times."""
PRIOR_WAIT_DAYS = _lognormal(3.0, 1.0)
"""Working days of an approval of which nothing is known: 3 in the middle, 8 for 85 of 100."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The days of one history that count: net work done on each, oldest first, and how many saw a task completed."""

    net: tuple[float, ...]
    active_days: int


@dataclass(frozen=True, slots=True)
class Team:
    """The other milestones of a team that have days to resample."""

    samples: tuple[Sample, ...]
    active_days: int
    worth_days: float
    """How many of a milestone's own days they weigh as much as."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Histories cut into overlapping blocks, by the position at which a block begins; the last go on at the front."""

    heights: NDArray[np.float32]
    """Day of the block × position: the most net work done since its beginning, so far."""
    totals: NDArray[np.float32]
    """Net work done at its end."""
    own_days: int
    """The first positions are those of the milestone's own days."""
    begins: NDArray[np.int32]
    """Per other milestone of its team, the first position."""
    lengths: NDArray[np.float32]
    """Per other milestone of its team, its days."""
    own_blocks: int
    other_blocks: int
    """How many blocks of each make up a history as it might have been."""


def stream(milestone_id: int, of: str) -> np.random.Generator:
    """The random numbers of one thing of one milestone: the same every day, on every machine, whatever else changes."""
    seed = hashlib.sha256(f"{milestone_id} {of}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(seed[:16], "big")))


def sample_of(history: History, days: NumberedDays, today: int) -> Sample:
    """The last HISTORY_DAYS working days before the one numbered `today`, from the day after the first completed task.

    What happened on a free day counts for the working day before it. Days before the first completed task are left
    out with what arrived then: that was planning. So is the day itself, because a history that begins with a success
    by definition is rosier than the truth.
    """
    by_day: dict[int, tuple[float, float]] = {}
    for row in history.rows:
        number = days.at_or_before(row.day)
        arrived, completed = by_day.get(number, (0.0, 0.0))
        by_day[number] = (arrived + row.arrived, completed + row.completed)
    last = today - 1 if history.ended is None else min(today - 1, days.at_or_before(history.ended))
    earliest = last - HISTORY_DAYS + 1
    done_on = [number for number, (_, completed) in by_day.items() if completed > 0 and number <= last]
    if not done_on:
        return Sample((), 0)
    first = max(earliest, min(done_on) + 1)
    rows = (by_day.get(number, (0.0, 0.0)) for number in range(first, last + 1))
    return Sample(
        net=tuple(completed - arrived for arrived, completed in rows),
        active_days=sum(number >= earliest for number in done_on),
    )


def pool_of(own: Sample, team: Team | None = None) -> Pool:
    """The blocks of a milestone's own days and of its team's other milestones; at least one must have a day.

    However long its own days are, they are a sample: a slow patch is partly chance. So its own n days are joined by
    as many of its team's as `Team.worth_days` says, which is more where the team's milestones are alike.
    """
    others = team.samples if team else ()
    known = len(own.net)
    usual_of_team = fmean(len(sample.net) for sample in others) if others else 0.0
    worth = team.worth_days if team and others else 0.0
    usual = (known * known + worth * usual_of_team) / (known + worth)
    block = min(LONGEST_BLOCK_DAYS, max(1, int(usual) // BLOCKS_AT_LEAST))
    lengths = [len(sample.net) for sample in others]
    paths = np.concatenate([_paths(sample.net, block) for sample in (own, *others) if sample.net], axis=1)
    return Pool(
        heights=np.maximum.accumulate(paths),
        totals=paths[-1],
        own_days=known,
        begins=np.cumsum([known, *lengths[:-1]], dtype=np.int32),
        lengths=np.array(lengths, np.float32),
        own_blocks=round(known / block) if others else max(1, round(known / block)),
        other_blocks=max(1, round((worth if known else usual) / block)) if others else 0,
    )


def team_of(samples: Iterable[Sample]) -> Team:
    """A team's other milestones, and what they are worth."""
    kept = tuple(sample for sample in samples if sample.net)
    return Team(kept, sum(sample.active_days for sample in kept), worth_days(kept))


def worth_days(team: Sequence[Sample]) -> float:
    """How many of a milestone's own days its team's other milestones weigh as much as (empirical Bayes).

    The variance of a day within milestones ÷ the variance of the pace between them, less the part of it that is
    chance; LEAST_WORTH_DAYS to MOST_WORTH_DAYS, and USUAL_WORTH_DAYS where fewer than three milestones can tell.
    """
    tellers = [np.array(sample.net) for sample in team if len(sample.net) > 1]
    if len(tellers) < _TELLERS:
        return USUAL_WORTH_DAYS
    within = np.array([net.var() for net in tellers])
    chance = (within / [net.size for net in tellers]).mean()
    between = np.array([net.mean() for net in tellers]).var(ddof=1) - chance
    if between <= 0:
        return MOST_WORTH_DAYS
    return min(max(float(within.mean() / between), LEAST_WORTH_DAYS), MOST_WORTH_DAYS)


def _paths(net: tuple[float, ...], block: int) -> NDArray[np.float32]:
    """Day of the block × position."""
    positions = (np.arange(block)[:, None] + np.arange(len(net))) % len(net)
    return np.cumsum(np.array(net)[positions], axis=0).astype(np.float32)


def days_of_tasks(remaining: float, pool: Pool, random: np.random.Generator, draws: int) -> Days:
    """Working days until nothing remains, per draw: the first day of a resampled future at whose end all is done.

    Each draw first draws the history as it might have been, then the future from that: so that a short history gives
    a wide answer. Blocks of consecutive days keep what belongs together: a week's rhythm, a good or bad patch, and
    the arrivals of a day with its completions.
    """
    found = np.full(draws, BEYOND, np.int16)
    *lower, peak = pool.heights
    if peak.max() <= 0:
        return found
    histories = _histories(pool, random, draws)
    blocks, block = histories.shape[0], pool.heights.shape[0]
    flat = histories.ravel()
    who = np.arange(draws)
    left = np.full(draws, remaining - _ROUNDING, np.float32)
    still_open = draws
    for day in range(0, HORIZON_DAYS, block):
        drawn = (random.random(who.size, dtype=np.float32) * np.float32(blocks)).astype(np.intp)
        drawn *= draws
        drawn += who
        at = flat.take(drawn)
        done = (peak.take(at) >= left).nonzero()[0]
        if done.size:
            block_of, left_of = at.take(done), left.take(done)
            on_day = np.full(done.size, day + 1, np.int16)
            for height in lower:
                on_day += height.take(block_of) < left_of
            found[who.take(done)] = on_day
            left[done] = np.inf
            still_open -= done.size
            if not still_open:
                break
            if still_open < _COMPACT_BELOW * who.size:
                on = np.isfinite(left).nonzero()[0]
                who, left, at = who.take(on), left.take(on), at.take(on)
        left -= pool.totals.take(at)
    return np.minimum(found, BEYOND, out=found)


def _histories(pool: Pool, random: np.random.Generator, draws: int) -> NDArray[np.int32]:
    """Block × draw, the positions of a history as it might have been: of its own days, and of one other milestone's."""
    own = pool.own_blocks
    where: NDArray[np.float32] = random.random((own + pool.other_blocks, draws), dtype=np.float32)
    where[:own] *= np.float32(pool.own_days)
    if not pool.other_blocks:
        return where.astype(np.int32)
    chosen = (random.random(draws, dtype=np.float32) * np.float32(pool.lengths.size)).astype(np.intp)
    where[own:] *= pool.lengths[chosen]
    positions = where.astype(np.int32)
    positions[own:] += pool.begins[chosen]
    return positions


def days_of_estimate(remaining_days: float, ratios: Sequence[float], random: np.random.Generator, draws: int) -> Days:
    """Working days of work that is only estimated, per draw: what remains times a ratio, rounded up."""
    drawn = np.ceil(remaining_days * _blend(ratios, PRIOR_RATIO, random, draws) - _ROUNDING)
    return np.clip(drawn, 0, BEYOND).astype(np.int16)


def days_of_wait(waited_days: int, history: Sequence[float], random: np.random.Generator, draws: int) -> Days:
    """Working days that an approval still takes, per draw, when it has taken `waited_days` already.

    Only waits longer than that are drawn from. Where none was ever so long, nothing is known but that it is slow: it
    is drawn as if it had just been asked for.
    """
    longer = [wait for wait in history if wait > waited_days]
    prior = [wait for wait in PRIOR_WAIT_DAYS if wait > waited_days]
    weight = PRIOR_WEIGHT * len(prior) / _PRIOR_STEPS
    if not longer and not prior:
        return days_of_wait(0, history, random, draws)
    drawn = np.ceil(_blend(longer, prior, random, draws, weight) - waited_days)
    return np.clip(drawn, 0, BEYOND).astype(np.int16)


def _blend(
    observed: Sequence[float],
    prior: Sequence[float],
    random: np.random.Generator,
    draws: int,
    weight: float = PRIOR_WEIGHT,
) -> NDArray[np.float64]:
    """Draws from what was observed, each counting 1, and from the prior, counting `weight` together."""
    values = np.array([*observed, *prior], dtype=np.float64)
    each = np.concatenate([np.ones(len(observed)), np.full(len(prior), weight / max(len(prior), 1))])
    order = np.argsort(values, kind="stable")
    bounds = np.cumsum(each[order])
    picked = np.searchsorted(bounds, random.random(draws) * bounds[-1], side="right")
    drawn: NDArray[np.float64] = values[order][np.minimum(picked, values.size - 1)]
    return drawn
