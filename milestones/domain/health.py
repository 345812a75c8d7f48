"""How a milestone and a launch stand, with the reasons: explained in docs/algorithms/health.md (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from milestones.domain import signals as rules
from milestones.domain.facts import MilestoneFacts, RiskFacts
from milestones.domain.signals import Signal, Terms
from milestones.domain.types import Level, Priority, State

ENGINE = 4
"""Which rules these are: counted up by a release whose rules can say something else of the same facts."""


class Word(StrEnum):
    """What is said instead of a level where there is no health."""

    PAUSED = "paused"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


RANK: dict[Level, int] = {Level.ON_TRACK: 0, Level.UNKNOWN: 1, Level.POSSIBLE_DELAYS: 2, Level.AT_RISK: 3}
"""Worse is higher. What is not known is worse than what is on track, and better than a delay that is known."""
_MILDER: dict[Level, Level] = {
    Level.AT_RISK: Level.POSSIBLE_DELAYS,
    Level.POSSIBLE_DELAYS: Level.ON_TRACK,
    Level.UNKNOWN: Level.UNKNOWN,
    Level.ON_TRACK: Level.ON_TRACK,
}


@dataclass(frozen=True)
class Verdict:
    """A level, or the word that stands for it, and the reasons, worst first."""

    level: Level | Word
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True)
class Judged:
    """A milestone and its verdict, as its launch looks at it."""

    milestone_id: int
    name: str
    priority: Priority
    verdict: Verdict


@dataclass(frozen=True)
class LaunchFacts:
    """All that a launch's health is computed from."""

    is_paused: bool = False
    is_over: bool = False
    """Its stage is completed or closed."""
    milestones: tuple[Judged, ...] = ()
    risks: tuple[RiskFacts, ...] = ()
    """Those of the launch as a whole."""


def judged(facts: MilestoneFacts, verdict: Verdict) -> Judged:
    """The milestone as its launch looks at it."""
    return Judged(facts.milestone_id, facts.name, facts.priority, verdict)


def milestone_health(facts: MilestoneFacts, terms: Terms) -> Verdict:
    """The worst signal's level, or the word of a milestone that is over or paused. No clock, no database."""
    if facts.state in {State.COMPLETED, State.CANCELLED}:
        return Verdict(Word(facts.state.value))
    if facts.launch_paused:
        return Verdict(Word.PAUSED)
    signals = rules.signals_of(facts, terms)
    return Verdict(worst(signals), _worst_first(signals))


def launch_health(facts: LaunchFacts, terms: Terms) -> Verdict:
    """The worst open Must counts as it is, a Should one level milder, Could, Won't and Cancelled not at all."""
    if facts.is_over:
        return Verdict(Word.COMPLETED)
    if facts.is_paused:
        return Verdict(Word.PAUSED)
    open_ones = [m for m in facts.milestones if isinstance(m.verdict.level, Level) and m.priority in _JUDGED]
    signals = [_of_launch(m, signal) for m in open_ones for signal in m.verdict.signals]
    exposed = rules.exposures(facts.risks, terms)
    signals += [Signal("high_exposure", found.level, found.sentence, about_id=found.about_id) for found in exposed]
    if not open_ones:
        signals.append(_nothing_to_judge(facts))
    speaking = [signal for signal in signals if signal.level != Level.ON_TRACK]
    return Verdict(worst(speaking), _worst_first(speaking))


def worst(signals: Sequence[Signal]) -> Level:
    """The worst level among the signals; on track when there is none."""
    return max((signal.level for signal in signals), key=RANK.__getitem__, default=Level.ON_TRACK)


def launch_to_json(facts: LaunchFacts) -> dict[str, Any]:
    """As it is kept; `launch_from_json` reads it again."""
    return {
        "is_paused": facts.is_paused,
        "is_over": facts.is_over,
        "milestones": [
            {
                "id": m.milestone_id,
                "name": m.name,
                "priority": m.priority.value,
                "level": m.verdict.level.value,
                "signals": [rules.to_json(signal) for signal in m.verdict.signals],
            }
            for m in facts.milestones
        ],
        "risks": [{**vars(risk)} for risk in facts.risks],
    }


def launch_from_json(kept: Mapping[str, Any]) -> LaunchFacts:
    """What `launch_to_json` made."""
    milestones = tuple(
        Judged(
            one["id"],
            one["name"],
            Priority(one["priority"]),
            Verdict(level_of(one["level"]), tuple(rules.from_json(signal) for signal in one["signals"])),
        )
        for one in kept["milestones"]
    )
    risks = tuple(RiskFacts(**one) for one in kept["risks"])
    return LaunchFacts(kept["is_paused"], kept["is_over"], milestones, risks)


def level_of(kept: str) -> Level | Word:
    """The level or word of that value. Raises ValueError."""
    return Level(kept) if kept in set(Level) else Word(kept)


_JUDGED = frozenset({Priority.MUST, Priority.SHOULD})


def _worst_first(signals: Sequence[Signal]) -> tuple[Signal, ...]:
    return tuple(sorted(signals, key=lambda signal: -RANK[signal.level]))


def _nothing_to_judge(facts: LaunchFacts) -> Signal:
    if not facts.milestones:
        sentence = "There is nothing to judge yet: the launch has no milestones."
    elif all(m.verdict.level in {Word.COMPLETED, Word.CANCELLED} for m in facts.milestones):
        sentence = "There is nothing left to judge: no milestone is open."
    else:
        sentence = "There is nothing to judge: no open milestone is a Must or a Should."
    return Signal("nothing_to_judge", Level.UNKNOWN, sentence)


def _of_launch(milestone: Judged, signal: Signal) -> Signal:
    """The milestone's signal as the launch says it: with its name, and a Should's one level milder."""
    level = _MILDER[signal.level] if milestone.priority == Priority.SHOULD else signal.level
    sentence = f"{milestone.name}: {signal.sentence[0].lower()}{signal.sentence[1:]}"
    return replace(signal, level=level, sentence=sentence, milestone_id=milestone.milestone_id)
