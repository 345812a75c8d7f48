"""What becomes of a suggested dependency when task links come and go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from integrations.domain.types import SuggestionState


@dataclass(frozen=True, order=True)
class Link:
    """A task that waits for another one, by their ids in the mirror."""

    task: int
    blocker: int


@dataclass(frozen=True, order=True)
class Pair:
    """The milestone of the blocker, and the one whose task waits for it."""

    predecessor: int
    successor: int


@dataclass(frozen=True)
class Found:
    """The links that cross from one milestone to another, and whether a person recorded that dependency."""

    links: tuple[Link, ...]
    is_recorded: bool


@dataclass(frozen=True)
class Suggestion:
    """As it is kept: with what people decided, and what they had seen when they did."""

    state: SuggestionState
    links: tuple[Link, ...]
    decided: tuple[Link, ...] = ()
    is_supported: bool = True


NOTHING = Found((), is_recorded=False)


def pairs_of(crossings: Iterable[tuple[int, int, int, int, bool]]) -> dict[Pair, Found]:
    """(predecessor, successor, task, blocker, is recorded) rows, in any order and doubled, as one entry per pair."""
    links: defaultdict[Pair, set[Link]] = defaultdict(set)
    recorded: dict[Pair, bool] = {}
    for predecessor, successor, task, blocker, is_recorded in crossings:
        pair = Pair(predecessor, successor)
        links[pair].add(Link(task, blocker))
        recorded[pair] = is_recorded
    return {pair: Found(tuple(sorted(found)), recorded[pair]) for pair, found in links.items()}


def judge(known: Suggestion | None, found: Found) -> Suggestion | None:
    """What is to be kept of one pair; None when there is nothing to suggest and nobody decided anything.

    A decision stays until a link appears that it did not know. A confirmed one whose links are gone keeps the last of
    them, to say what it once rested on, and is unsupported.
    """
    if known is None:
        is_news = bool(found.links) and not found.is_recorded
        return Suggestion(SuggestionState.OPEN, found.links) if is_news else None
    match known.state:
        case SuggestionState.OPEN | SuggestionState.SNOOZED:
            is_moot = not found.links or found.is_recorded
            return None if is_moot else replace(known, links=found.links)
        case SuggestionState.CONFIRMED if not found.links:
            return replace(known, is_supported=False)
        case _:
            brings_news = not set(found.links) <= set(known.decided) and not found.is_recorded
            state = SuggestionState.OPEN if brings_news else known.state
            return replace(known, state=state, links=found.links, is_supported=True)


def verdicts(known: Mapping[Pair, Suggestion], found: Mapping[Pair, Found]) -> dict[Pair, Suggestion | None]:
    """Of every pair that is known or found: what is to be kept now, where that is not what is kept already."""
    judged = {pair: judge(known.get(pair), found.get(pair, NOTHING)) for pair in sorted(known.keys() | found.keys())}
    return {pair: kept for pair, kept in judged.items() if kept != known.get(pair)}


def is_waiting(state: SuggestionState, snoozed_until: date | None, today: date) -> bool:
    """Whether people are to be asked: open, or snoozed until a day that has come."""
    if state == SuggestionState.SNOOZED:
        return snoozed_until is not None and snoozed_until <= today
    return state == SuggestionState.OPEN
