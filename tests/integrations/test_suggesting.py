"""What becomes of a suggestion, as a table and for any order of links."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.domain.suggesting import NOTHING, Found, Link, Pair, Suggestion, judge, pairs_of, verdicts
from integrations.domain.types import SuggestionState

OPEN, CONFIRMED = SuggestionState.OPEN, SuggestionState.CONFIRMED
DISMISSED, SNOOZED = SuggestionState.DISMISSED, SuggestionState.SNOOZED
A, B = Link(1, 2), Link(3, 4)
links = st.sets(st.builds(Link, st.integers(1, 4), st.integers(5, 8))).map(lambda found: tuple(sorted(found)))


def found(*crossing: Link, recorded: bool = False) -> Found:
    return Found(crossing, is_recorded=recorded)


@pytest.mark.parametrize(
    ("known", "now", "kept"),
    [
        (None, NOTHING, None),
        (None, found(A), Suggestion(OPEN, (A,))),
        (None, found(A, recorded=True), None),
        (Suggestion(OPEN, (A,)), found(A, B), Suggestion(OPEN, (A, B))),
        (Suggestion(OPEN, (A,)), NOTHING, None),
        (Suggestion(OPEN, (A,)), found(A, recorded=True), None),
        (Suggestion(SNOOZED, (A,), (A,)), found(A, B), Suggestion(SNOOZED, (A, B), (A,))),
        (Suggestion(SNOOZED, (A,), (A,)), NOTHING, None),
        (Suggestion(DISMISSED, (A, B), (A, B)), found(A), Suggestion(DISMISSED, (A,), (A, B))),
        (Suggestion(DISMISSED, (A,), (A, B)), found(A, B), Suggestion(DISMISSED, (A, B), (A, B))),
        (Suggestion(DISMISSED, (A,), (A,)), found(A, B), Suggestion(OPEN, (A, B), (A,))),
        (Suggestion(DISMISSED, (A,), (A,)), found(A, B, recorded=True), Suggestion(DISMISSED, (A, B), (A,))),
        (Suggestion(CONFIRMED, (A,), (A,)), NOTHING, Suggestion(CONFIRMED, (A,), (A,), is_supported=False)),
        (
            Suggestion(CONFIRMED, (A,), (A,), is_supported=False),
            found(A, recorded=True),
            Suggestion(CONFIRMED, (A,), (A,)),
        ),
        (Suggestion(CONFIRMED, (A,), (A,)), found(A, B, recorded=True), Suggestion(CONFIRMED, (A, B), (A,))),
        # Confirmed, then removed from the plan by a person: that is a decision, too.
        (Suggestion(CONFIRMED, (A,), (A,)), found(A), Suggestion(CONFIRMED, (A,), (A,))),
        (Suggestion(CONFIRMED, (A,), (A,)), found(B), Suggestion(OPEN, (B,), (A,))),
    ],
)
def test_what_is_kept(known: Suggestion | None, now: Found, kept: Suggestion | None) -> None:
    assert judge(known, now) == kept


@given(links, links, st.booleans())
def test_a_dismissed_one_returns_exactly_on_new_evidence(
    decided: tuple[Link, ...], now: tuple[Link, ...], is_recorded: bool
) -> None:
    kept = judge(Suggestion(DISMISSED, decided, decided), Found(now, is_recorded))
    assert kept is not None
    assert (kept.state == OPEN) == (bool(set(now) - set(decided)) and not is_recorded)


@given(st.sampled_from(SuggestionState), links, links, links, st.booleans())
def test_judging_again_changes_nothing(
    state: SuggestionState,
    before: tuple[Link, ...],
    decided: tuple[Link, ...],
    now: tuple[Link, ...],
    is_recorded: bool,
) -> None:
    once = judge(Suggestion(state, before, decided), Found(now, is_recorded))
    assert judge(once, Found(now, is_recorded)) == once


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(4, 6), st.integers(1, 9), st.integers(1, 9))), st.randoms())
def test_rows_in_any_order_and_doubled_make_one_entry_per_pair(
    rows: list[tuple[int, int, int, int]], rng: Random
) -> None:
    told = [(*row, False) for row in rows]
    doubled = told * 2
    rng.shuffle(doubled)
    assert pairs_of(doubled) == pairs_of(told)
    assert set(pairs_of(told)) == {Pair(before, after) for before, after, _, _ in rows}


def test_only_what_differs_is_told() -> None:
    pair, other = Pair(1, 2), Pair(2, 3)
    known = {pair: Suggestion(OPEN, (A,)), other: Suggestion(OPEN, (B,))}
    assert verdicts(known, {pair: found(A), other: found(A, B)}) == {other: replace(known[other], links=(A, B))}
