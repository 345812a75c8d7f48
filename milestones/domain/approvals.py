"""Counting votes: where an approval stands, from its rule and the votes of its round. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from milestones.domain.types import ApprovalState, Ballot, VoteRule


@dataclass(frozen=True)
class CastVote:
    """One vote, as counting sees it. `order` is larger for a later vote."""

    approver: int
    round: int
    ballot: Ballot
    order: int


@dataclass(frozen=True)
class Tally:
    """How the approvers of one round voted, and what follows from it."""

    approved: int
    changes_requested: int
    abstained: int
    waiting: int
    needed: int
    """How many must approve. Under `all` those who abstain are left out, but somebody must approve."""
    state: ApprovalState

    @property
    def is_met(self) -> bool:
        """Whether enough have approved."""
        return self.state is ApprovalState.APPROVED

    @property
    def sentence(self) -> str:
        """Where it stands, as `1 of 2 approved, 1 waiting`."""
        parts = [f"{self.approved} of {self.needed} approved"]
        if self.changes_requested:
            parts.append(f"{self.changes_requested} requested changes")
        if self.abstained:
            parts.append(f"{self.abstained} abstained")
        if self.waiting:
            parts.append(f"{self.waiting} waiting")
        return ", ".join(parts)


def tally(
    votes: Iterable[CastVote], *, approvers: Collection[int], rule: VoteRule, at_least: int, round_number: int
) -> Tally:
    """Count the newest vote of each approver in the round; other rounds and strangers don't count.

    Enough approvals meet it. Otherwise a request for changes is what it waits for. A round that was asked again
    and has no vote yet is stale.
    """
    newest: dict[int, CastVote] = {}
    for vote in votes:
        if vote.round != round_number or vote.approver not in approvers:
            continue
        if vote.approver not in newest or newest[vote.approver].order < vote.order:
            newest[vote.approver] = vote
    ballots = [vote.ballot for vote in newest.values()]
    approved, abstained = ballots.count(Ballot.APPROVE), ballots.count(Ballot.ABSTAIN)
    changes = ballots.count(Ballot.REQUEST_CHANGES)
    needed = votes_needed(rule, at_least=at_least, approvers=len(approvers), abstained=abstained)
    return Tally(
        approved=approved,
        changes_requested=changes,
        abstained=abstained,
        waiting=len(approvers) - len(ballots),
        needed=needed,
        state=_state(approved=approved, needed=needed, changes=changes, votes=len(ballots), round_number=round_number),
    )


def votes_needed(rule: VoteRule, *, at_least: int, approvers: int, abstained: int) -> int:
    """How many approvals meet the rule; never less than one, so that nothing is approved by nobody."""
    if rule is VoteRule.ANY:
        return 1
    if rule is VoteRule.AT_LEAST:
        return max(at_least, 1)
    return max(approvers - abstained, 1)


def _state(*, approved: int, needed: int, changes: int, votes: int, round_number: int) -> ApprovalState:
    if approved >= needed:
        return ApprovalState.APPROVED
    if changes:
        return ApprovalState.CHANGES_REQUESTED
    if round_number > 1 and not votes:
        return ApprovalState.STALE
    return ApprovalState.ASKED
