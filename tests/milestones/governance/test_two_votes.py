"""Two votes at the same instant: both count, on either database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from luna.events.models import Event
from milestones.actions.approvals import VotingClosedError, cast_vote
from milestones.actions.milestones import ApprovalsUnmetError, change_state
from milestones.domain.types import ApprovalState, Ballot, State
from milestones.models import Approval, Approver, Milestone, Vote
from tests.factories import make_approval, make_launch, make_milestone
from tests.people import person


def _at_once(*acts: Callable[[], object]) -> list[Exception]:
    """Each in a thread of its own, all let go together; what they raised."""
    start = threading.Barrier(len(acts))
    raised: list[Exception] = []

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait(timeout=10)
            act()
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return raised


def _voting(seat: Approver, ballot: Ballot) -> Callable[[], object]:
    """A vote in the first round, by the person of that place."""

    def act() -> object:
        assert seat.user is not None
        approval = Approval.objects.get(pk=seat.approval_id)
        return cast_vote(approval=approval, seat=seat, round_number=1, ballot=ballot, actor=seat.user)

    return act


@pytest.mark.django_db(transaction=True)
def test_of_two_votes_at_once_the_second_counts_both() -> None:
    people = [person(name) for name in ("ben", "cleo", "dan", "ada")]
    for _ in range(5):
        approval = make_approval(make_launch(person("ana")), *people)
        seats = list(approval.approvers.select_related("user"))
        assert _at_once(*(_voting(seat, Ballot.APPROVE) for seat in seats)) == []
        approval.refresh_from_db()
        assert approval.state == ApprovalState.APPROVED
        assert Event.objects.filter(verb="approval.met", subject_id=approval.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_votes_of_one_person_at_once_one_counts() -> None:
    for _ in range(5):
        approval = make_approval(make_launch(person("ana")), person("ben"))
        seat = approval.approvers.select_related("user").get()
        assert _at_once(_voting(seat, Ballot.APPROVE), _voting(seat, Ballot.REQUEST_CHANGES)) == []
        counting = Vote.objects.get(approval=approval, replaced_at__isnull=True)
        assert Vote.objects.filter(approval=approval).count() == 2
        approval.refresh_from_db()
        assert approval.state == {"approve": "approved", "request_changes": "changes_requested"}[counting.ballot]


@pytest.mark.django_db(transaction=True)
def test_a_milestone_is_not_completed_while_its_approval_is_taken_back() -> None:
    ana, ben = person("ana"), person("ben")
    for _ in range(5):
        milestone = make_milestone(make_launch(ana), state=State.IN_REVIEW)
        approval = make_approval(milestone.launch, ben, milestone=milestone)
        seat = approval.approvers.select_related("user").get()
        _voting(seat, Ballot.APPROVE)()
        done = partial(change_state, milestone=milestone, version=None, state=State.COMPLETED, actor=ana)
        raised = _at_once(done, _voting(seat, Ballot.REQUEST_CHANGES))
        assert [type(error) for error in raised] in ([VotingClosedError], [ApprovalsUnmetError])
        approval.refresh_from_db()
        is_completed = Milestone.objects.get(pk=milestone.pk).state == State.COMPLETED
        assert is_completed == (approval.state == ApprovalState.APPROVED)
