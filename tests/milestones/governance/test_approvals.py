"""Asking, voting, asking again: what counts, who may, and what the log keeps."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from launches.models import Notice
from luna.events.models import Event
from milestones.actions.approvals import (
    Question,
    RoundOverError,
    VotingClosedError,
    ask_again,
    ask_approval,
    cast_vote,
    mark_votes_stale,
    withdraw_approval,
)
from milestones.domain.types import ApprovalState, Ballot, State, VoteRule
from milestones.models import Approval, Milestone, Vote
from milestones.selectors_governance import approval_card, unmet_approvals
from people.actions.teams import delete_team
from people.models import User
from tests.factories import make_approval, make_launch, make_milestone
from tests.people import make_team

GO = Question(title="Go?", milestone=None, rule=VoteRule.ALL, at_least=1, due_date=date(2026, 12, 4))


def vote(approval: Approval, voter: User, ballot: Ballot = Ballot.APPROVE, comment: str = "") -> Vote:
    """Vote in the voter's first place, having just looked."""
    seat = approval_card(approval, voter).my_seats[0].approver
    return cast_vote(
        approval=approval, seat=seat, round_number=approval.round, ballot=ballot, comment=comment, actor=voter
    )


def verbs(approval: Approval) -> list[str]:
    """What the log says about it, oldest first."""
    events = Event.objects.filter(subject_kind="approval", subject_id=approval.pk).order_by("pk")
    return list(events.values_list("verb", flat=True))


def test_everyone_who_may_vote_is_asked_once(ana: User, ben: User, cleo: User, gus: User) -> None:
    launch = make_launch(ana, name="Self-booking")
    gus.is_active = False
    gus.save(update_fields=["is_active"])
    legal = make_team("Legal", ben, cleo, gus)
    approval = ask_approval(launch=launch, question=GO, users=[ben], teams=[legal], actor=ana)
    asked = {notice.user: notice.sentence for notice in Notice.objects.all()}
    assert asked.keys() == {ben, cleo}
    assert asked[cleo] == "Ana Alves asks for your vote on “Go?” of Self-booking by 4 December."
    assert Event.objects.get(verb="approval.asked").after["approvers"] == "Ben Berger, Legal"
    assert approval.state == ApprovalState.ASKED


@pytest.mark.parametrize(("rule", "at_least"), [(VoteRule.AT_LEAST, 2), (VoteRule.AT_LEAST, 0)])
def test_a_rule_that_the_approvers_cannot_meet_is_refused(ana: User, rule: VoteRule, at_least: int) -> None:
    question = Question(title="Go?", milestone=None, rule=rule, at_least=at_least, due_date=None)
    with pytest.raises(ValueError, match="approvers"):
        ask_approval(launch=make_launch(ana), question=question, users=[ana], actor=ana)
    with pytest.raises(ValueError, match="approvers"):
        ask_approval(launch=make_launch(ana), question=GO, actor=ana)


def test_the_last_vote_meets_it(ana: User, ben: User, cleo: User) -> None:
    approval = make_approval(make_launch(ana), ben, cleo)
    vote(approval, ben)
    assert approval.state == ApprovalState.ASKED
    vote(approval, cleo, comment="With a smile")
    approval.refresh_from_db()
    assert approval.state == ApprovalState.APPROVED
    assert approval.met_at is not None
    assert verbs(approval) == ["approval.voted", "approval.voted", "approval.met"]
    met = Event.objects.get(verb="approval.met")
    assert (met.before, met.after) == ({"state": "asked"}, {"state": "approved", "votes": "2 of 2 approved"})
    assert Event.objects.filter(verb="approval.voted").latest("pk").why == "With a smile"


def test_voting_again_counts_instead_and_every_vote_is_kept(ana: User, ben: User) -> None:
    approval = make_approval(make_launch(ana), ben)
    vote(approval, ben)
    vote(approval, ben, Ballot.REQUEST_CHANGES, "The text is wrong")
    approval.refresh_from_db()
    assert approval.state == ApprovalState.CHANGES_REQUESTED
    assert approval.met_at is None
    assert [(v.ballot, v.replaced_at is None) for v in Vote.objects.all()] == [
        ("approve", False),
        ("request_changes", True),
    ]
    assert Event.objects.filter(verb="approval.voted").latest("pk").before == {"ballot": "approve"}


def test_who_has_voted_is_no_longer_asked(ana: User, ben: User, cleo: User) -> None:
    approval = ask_approval(launch=make_launch(ana), question=GO, users=[ben, cleo], actor=ana)
    vote(approval, ben)
    assert [notice.user for notice in Notice.objects.filter(read_at__isnull=True)] == [cleo]
    withdraw_approval(approval=approval, actor=ana)
    assert not Notice.objects.filter(read_at__isnull=True).exists()


def test_who_asked_learns_that_changes_are_wanted_until_they_are_made(ana: User, ben: User) -> None:
    approval = make_approval(make_launch(ana), ben)
    vote(approval, ben, Ballot.REQUEST_CHANGES, "Name the processor")
    notice = Notice.objects.get(user=ana)
    assert notice.sentence.endswith("waits for changes: Name the processor")
    assert notice.read_at is None
    ask_again(approval=approval, actor=ana)
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_the_same_vote_sent_twice_is_one(ana: User, ben: User) -> None:
    approval = make_approval(make_launch(ana), ben)
    assert vote(approval, ben) == vote(approval, ben)
    assert Vote.objects.count() == 1
    assert verbs(approval) == ["approval.voted", "approval.met"]


def test_any_member_votes_for_the_team_and_the_last_one_counts(ana: User, ben: User, cleo: User) -> None:
    approval = make_approval(make_launch(ana), make_team("Legal", ben, cleo))
    vote(approval, ben, Ballot.REQUEST_CHANGES, "No")
    vote(approval, cleo)
    approval.refresh_from_db()
    assert approval.state == ApprovalState.APPROVED
    assert approval_card(approval, ana).seats[0].vote == Vote.objects.get(voter=cleo)


def test_nobody_votes_in_the_place_of_another(ana: User, ben: User, ada: User) -> None:
    approval = make_approval(make_launch(ana), ben)
    seat = approval.approvers.get()
    for stranger in (ana, ada):
        with pytest.raises(PermissionDenied):
            cast_vote(approval=approval, seat=seat, round_number=1, ballot=Ballot.APPROVE, actor=stranger)
    assert not Vote.objects.exists()


def test_a_place_of_another_approval_is_no_place(ana: User, ben: User) -> None:
    launch = make_launch(ana)
    mine, other = make_approval(launch, ben), make_approval(launch, ana)
    with pytest.raises(PermissionDenied):
        cast_vote(approval=other, seat=mine.approvers.get(), round_number=1, ballot=Ballot.APPROVE, actor=ben)


def test_the_database_lets_one_vote_count_per_place_and_round(ana: User, ben: User) -> None:
    approval = make_approval(make_launch(ana), ben)
    first = vote(approval, ben)
    with pytest.raises(IntegrityError), transaction.atomic():
        Vote.objects.create(
            approval=approval,
            approver=first.approver,
            voter=ben,
            round=1,
            ballot=Ballot.ABSTAIN,
            voted_at=first.voted_at,
        )


def in_review(owner: User, *approvers: User) -> tuple[Milestone, Approval]:
    """A milestone in review with an approval that all of these are asked for."""
    launch = make_launch(owner)
    milestone = make_milestone(launch, "Beta", state=State.IN_REVIEW)
    return milestone, make_approval(launch, *approvers, milestone=milestone)


def test_what_was_approved_changed_so_everyone_is_asked_again(ana: User, ben: User) -> None:
    milestone, approval = in_review(ana, ben)
    vote(approval, ben)
    assert unmet_approvals(milestone.pk) == []
    Notice.objects.all().delete()
    assert mark_votes_stale(milestone=milestone, why="The date moved", actor=ana) == 1
    approval.refresh_from_db()
    assert (approval.state, approval.round, approval.met_at) == (ApprovalState.STALE, 2, None)
    assert unmet_approvals(milestone.pk) == [approval]
    assert "again" in Notice.objects.get(user=ben).sentence
    event = Event.objects.get(verb="approval.stale")
    assert (event.before, event.why) == ({"state": "approved", "round": 1}, "The date moved")
    vote(approval, ben)
    approval.refresh_from_db()
    assert approval.state == ApprovalState.APPROVED
    assert [v.round for v in Vote.objects.all()] == [1, 2]


@pytest.mark.parametrize("state", [State.NOT_STARTED, State.IN_PROGRESS, State.COMPLETED, State.CANCELLED])
def test_votes_go_stale_only_in_review(ana: User, ben: User, state: State) -> None:
    milestone, approval = in_review(ana, ben)
    vote(approval, ben)
    milestone.state = state
    assert mark_votes_stale(milestone=milestone, actor=ana) == 0
    approval.refresh_from_db()
    assert approval.state == ApprovalState.APPROVED


def test_a_vote_on_what_was_before_is_refused(ana: User, ben: User) -> None:
    milestone, approval = in_review(ana, ben)
    looked_at = Approval.objects.get(pk=approval.pk)
    mark_votes_stale(milestone=milestone, actor=ana)
    with pytest.raises(RoundOverError):
        vote(looked_at, ben)
    assert not Vote.objects.exists()


def test_asking_again_opens_a_round(ana: User, ben: User) -> None:
    approval = make_approval(make_launch(ana), ben)
    vote(approval, ben, Ballot.REQUEST_CHANGES, "Not yet")
    ask_again(approval=approval, why="Done now", actor=ana)
    assert (approval.state, approval.round) == (ApprovalState.STALE, 2)
    assert verbs(approval)[-1] == "approval.asked_again"
    assert approval_card(approval, ben).waits_for_me


def test_a_withdrawn_one_takes_no_votes_and_holds_nothing_up(ana: User, ben: User) -> None:
    milestone, approval = in_review(ana, ben)
    seat = approval.approvers.get()
    withdraw_approval(approval=approval, why="Not needed", actor=ana)
    assert unmet_approvals(milestone.pk) == []
    with pytest.raises(VotingClosedError):
        cast_vote(approval=approval, seat=seat, round_number=1, ballot=Ballot.APPROVE, actor=ben)
    with pytest.raises(VotingClosedError):
        ask_again(approval=approval, actor=ana)
    with pytest.raises(VotingClosedError):
        withdraw_approval(approval=approval, actor=ana)
    assert verbs(approval) == ["approval.withdrawn"]


@pytest.mark.parametrize(
    "over",
    [
        {"state": State.COMPLETED, "completed_date": date(2026, 11, 3)},
        {"state": State.CANCELLED},
        {"deleted_at": datetime(2026, 11, 3, tzinfo=UTC)},
    ],
)
def test_what_is_over_is_not_voted_on(ana: User, ben: User, over: dict[str, object]) -> None:
    milestone, approval = in_review(ana, ben)
    seat = approval.approvers.get()
    Milestone.objects.filter(pk=milestone.pk).update(**over)
    with pytest.raises(VotingClosedError):
        cast_vote(approval=approval, seat=seat, round_number=1, ballot=Ballot.REQUEST_CHANGES, actor=ben)


def test_naming_on_a_private_launch_lets_people_and_teams_in(ana: User, dan: User, cleo: User) -> None:
    launch = make_launch(ana, private=True)
    legal = make_team("Legal", cleo)
    ask_approval(launch=launch, question=GO, users=[dan], teams=[legal], actor=ana)
    assert {str(participant) for participant in launch.participants.all()} == {"Dan Dvorak", "Legal"}


def test_a_guest_is_let_into_an_open_launch_when_named(ana: User, gus: User, cleo: User) -> None:
    launch = make_launch(ana)
    ask_approval(launch=launch, question=GO, users=[gus, cleo], actor=ana)
    assert [participant.user for participant in launch.participants.all()] == [gus]


def test_a_team_that_is_asked_is_not_dissolved_from_beneath_its_votes(ana: User, ada: User, cleo: User) -> None:
    legal = make_team("Legal", cleo)
    vote(make_approval(make_launch(ana), legal), cleo)
    with pytest.raises(ValidationError, match="votes are kept"):
        delete_team(team=legal, actor=ada)
    assert Vote.objects.get().voter == cleo
