"""The pages of risks, decisions and approvals as people use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from launches.models import Launch, Notice
from luna import clock
from milestones.domain.types import ApprovalState, DecisionState, RiskState
from milestones.models import Approval, Decision, Risk
from people.models import User
from people.selectors import workspace
from tests.factories import add_participant, make_approval, make_decision, make_launch, make_milestone, make_risk
from tests.people import make_team
from tests.query_counts import frozen_queries

CANARY = '<script>alert("canary")</script>'
SignedIn = Callable[[User], Client]


@pytest.fixture
def launch(ana: User, ben: User) -> Launch:
    """Ana's, Ben edits it."""
    return make_launch(ana, key="BOOK", name="Self-booking", editors=(ben,))


def url(name: str, launch: Launch, *pk: int) -> str:
    return reverse(f"milestones:{name}", args=[launch.key, *pk])


def text(response: Any) -> str:
    assert isinstance(response, HttpResponse)
    return response.content.decode()


def risk_form(**others: Any) -> dict[str, Any]:
    return {"title": "A storm", "probability": 4, "impact": 5, "response": "accept"} | others


class TestRisks:
    def test_a_member_adds_one_and_owns_it(self, launch: Launch, cleo: User, signed_in: SignedIn) -> None:
        client = signed_in(cleo)
        assert f'<option value="{cleo.pk}" selected>' in text(client.get(url("risk_create", launch)))
        answer = client.post(url("risk_create", launch), risk_form(owner=cleo.pk))
        assert answer.status_code == 303
        assert (Risk.objects.get().owner, Risk.objects.get().exposure) == (cleo, 20)

    def test_its_owner_changes_it_and_other_members_do_not(
        self, launch: Launch, cleo: User, dan: User, signed_in: SignedIn
    ) -> None:
        risk = make_risk(launch, owner=cleo)
        state = {"state": "mitigating", "version": 1}
        assert signed_in(dan).post(url("risk_state", launch, risk.pk), state).status_code == 403
        assert signed_in(cleo).post(url("risk_state", launch, risk.pk), state).status_code == 303
        risk.refresh_from_db()
        assert risk.state == RiskState.MITIGATING

    def test_a_guest_who_owns_one_works_on_it_but_adds_none(
        self, launch: Launch, gus: User, signed_in: SignedIn
    ) -> None:
        add_participant(launch, gus)
        risk = make_risk(launch, owner=gus)
        client = signed_in(gus)
        assert client.post(url("risk_edit", launch, risk.pk), risk_form(version=1)).status_code == 303
        assert client.post(url("risk_create", launch), risk_form()).status_code == 403

    def test_the_row_changes_where_it_stands(self, launch: Launch, ana: User, signed_in: SignedIn) -> None:
        risk = make_risk(launch)
        answer = signed_in(ana).post(
            url("risk_state", launch, risk.pk), {"state": "closed", "version": 1}, headers={"HX-Request": "true"}
        )
        assert text(answer).lstrip().startswith(f'<tr id="risk-{risk.pk}">')
        assert 'name="version" value="2"' in text(answer)

    def test_a_stale_row_shows_the_newer_one(self, launch: Launch, ana: User, signed_in: SignedIn) -> None:
        risk = make_risk(launch, state=RiskState.OCCURRED, version=5)
        answer = signed_in(ana).post(
            url("risk_state", launch, risk.pk), {"state": "closed", "version": 4}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 409
        assert '<option value="occurred" selected>' in text(answer)
        assert "changed meanwhile" in text(answer)

    def test_a_stale_save_shows_both_and_can_be_repeated(
        self, launch: Launch, ana: User, ben: User, signed_in: SignedIn
    ) -> None:
        risk = make_risk(launch, title="A storm", probability=4, impact=5, response="accept")
        signed_in(ben).post(url("risk_edit", launch, risk.pk), risk_form(title="Ben’s words", version=1))
        client = signed_in(ana)
        stale = client.post(url("risk_edit", launch, risk.pk), risk_form(title="Ana’s words", version=1))
        assert stale.status_code == 409
        assert "Ben Berger saved this" in text(stale)
        assert "Ben’s words" in text(stale)
        assert 'value="Ana’s words"' in text(stale)
        assert 'name="version" value="2"' in text(stale)
        again = client.post(url("risk_edit", launch, risk.pk), risk_form(title="Ana’s words", version=2))
        assert again.status_code == 303
        assert Risk.objects.get().title == "Ana’s words"

    def test_typing_survives_an_error(self, launch: Launch, ana: User, signed_in: SignedIn) -> None:
        answer = signed_in(ana).post(url("risk_create", launch), risk_form(impact=9, cause="My long thoughts"))
        assert answer.status_code == 422
        assert "My long thoughts" in text(answer)
        assert not Risk.objects.exists()

    def test_fields_that_the_form_does_not_have_are_ignored(
        self, launch: Launch, ana: User, dan: User, signed_in: SignedIn
    ) -> None:
        mine = make_launch(dan)
        sent = risk_form(launch=mine.pk, state="closed", deleted_at="2026-01-01", id=77)
        signed_in(ana).post(url("risk_create", launch), sent)
        risk = Risk.objects.get()
        assert (risk.launch, risk.state, risk.deleted_at) == (launch, RiskState.OPEN, None)

    def test_a_milestone_of_another_launch_is_no_choice(self, launch: Launch, ana: User, signed_in: SignedIn) -> None:
        other = make_milestone(make_launch(ana))
        answer = signed_in(ana).post(url("risk_create", launch), risk_form(milestone=other.pk))
        assert answer.status_code == 422

    def test_undo_brings_it_back_for_a_day(self, launch: Launch, ana: User, signed_in: SignedIn, clock: Any) -> None:
        risk = make_risk(launch)
        client = signed_in(ana)
        deleted = client.post(url("risk_delete", launch, risk.pk), follow=True)
        undo = url("risk_restore", launch, risk.pk)
        assert f'action="{undo}"' in text(deleted)
        assert client.get(url("risk", launch, risk.pk)).status_code == 404
        assert client.post(undo).status_code == 303
        assert client.get(url("risk", launch, risk.pk)).status_code == 200
        client.post(url("risk_delete", launch, risk.pk))
        clock.move(timedelta(days=1, minutes=1))
        assert client.post(undo).status_code == 404


class TestDecisions:
    def test_who_decides_records_the_outcome_and_others_do_not(
        self, launch: Launch, cleo: User, dan: User, signed_in: SignedIn
    ) -> None:
        decision = make_decision(launch, decider=cleo)
        sent = {"outcome": "Three", "version": 1}
        assert signed_in(dan).post(url("decision_decide", launch, decision.pk), sent).status_code == 403
        assert signed_in(cleo).post(url("decision_decide", launch, decision.pk), sent).status_code == 303
        decision.refresh_from_db()
        assert (decision.state, decision.outcome) == (DecisionState.DECIDED, "Three")
        assert signed_in(cleo).post(url("decision_edit", launch, decision.pk), {}).status_code == 403

    def test_an_outcome_is_required(self, launch: Launch, ana: User, signed_in: SignedIn) -> None:
        decision = make_decision(launch)
        answer = signed_in(ana).post(url("decision_decide", launch, decision.pk), {"outcome": "  ", "version": 1})
        assert answer.status_code == 422
        assert "Say what was decided, and why." in text(answer)

    def test_an_outcome_on_an_older_question_is_shown_beside_it(
        self, launch: Launch, ana: User, signed_in: SignedIn
    ) -> None:
        decision = make_decision(launch, version=3)
        sent = {"outcome": "Three", "version": 2}
        answer = signed_in(ana).post(url("decision_decide", launch, decision.pk), sent)
        assert answer.status_code == 409
        assert "Three</textarea>" in text(answer)
        assert Decision.objects.get().state == DecisionState.OPEN

    def test_asking_for_one_about_a_milestone(self, launch: Launch, ana: User, ben: User, signed_in: SignedIn) -> None:
        pilot = make_milestone(launch, "Pilot")
        client = signed_in(ana)
        back = f"/launches/BOOK/milestones/{pilot.pk}/"
        form = client.get(url("decision_create", launch), {"milestone": str(pilot.pk), "next": back})
        assert f'value="{back}"' in text(form)
        sent = {"title": "How many?", "decider": ben.pk, "milestones": [pilot.pk], "next": back}
        answer = client.post(url("decision_create", launch), sent)
        assert answer["Location"] == back
        assert list(Decision.objects.get().milestones.all()) == [pilot]
        assert Notice.objects.get().user == ben

    def test_superseding_points_to_the_new_one(self, launch: Launch, ana: User, signed_in: SignedIn) -> None:
        old = make_decision(launch, "Old", state=DecisionState.DECIDED, outcome="Yes", decided_at=clock.now())
        client = signed_in(ana)
        client.post(url("decision_supersede", launch, old.pk), {"title": "New", "version": 1})
        assert "Superseded by" in text(client.get(url("decisions", launch)))
        again = client.post(url("decision_supersede", launch, old.pk), {"title": "Newer", "version": 2})
        assert again.status_code == 409
        assert Decision.objects.count() == 2


class TestApprovals:
    def ask(self, **others: Any) -> dict[str, Any]:
        return {"title": "Go?", "rule": "all"} | others

    def test_asking_people_and_a_team(
        self, launch: Launch, ana: User, ben: User, cleo: User, signed_in: SignedIn
    ) -> None:
        legal = make_team("Legal", cleo)
        sent = self.ask(users=[ben.pk], teams=[legal.pk], rule="at_least", at_least=2)
        assert signed_in(ana).post(url("approval_create", launch), sent).status_code == 303
        approval = Approval.objects.get()
        assert {str(seat) for seat in approval.approvers.all()} == {"Ben Berger", "Legal"}
        assert (approval.rule, approval.at_least) == ("at_least", 2)

    @pytest.mark.parametrize(
        ("sent", "says"),
        [
            ({}, "Name at least one person or team to approve."),
            ({"rule": "at_least"}, "Say how many must approve."),
            ({"rule": "at_least", "at_least": 3}, "Only 0 are asked"),
        ],
    )
    def test_what_is_missing_is_said(
        self, launch: Launch, ana: User, signed_in: SignedIn, sent: dict[str, Any], says: str
    ) -> None:
        answer = signed_in(ana).post(url("approval_create", launch), self.ask(**sent))
        assert answer.status_code == 422
        assert says in text(answer)

    def test_a_question_before_someone_is_let_in(self, ana: User, dan: User, signed_in: SignedIn) -> None:
        private = make_launch(ana, private=True)
        client = signed_in(ana)
        asked = client.post(url("approval_create", private), self.ask(users=[dan.pk]))
        assert asked.status_code == 422
        assert "Dan Dvorak can’t see this launch. Make them a participant?" in text(asked)
        assert not private.participants.exists()
        answered = client.post(url("approval_create", private), self.ask(users=[dan.pk], let_in="on"))
        assert answered.status_code == 303
        assert private.participants.get().user == dan

    def test_a_participant_who_does_not_edit_is_sent_to_the_owner(
        self, ana: User, cleo: User, dan: User, signed_in: SignedIn
    ) -> None:
        private = make_launch(ana, private=True)
        add_participant(private, cleo)
        sent = risk_form(owner=dan.pk, let_in="on")
        answer = signed_in(cleo).post(url("risk_create", private), sent)
        assert answer.status_code == 422
        assert "Ask Ana Alves to make them a participant" in text(answer)
        assert not private.participants.filter(user=dan).exists()

    def test_a_guest_who_is_named_votes(self, launch: Launch, gus: User, signed_in: SignedIn) -> None:
        add_participant(launch, gus)
        approval = make_approval(launch, gus)
        client = signed_in(gus)
        assert 'value="approve"' in text(client.get(url("approvals", launch)))
        answer = client.post(url("approval_vote", launch, approval.pk), {"round": 1, "ballot": "approve"})
        assert answer.status_code == 303
        approval.refresh_from_db()
        assert approval.state == ApprovalState.APPROVED

    def test_only_who_is_named_votes(
        self, launch: Launch, ana: User, cleo: User, gus: User, ada: User, signed_in: SignedIn
    ) -> None:
        approval = make_approval(launch, gus)
        sent = {"round": 1, "ballot": "approve", "seat": approval.approvers.get().pk}
        for stranger in (ana, cleo, ada):
            client = signed_in(stranger)
            assert client.post(url("approval_vote", launch, approval.pk), sent).status_code == 403
            assert 'name="ballot"' not in text(client.get(url("approvals", launch)))
        assert signed_in(gus).post(url("approval_vote", launch, approval.pk), sent).status_code == 404
        assert not approval.votes.exists()

    def test_an_approval_under_another_launch_is_unknown(self, launch: Launch, ana: User, signed_in: SignedIn) -> None:
        approval = make_approval(make_launch(ana), ana)
        client = signed_in(ana)
        vote = client.post(url("approval_vote", launch, approval.pk), {"round": 1, "ballot": "approve"})
        assert vote.status_code == client.get(url("approval", launch, approval.pk)).status_code == 404

    def test_changes_are_requested_with_words(self, launch: Launch, ana: User, signed_in: SignedIn) -> None:
        approval = make_approval(launch, ana)
        seat = approval.approvers.get().pk
        client = signed_in(ana)
        sent = {"round": 1, "ballot": "request_changes", "seat": seat}
        answer = client.post(url("approval_vote", launch, approval.pk), sent, headers={"HX-Request": "true"})
        assert answer.status_code == 422
        assert "Say what should change." in text(answer)
        kept = client.post(url("approval_vote", launch, approval.pk), sent | {"comment": "The date"})
        assert kept.status_code == 303
        assert "The date" in text(client.get(url("approvals", launch)))

    def test_a_vote_in_an_older_round_keeps_its_comment(self, launch: Launch, ana: User, signed_in: SignedIn) -> None:
        approval = make_approval(launch, ana, round=2, state=ApprovalState.STALE)
        sent = {"round": 1, "ballot": "approve", "seat": approval.approvers.get().pk, "comment": "Fine by me"}
        answer = signed_in(ana).post(url("approval_vote", launch, approval.pk), sent)
        assert answer.status_code == 409
        assert "Look again, then vote." in text(answer)
        assert "Fine by me</textarea>" in text(answer)
        assert 'name="round" value="2"' in text(answer)

    def test_editors_ask_again_and_withdraw(self, launch: Launch, ana: User, ben: User, signed_in: SignedIn) -> None:
        approval = make_approval(launch, ana)
        client = signed_in(ben)
        client.post(url("approval_ask_again", launch, approval.pk), {"why": "The text is new"})
        assert "Asked again" in text(client.get(url("approvals", launch)))
        client.post(url("approval_withdraw", launch, approval.pk))
        assert client.post(url("approval_withdraw", launch, approval.pk)).status_code == 409
        approval.refresh_from_db()
        assert (approval.state, approval.round) == (ApprovalState.WITHDRAWN, 2)


def test_a_milestone_shows_what_hangs_on_it_and_what_to_do(
    launch: Launch, ana: User, cleo: User, signed_in: SignedIn
) -> None:
    beta, other = make_milestone(launch, "Beta"), make_milestone(launch, "Other")
    approval = make_approval(launch, cleo, milestone=beta, title="Beta is safe")
    make_risk(launch, "A storm", milestone=beta)
    make_decision(launch, "How many?").milestones.add(beta)
    make_risk(launch, "Elsewhere", milestone=other)
    page = text(signed_in(cleo).get(url("detail", launch, beta.pk)))
    assert all(title in page for title in ("Beta is safe", "A storm", "How many?"))
    assert "Elsewhere" not in page
    assert f'action="{url("approval_vote", launch, approval.pk)}"' in page
    assert f"{url('risk_create', launch)}?milestone={beta.pk}" in page
    assert url("approval_create", launch) not in page
    owners = text(signed_in(ana).get(url("detail", launch, beta.pk)))
    assert f"{url('approval_create', launch)}?milestone={beta.pk}" in owners
    assert url("approval_vote", launch, approval.pk) not in owners


def test_an_unmet_approval_keeps_a_milestone_from_being_completed(
    launch: Launch, ana: User, signed_in: SignedIn
) -> None:
    beta = make_milestone(launch, "Beta", state="in_review")
    approval = make_approval(launch, ana, milestone=beta, title="Beta is safe")
    client = signed_in(ana)
    complete = {"state": "completed", "version": 1}
    refused = client.post(url("state", launch, beta.pk), complete)
    assert refused.status_code == 422
    assert "Beta is safe" in text(refused)
    client.post(url("approval_vote", launch, approval.pk), {"round": 1, "ballot": "approve"})
    client.post(url("state", launch, beta.pk), complete)
    beta.refresh_from_db()
    assert beta.state == "completed"


def test_moving_the_date_of_a_milestone_in_review_asks_again(
    launch: Launch, ana: User, cleo: User, signed_in: SignedIn
) -> None:
    beta = make_milestone(launch, "Beta", state="in_review", due=date(2026, 12, 4))
    approval = make_approval(launch, cleo, milestone=beta)
    signed_in(cleo).post(url("approval_vote", launch, approval.pk), {"round": 1, "ballot": "approve"})
    moved = {"name": "Beta", "priority": "must", "due_date": "2026-12-11", "why": "A week more", "version": 1}
    assert signed_in(ana).post(url("edit", launch, beta.pk), moved).status_code == 303
    approval.refresh_from_db()
    assert (approval.state, approval.round) == (ApprovalState.STALE, 2)
    assert Notice.objects.filter(user=cleo, read_at__isnull=True).exists()


def test_what_people_write_is_shown_as_text(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    words: dict[str, Any] = {"title": CANARY, "owner": ana, "cause": CANARY, "mitigation": CANARY}
    risk = make_risk(launch, **words)
    taken = {"state": DecisionState.DECIDED, "decided_at": clock.now()}
    decision = make_decision(launch, CANARY, context=CANARY, options=CANARY, outcome=CANARY, **taken)
    approval = make_approval(launch, ana, make_team(CANARY[:60], ana), title=CANARY)
    client = signed_in(ana)
    seat = approval.approvers.order_by("pk").first()
    assert seat is not None
    vote = {"round": 1, "ballot": "approve", "seat": seat.pk, "comment": CANARY}
    client.post(url("approval_vote", launch, approval.pk), vote)
    pages = [url(name, launch) for name in ("risks", "decisions", "approvals")]
    pages += [url("risk", launch, risk.pk), url("risk_edit", launch, risk.pk)]
    pages += [url("decision", launch, decision.pk), url("approval", launch, approval.pk)]
    for page in pages:
        answer = text(client.get(page))
        assert "canary" in answer, page
        assert "<script>alert" not in answer, page


def test_empty_tabs_teach(launch: Launch, ana: User, gus: User, signed_in: SignedIn) -> None:
    add_participant(launch, gus)
    for tab, create in (("risks", "risk_create"), ("decisions", "decision_create"), ("approvals", "approval_create")):
        assert url(create, launch) in text(signed_in(ana).get(url(tab, launch)))
        assert url(create, launch) not in text(signed_in(gus).get(url(tab, launch)))


def test_the_tabs_need_as_many_statements_whatever_they_hold(
    launch: Launch, ana: User, ben: User, cleo: User, signed_in: SignedIn
) -> None:
    workspace()
    legal = make_team("Legal", cleo, ana)
    for number in range(12):
        milestone = make_milestone(launch)
        day = date(2026, 12, number + 1)
        make_risk(launch, owner=ben, milestone=milestone, review_date=day)
        make_decision(launch, decider=ben, due_date=day).milestones.add(milestone)
        approval = make_approval(launch, ben, legal, milestone=milestone if number % 2 else None, due_date=day)
        seat = approval.approvers.get(user=ben)
        approval.votes.create(approver=seat, voter=ben, round=1, ballot="approve", voted_at=clock.now())
    client = signed_in(ana)
    for tab in ("risks", "decisions", "approvals"):
        with frozen_queries(f"launch_{tab}"):
            assert client.get(url(tab, launch)).status_code == 200
