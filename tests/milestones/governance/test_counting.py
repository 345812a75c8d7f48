"""Where an approval stands: rules by table, and what always holds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.domain.approvals import CastVote, Tally, tally
from milestones.domain.types import Ballot, VoteRule

ALL, ANY, AT_LEAST = VoteRule.ALL, VoteRule.ANY, VoteRule.AT_LEAST
WORDS = {"yes": Ballot.APPROVE, "no": Ballot.REQUEST_CHANGES, "pass": Ballot.ABSTAIN}


def count(votes: str, *, approvers: int = 3, rule: VoteRule = ALL, at_least: int = 1, round_number: int = 1) -> Tally:
    """`"1 yes, 2 no"`: approver and ballot, in the order of voting; `"1 yes @1"` was cast in round 1."""
    cast = []
    for order, line in enumerate(part for part in votes.split(",") if part.strip()):
        who, word, *voted_in = line.split()
        cast_in = int(voted_in[0].removeprefix("@")) if voted_in else round_number
        cast.append(CastVote(int(who), cast_in, WORDS[word], order))
    who_is_asked = range(1, approvers + 1)
    return tally(cast, approvers=who_is_asked, rule=rule, at_least=at_least, round_number=round_number)


@pytest.mark.parametrize(
    ("rule", "at_least", "votes", "state"),
    [
        (ALL, 1, "", "asked"),
        (ALL, 1, "1 yes, 2 yes", "asked"),
        (ALL, 1, "1 yes, 2 yes, 3 yes", "approved"),
        (ALL, 1, "1 yes, 2 yes, 3 pass", "approved"),
        (ALL, 1, "1 pass, 2 pass, 3 pass", "asked"),
        (ALL, 1, "1 yes, 2 yes, 3 no", "changes_requested"),
        (ALL, 1, "1 yes, 2 yes, 3 no, 3 yes", "approved"),
        (ALL, 1, "1 yes, 2 yes, 3 yes, 1 no", "changes_requested"),
        (ANY, 1, "2 yes", "approved"),
        (ANY, 1, "1 no, 2 yes", "approved"),
        (ANY, 1, "1 no", "changes_requested"),
        (ANY, 1, "1 pass, 2 pass, 3 pass", "asked"),
        (AT_LEAST, 2, "1 yes", "asked"),
        (AT_LEAST, 2, "1 yes, 1 yes", "asked"),
        (AT_LEAST, 2, "1 yes, 3 yes", "approved"),
        (AT_LEAST, 2, "1 yes, 2 pass, 3 pass", "asked"),
        (AT_LEAST, 2, "1 yes, 2 no", "changes_requested"),
        (ANY, 1, "9 yes", "asked"),
    ],
)
def test_each_rule(rule: VoteRule, at_least: int, votes: str, state: str) -> None:
    assert count(votes, rule=rule, at_least=at_least).state == state


@pytest.mark.parametrize(
    ("votes", "state"),
    [
        ("", "stale"),
        ("1 yes @1, 2 yes @1, 3 yes @1", "stale"),
        ("1 yes @1, 1 pass", "asked"),
        ("2 no", "changes_requested"),
    ],
)
def test_only_votes_of_the_newest_round_count(votes: str, state: str) -> None:
    assert count(votes, round_number=2).state == state


def test_the_sentence_has_the_figures() -> None:
    assert count("1 yes, 2 no").sentence == "1 of 3 approved, 1 requested changes, 1 waiting"
    assert count("1 yes, 2 yes, 3 pass").sentence == "2 of 2 approved, 1 abstained"


_votes = st.lists(st.tuples(st.integers(1, 5), st.sampled_from(list(Ballot)), st.integers(1, 3)), max_size=20)
_rules = st.sampled_from(list(VoteRule))


def _cast(votes: list[tuple[int, Ballot, int]]) -> list[CastVote]:
    return [CastVote(who, voted_in, ballot, order) for order, (who, ballot, voted_in) in enumerate(votes)]


@given(votes=_votes, rule=_rules, at_least=st.integers(1, 4), asked=st.integers(1, 4), now=st.integers(1, 3))
def test_everyone_is_counted_once(
    votes: list[tuple[int, Ballot, int]], rule: VoteRule, at_least: int, asked: int, now: int
) -> None:
    who_is_asked = range(1, asked + 1)
    seen = tally(_cast(votes), approvers=who_is_asked, rule=rule, at_least=at_least, round_number=now)
    assert seen.approved + seen.changes_requested + seen.abstained + seen.waiting == asked
    assert seen.is_met == (seen.approved >= seen.needed)
    assert not seen.is_met or seen.approved > 0


@given(votes=_votes, rule=_rules, at_least=st.integers(1, 4), data=st.data())
def test_counting_does_not_depend_on_the_order_of_rows(
    votes: list[tuple[int, Ballot, int]], rule: VoteRule, at_least: int, data: st.DataObject
) -> None:
    cast = _cast(votes)
    mixed = data.draw(st.permutations(cast))
    one = tally(cast, approvers=range(1, 5), rule=rule, at_least=at_least, round_number=2)
    other = tally(mixed, approvers=range(1, 5), rule=rule, at_least=at_least, round_number=2)
    assert one == other


@given(votes=_votes, rule=_rules, at_least=st.integers(1, 4), who=st.integers(1, 4))
def test_one_more_approval_never_takes_an_approval_back(
    votes: list[tuple[int, Ballot, int]], rule: VoteRule, at_least: int, who: int
) -> None:
    before = tally(_cast(votes), approvers=range(1, 5), rule=rule, at_least=at_least, round_number=2)
    more = _cast([*votes, (who, Ballot.APPROVE, 2)])
    after = tally(more, approvers=range(1, 5), rule=rule, at_least=at_least, round_number=2)
    assert after.approved >= before.approved
    # Under `all` whoever abstained is left out: coming in again as an approval raises both sides alike.
    assert after.is_met or not before.is_met
