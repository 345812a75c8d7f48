"""Two votes at the same instant: both count, on either database."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from luna.events.models import Event
from milestones.actions.approvals import cast_vote
from milestones.domain.types import ApprovalState, Ballot
from milestones.models import Approval, Approver, Vote
from tests.factories import make_approval, make_launch
from tests.people import person


def _at_once(approval: Approval, seats: list[Approver], ballots: list[Ballot]) -> list[BaseException]:
    """Each vote in a thread of its own, all let go together; what they raised."""
    start = threading.Barrier(len(seats))
    raised: list[BaseException] = []

    def run(seat: Approver, ballot: Ballot) -> None:
        try:
            own = Approval.objects.get(pk=approval.pk)
            assert seat.user is not None
            start.wait(timeout=10)
            cast_vote(approval=own, seat=seat, round_number=1, ballot=ballot, actor=seat.user)
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in zip(seats, ballots, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return raised


@pytest.mark.django_db(transaction=True)
def test_of_two_votes_at_once_the_second_counts_both() -> None:
    people = [person(name) for name in ("ben", "cleo", "dan", "ada")]
    for _ in range(5):
        approval = make_approval(make_launch(person("ana")), *people)
        seats = list(approval.approvers.select_related("user"))
        assert _at_once(approval, seats, [Ballot.APPROVE] * 4) == []
        approval.refresh_from_db()
        assert approval.state == ApprovalState.APPROVED
        assert Event.objects.filter(verb="approval.met", subject_id=approval.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_votes_of_one_person_at_once_one_counts() -> None:
    for _ in range(5):
        approval = make_approval(make_launch(person("ana")), person("ben"))
        seat = approval.approvers.select_related("user").get()
        assert _at_once(approval, [seat, seat], [Ballot.APPROVE, Ballot.REQUEST_CHANGES]) == []
        counting = Vote.objects.get(approval=approval, replaced_at__isnull=True)
        assert Vote.objects.filter(approval=approval).count() == 2
        approval.refresh_from_db()
        assert approval.state == {"approve": "approved", "request_changes": "changes_requested"}[counting.ballot]
