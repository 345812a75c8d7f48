"""Approvals: ask, vote, ask again, withdraw; the state is counted in the transaction of each vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from launches.actions.notices import notify, settle_notices
from launches.actions.summaries import wish_recompute
from launches.domain.types import NoticeReason
from launches.models import Launch
from luna import clock
from luna.events.log import record
from luna.lib.versions import save_version
from milestones.actions.naming import let_in
from milestones.domain.approvals import Tally
from milestones.domain.types import ApprovalState, Ballot, State, VoteRule
from milestones.models import Approval, Approver, Milestone, Vote
from milestones.selectors_governance import tally_of
from people.models import Team, User


class VotingClosedError(Exception):
    """The approval was withdrawn, or its milestone is completed, cancelled or gone."""


class RoundOverError(Exception):
    """A new round was asked for after this person looked; `approval` is as it is now."""

    def __init__(self, approval: Approval) -> None:
        super().__init__(f"“{approval}” was asked again meanwhile")
        self.approval = approval


@dataclass(frozen=True)
class Question:
    """What is asked, by which rule and by when. `milestone` None is the launch's go/no-go."""

    title: str
    milestone: Milestone | None
    rule: VoteRule
    at_least: int
    due_date: date | None


def ask_approval(
    *, launch: Launch, question: Question, users: Sequence[User] = (), teams: Sequence[Team] = (), actor: User
) -> Approval:
    """Ask these users and teams to approve, and tell them.

    Raises ValueError when they can't meet the rule, VotingClosedError when the milestone is over meanwhile.
    """
    asked = len(users) + len(teams)
    if not asked or (question.rule is VoteRule.AT_LEAST and not 1 <= question.at_least <= asked):
        raise ValueError("more approvals are needed than approvers are asked")
    with transaction.atomic():
        milestone = _lock_milestone(question.milestone.pk if question.milestone else None)
        if milestone is not None and not milestone.is_open:
            raise VotingClosedError
        let_in(launch=launch, users=users, teams=teams, actor=actor)
        approval = Approval.objects.create(
            launch=launch,
            milestone=milestone,
            title=question.title,
            rule=question.rule,
            at_least=question.at_least if question.rule is VoteRule.AT_LEAST else 1,
            due_date=question.due_date,
            asked_by=actor,
            asked_at=clock.now(),
        )
        seats = [Approver(approval=approval, user=user) for user in users]
        seats += [Approver(approval=approval, team=team) for team in teams]
        Approver.objects.bulk_create(seats)
        after = {
            "rule": approval.rule,
            "at_least": approval.at_least,
            "due_date": approval.due_date,
            "milestone": milestone.name if milestone else None,
            "approvers": ", ".join(str(seat) for seat in seats),
        }
        record("approval.asked", approval, actor=actor, launch_id=launch.pk, after=after)
        _tell_approvers(approval, launch, "asks for your vote on", actor)
        wish_recompute([launch.pk])
    return approval


def cast_vote(
    *, approval: Approval, seat: Approver, round_number: int, ballot: Ballot, comment: str = "", actor: User
) -> Vote:
    """Vote in `seat`, in the round that the voter looked at; a newer vote in the round counts instead of the older.

    The approval's row is locked first, so that of two votes at once the second counts both. The same vote sent twice
    is one. Raises PermissionDenied for who isn't named, VotingClosedError and RoundOverError.
    """
    with transaction.atomic():
        locked = _locked(approval)
        _check_vote(locked, seat, round_number, actor)
        now = clock.now()
        earlier = Vote.objects.filter(approver=seat, round=round_number, replaced_at__isnull=True).first()
        if earlier and (earlier.voter_id, earlier.ballot, earlier.comment) == (actor.pk, ballot, comment):
            return earlier
        if earlier:
            Vote.objects.filter(pk=earlier.pk).update(replaced_at=now)
        vote = Vote.objects.create(
            approval=locked,
            approver=seat,
            voter=actor,
            round=round_number,
            ballot=ballot,
            comment=comment,
            voted_at=now,
        )
        record(
            "approval.voted",
            locked,
            actor=actor,
            launch_id=locked.launch_id,
            before={"ballot": earlier.ballot} if earlier else None,
            after={"ballot": ballot.value, "round": round_number} | ({"team": seat.team.name} if seat.team else {}),
            why=comment,
        )
        settle_notices(reason=NoticeReason.VOTE_ASKED, subject=locked, user=actor)
        _count_again(locked, actor)
        _tell_who_asked(locked, comment, actor)
    _take_over(approval, locked)
    return vote


def ask_again(*, approval: Approval, why: str = "", actor: User) -> None:
    """Open a new round, after what was asked for is done. Raises VotingClosedError."""
    with transaction.atomic():
        locked = _locked(approval)
        if not locked.is_voting_open:
            raise VotingClosedError
        _open_round(locked, verb="approval.asked_again", why=why, actor=actor)
        wish_recompute([locked.launch_id])
    _take_over(approval, locked)


def withdraw_approval(*, approval: Approval, why: str = "", actor: User) -> None:
    """Ask for it no longer; its votes are kept. Raises VotingClosedError when it was withdrawn before."""
    with transaction.atomic():
        locked = _locked(approval)
        if locked.state == ApprovalState.WITHDRAWN:
            raise VotingClosedError
        before = locked.state
        save_version(locked, expected=None, state=ApprovalState.WITHDRAWN)
        record(
            "approval.withdrawn",
            locked,
            actor=actor,
            launch_id=locked.launch_id,
            before={"state": before},
            after={"state": ApprovalState.WITHDRAWN.value},
            why=why,
        )
        settle_notices(subject=locked)
        wish_recompute([locked.launch_id])
    _take_over(approval, locked)


def mark_votes_stale(*, milestone: Milestone, why: str = "", actor: User) -> int:
    """What the approvers of this milestone were asked about has changed: how many approvals are asked for again.

    `milestones.actions.milestones.edit_milestone` calls it in its transaction when the definition of done or the due
    date changed. Only a milestone in review has votes that can go stale; elsewhere it does nothing.
    """
    if milestone.state != State.IN_REVIEW:
        return 0
    with transaction.atomic():
        asked = Approval.objects.select_for_update(of=("self",)).filter(milestone=milestone)
        approvals = list(asked.exclude(state=ApprovalState.WITHDRAWN).select_related("launch").order_by("pk"))
        for approval in approvals:
            approval.milestone = milestone
            _open_round(approval, verb="approval.stale", why=why, actor=actor)
    return len(approvals)


def _locked(approval: Approval) -> Approval:
    """The approval as it is now, locked until the transaction ends (SQLite lets one writer in at a time anyway)."""
    _lock_milestone(approval.milestone_id)
    rows = Approval.objects.select_for_update(of=("self",)).select_related("launch", "milestone", "asked_by")
    return rows.get(pk=approval.pk)


def _lock_milestone(pk: int | None) -> Milestone | None:
    """Always before its approvals, as change_state does: what is voted on is not completed at the same moment."""
    locked: Milestone | None = Milestone.objects.select_for_update(no_key=True).get(pk=pk) if pk else None
    return locked


def _check_vote(approval: Approval, seat: Approver, round_number: int, voter: User) -> None:
    mine = Q(user=voter) | Q(team__members=voter)
    if not approval.approvers.filter(mine, pk=seat.pk).exists():
        raise PermissionDenied
    if not approval.is_voting_open:
        raise VotingClosedError
    if approval.round != round_number:
        raise RoundOverError(approval)


def _count_again(approval: Approval, actor: User) -> None:
    """Write the state that the votes give, and say so in the log when it changed."""
    counted: Tally = tally_of(approval)
    before = approval.state
    if counted.state != before:
        now = clock.now()
        save_version(approval, expected=None, state=counted.state, met_at=now if counted.is_met else None)
        if counted.is_met:
            settle_notices(reason=NoticeReason.VOTE_ASKED, subject=approval)
        # `approval.met`, `approval.changes_requested`, or back among those that are asked.
        verb = {ApprovalState.APPROVED: "met", ApprovalState.CHANGES_REQUESTED: "changes_requested"}
        if counted.state in verb or before != ApprovalState.STALE:
            record(
                f"approval.{verb.get(counted.state, 'reopened')}",
                approval,
                actor=actor,
                launch_id=approval.launch_id,
                before={"state": before},
                after={"state": counted.state.value, "votes": counted.sentence},
            )
    wish_recompute([approval.launch_id])


def _open_round(approval: Approval, *, verb: str, why: str, actor: User) -> None:
    before = {"state": approval.state, "round": approval.round}
    save_version(
        approval, expected=None, round=approval.round + 1, state=ApprovalState.STALE, met_at=None, asked_at=clock.now()
    )
    after = {"state": approval.state, "round": approval.round}
    record(verb, approval, actor=actor, launch_id=approval.launch_id, before=before, after=after, why=why)
    settle_notices(reason=NoticeReason.CHANGES_REQUESTED, subject=approval)
    _tell_approvers(approval, approval.launch, "asks for your vote again on", actor)


def _tell_approvers(approval: Approval, launch: Launch, asks: str, actor: User) -> None:
    """Everyone who may vote, once."""
    named = Q(approvals_asked__approval=approval) | Q(teams__approvals_asked__approval=approval)
    by = f" by {approval.due_date:%-d %B}" if approval.due_date else ""
    for user in User.objects.filter(named, is_active=True).distinct():
        notify(
            user=user,
            reason=NoticeReason.VOTE_ASKED,
            subject=approval,
            sentence=f"{actor.name} {asks} “{approval.title}” of {launch.name}{by}.",
            path=reverse("milestones:approval", args=[launch.key, approval.pk]),
            launch=launch,
            actor=actor,
        )


def _tell_who_asked(approval: Approval, comment: str, actor: User) -> None:
    """Changes are requested: whoever asked has to act. No longer: there is nothing left to do."""
    if approval.state != ApprovalState.CHANGES_REQUESTED:
        settle_notices(reason=NoticeReason.CHANGES_REQUESTED, subject=approval)
        return
    said = f": {comment}" if comment else "."
    notify(
        user=approval.asked_by,
        reason=NoticeReason.CHANGES_REQUESTED,
        subject=approval,
        sentence=f"{actor.name} voted, and “{approval.title}” of {approval.launch.name} waits for changes{said}",
        path=reverse("milestones:approval", args=[approval.launch.key, approval.pk]),
        launch=approval.launch,
        actor=actor,
    )


def _take_over(approval: Approval, locked: Approval) -> None:
    """Let the caller's row show what was written through the locked one."""
    for name in ("state", "round", "met_at", "asked_at", "version"):
        setattr(approval, name, getattr(locked, name))
