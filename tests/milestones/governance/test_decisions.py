"""What people do with decisions, and what follows from it."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest

from launches.models import Notice
from luna import clock
from luna.events.models import Event
from luna.lib.versions import StaleVersionError
from milestones.actions.decisions import (
    DecisionFields,
    DecisionTakenError,
    create_decision,
    delete_decision,
    edit_decision,
    record_outcome,
    restore_decision,
    supersede_decision,
)
from milestones.domain.types import DecisionState
from milestones.models import Decision
from milestones.selectors_governance import decisions_of
from people.models import User
from tests.factories import make_decision, make_launch, make_milestone


def fields(**others: Any) -> DecisionFields:
    """A question without anything that a test did not ask for."""
    plain = DecisionFields(title="Three clinics or five?", context="", options="", decider=None, due_date=None)
    return cast("DecisionFields", plain | others)


def test_who_decides_is_told_by_when(ana: User, ben: User) -> None:
    launch = make_launch(ana, name="Self-booking")
    decision = create_decision(launch=launch, fields=fields(decider=ben, due_date=date(2026, 12, 4)), actor=ana)
    notice = Notice.objects.get(user=ben)
    assert notice.sentence == "Ana Alves asks you to decide “Three clinics or five?” for Self-booking by 4 December."
    assert notice.path.endswith(f"/decisions/{decision.pk}/")
    assert Event.objects.get().verb == "decision.created"


def test_another_decider_is_told_and_the_log_keeps_both(ana: User, ben: User, cleo: User) -> None:
    launch = make_launch(ana)
    pilot = make_milestone(launch, "Pilot")
    decision = make_decision(launch, decider=ben)
    edit_decision(
        decision=decision, version=1, fields=fields(title=decision.title, decider=cleo), milestones=[pilot], actor=ana
    )
    event = Event.objects.get(verb="decision.edited")
    assert event.before == {"decider": "Ben Berger", "milestones": ""}
    assert event.after == {"decider": "Cleo Costa", "milestones": "Pilot"}
    assert Notice.objects.get().user == cleo


def test_the_outcome_is_kept_and_the_question_closed(ana: User) -> None:
    decision = make_decision(make_launch(ana))
    record_outcome(decision=decision, version=1, outcome="Three, to keep the date", actor=ana)
    decision.refresh_from_db()
    assert (decision.state, decision.outcome) == (DecisionState.DECIDED, "Three, to keep the date")
    assert decision.decided_at is not None
    assert Event.objects.get(verb="decision.decided").after["outcome"] == "Three, to keep the date"


def test_who_has_decided_is_no_longer_asked(ana: User, ben: User) -> None:
    decision = create_decision(launch=make_launch(ana), fields=fields(decider=ben), actor=ana)
    record_outcome(decision=decision, version=1, outcome="Three", actor=ben)
    assert not Notice.objects.filter(read_at__isnull=True).exists()


def test_nothing_is_decided_without_an_outcome(ana: User) -> None:
    decision = make_decision(make_launch(ana))
    with pytest.raises(ValueError, match="outcome"):
        record_outcome(decision=decision, version=1, outcome="", actor=ana)
    decision.refresh_from_db()
    assert decision.state == DecisionState.OPEN


def test_what_is_decided_is_neither_decided_again_nor_edited(ana: User) -> None:
    decision = make_decision(make_launch(ana))
    record_outcome(decision=decision, version=1, outcome="Three", actor=ana)
    with pytest.raises(DecisionTakenError):
        record_outcome(decision=decision, version=2, outcome="Five", actor=ana)
    with pytest.raises(DecisionTakenError):
        edit_decision(decision=decision, version=2, fields=fields(title="?"), milestones=[], actor=ana)


def test_two_deciders_at_once_do_not_overwrite_each_other(ana: User, ben: User) -> None:
    decision = make_decision(make_launch(ana))
    also = Decision.objects.get(pk=decision.pk)
    record_outcome(decision=decision, version=1, outcome="Three", actor=ana)
    with pytest.raises(StaleVersionError):
        record_outcome(decision=also, version=1, outcome="Five", actor=ben)
    decision.refresh_from_db()
    assert decision.outcome == "Three"


def test_a_new_decision_supersedes_one_that_keeps_its_outcome(ana: User, ben: User) -> None:
    launch = make_launch(ana)
    old = make_decision(launch)
    record_outcome(decision=old, version=1, outcome="Three", actor=ana)
    new = supersede_decision(decision=old, version=2, fields=fields(decider=ben), milestones=[], actor=ana)
    old.refresh_from_db()
    assert (old.state, old.outcome, old.superseded_by) == (DecisionState.SUPERSEDED, "Three", new)
    assert new.state == DecisionState.OPEN
    assert Event.objects.get(verb="decision.superseded").after["superseded_by"] == new.title
    with pytest.raises(DecisionTakenError):
        supersede_decision(decision=old, version=3, fields=fields(), milestones=[], actor=ana)


def test_a_stale_supersede_leaves_no_new_question_behind(ana: User) -> None:
    old = make_decision(make_launch(ana))
    with pytest.raises(StaleVersionError):
        supersede_decision(decision=old, version=7, fields=fields(), milestones=[], actor=ana)
    assert Decision.objects.count() == 1


def test_a_deleted_decision_comes_back(ana: User) -> None:
    launch = make_launch(ana)
    decision = make_decision(launch)
    delete_decision(decision=decision, actor=ana)
    assert decisions_of(launch) == []
    restore_decision(decision=decision, actor=ana)
    assert decisions_of(launch) == [decision]


def test_open_ones_stand_first_by_their_date(ana: User) -> None:
    launch = make_launch(ana)
    decided = make_decision(launch, "decided", state=DecisionState.DECIDED, outcome="Yes", decided_at=clock.now())
    undated = make_decision(launch, "some day")
    later = make_decision(launch, "later", due_date=date(2026, 12, 9))
    sooner = make_decision(launch, "sooner", due_date=date(2026, 12, 1))
    assert decisions_of(launch) == [sooner, later, undated, decided]
