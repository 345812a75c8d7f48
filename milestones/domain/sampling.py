"""Ten thousand ways in which a milestone's work or wait may go (docs/algorithms/forecast.md)."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, pvariance, variance

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
_ROUNDING = 1e-6
"""Shares of tasks add up to a whole only nearly."""


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
class Pool:
    """Histories cut into overlapping blocks, by the position at which a block begins; the last go on at the front."""

    paths: NDArray[np.float32]
    """Position × day of the block: net work done since its beginning."""
    peaks: NDArray[np.float32]
    """The highest point of each path: where that is below what is left, the block doesn't finish the work."""
    begins: NDArray[np.int32]
    """Per history, its first position."""
    lengths: NDArray[np.int32]
    own_share: float
    """How likely a block is one of the first history, the milestone's own; else it is one of the others'."""
    blocks: int
    """How many blocks make up a history as long as what is known."""


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


def pool_of(own: Sample, team: Sequence[Sample] = ()) -> Pool:
    """The blocks of a milestone's own days and of its team's other milestones; at least one must have a day.

    However long its own days are, they are a sample: a slow patch is partly chance. So they count n parts, and the
    team's as many as `worth_days` says, which is more where its milestones are alike.
    """
    others = [sample for sample in team if sample.net]
    known = len(own.net)
    worth = worth_days(others) if others else 0.0
    own_share = known / (known + worth) if known else 0.0
    samples = [own, *others] if known else others
    lengths = np.array([len(sample.net) for sample in samples], np.int32)
    usual = own_share * known + (1 - own_share) * float(np.mean(lengths[1:] if known and others else lengths))
    block = min(LONGEST_BLOCK_DAYS, max(1, int(usual) // BLOCKS_AT_LEAST))
    paths = np.concatenate([_paths(np.array(sample.net), block) for sample in samples])
    return Pool(
        paths=paths.astype(np.float32),
        peaks=paths.max(axis=1).astype(np.float32),
        begins=(np.cumsum(lengths) - lengths).astype(np.int32),
        lengths=lengths,
        own_share=own_share,
        blocks=math.ceil((known + worth if known else usual) / block),
    )


def worth_days(team: Sequence[Sample]) -> float:
    """How many of a milestone's own days its team's other milestones weigh as much as (empirical Bayes).

    The variance of a day within milestones ÷ the variance of the pace between them, less the part of it that is
    chance; LEAST_WORTH_DAYS to MOST_WORTH_DAYS, and USUAL_WORTH_DAYS where fewer than three milestones can tell.
    """
    tellers = [sample.net for sample in team if len(sample.net) > 1]
    if len(tellers) < _TELLERS:
        return USUAL_WORTH_DAYS
    within = [pvariance(net) for net in tellers]
    chance = fmean(v / len(net) for v, net in zip(within, tellers, strict=True))
    between = variance([fmean(net) for net in tellers]) - chance
    if between <= 0:
        return MOST_WORTH_DAYS
    return min(max(fmean(within) / between, LEAST_WORTH_DAYS), MOST_WORTH_DAYS)


def _paths(net: NDArray[np.float64], block: int) -> NDArray[np.float64]:
    positions = (np.arange(net.size)[:, None] + np.arange(block)) % net.size
    paths: NDArray[np.float64] = np.cumsum(net[positions], axis=1)
    return paths


def days_of_tasks(remaining: float, pool: Pool, random: np.random.Generator, draws: int) -> Days:
    """Working days until nothing remains, per draw: the first day of a resampled future at whose end all is done.

    Each draw first draws the history as it might have been, then the future from that: so that a short history gives
    a wide answer. Blocks of consecutive days keep what belongs together: a week's rhythm, a good or bad patch, and
    the arrivals of a day with its completions.
    """
    might_have_been = _histories(pool, random, draws)
    found = np.full(draws, BEYOND, np.int16)
    going_on = np.flatnonzero(pool.peaks[might_have_been].max(axis=0) > 0)
    left = np.full(going_on.size, remaining - _ROUNDING, np.float32)
    block = pool.paths.shape[1]
    totals = np.ascontiguousarray(pool.paths[:, -1])
    flat = might_have_been.ravel()
    for day in range(0, HORIZON_DAYS, block):
        if not going_on.size:
            break
        drawn = (random.random(going_on.size, dtype=np.float32) * pool.blocks).astype(np.int32)
        drawn *= draws
        drawn += going_on
        at = flat.take(drawn)
        over = pool.peaks.take(at) >= left
        done = np.flatnonzero(over)
        if done.size:
            reached = pool.paths.take(at[done], axis=0) >= left[done, None]
            found[going_on[done]] = day + 1 + reached.argmax(axis=1)
            on = np.flatnonzero(~over)
            going_on, left, at = going_on.take(on), left.take(on), at.take(on)
        left -= totals.take(at)
    return np.minimum(found, BEYOND, out=found)


def _histories(pool: Pool, random: np.random.Generator, draws: int) -> NDArray[np.int32]:
    """Per draw the positions of the blocks of a history as it might have been: its own days, and one other's."""
    where: NDArray[np.float32] = random.random((pool.blocks, draws), dtype=np.float32)
    if pool.own_share == 1:
        where *= pool.lengths[0]
        return where.astype(np.int32)
    first = 1 if pool.own_share else 0
    chosen = (random.random(draws, dtype=np.float32) * (pool.begins.size - first)).astype(np.int32) + first
    lengths = pool.lengths[chosen]
    share = np.float32(pool.own_share)
    others = np.minimum(((where - share) * (lengths / (1 - share))).astype(np.int32), lengths - 1) + pool.begins[chosen]
    if not pool.own_share:
        return others
    own = np.minimum((where * (pool.lengths[0] / share)).astype(np.int32), pool.lengths[0] - 1)
    return np.where(where < share, own, others)


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
