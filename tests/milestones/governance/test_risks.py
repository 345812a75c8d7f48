"""What people do with risks, and what follows from it."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest
from django.core.exceptions import PermissionDenied

from launches.models import Notice
from luna.events.models import Event
from luna.lib.versions import StaleVersionError
from milestones.actions.risks import RiskFields, change_risk_state, create_risk, delete_risk, edit_risk, restore_risk
from milestones.domain.types import Response, RiskState
from milestones.models import Risk
from milestones.selectors_governance import risks_of
from people.models import User
from tests.factories import add_participant, make_launch, make_milestone, make_risk


def fields(**others: Any) -> RiskFields:
    """A risk without anything that a test did not ask for."""
    plain = RiskFields(
        title="The clinic’s calendar has no sandbox",
        cause="",
        probability=3,
        impact=3,
        response=Response.MITIGATE,
        mitigation="",
        milestone=None,
        owner=None,
        review_date=None,
    )
    return cast("RiskFields", plain | others)


def verbs(risk: Risk) -> list[str]:
    """What the log says about it, oldest first."""
    return list(
        Event.objects.filter(subject_kind="risk", subject_id=risk.pk).order_by("pk").values_list("verb", flat=True)
    )


def test_a_new_risk_tells_its_owner_and_makes_the_launch_due(ana: User, ben: User) -> None:
    launch = make_launch(ana, name="Self-booking")
    risk = create_risk(launch=launch, fields=fields(owner=ben, review_date=date(2026, 12, 1)), actor=ana)
    notice = Notice.objects.get(user=ben)
    assert "made you the owner" in notice.sentence
    assert notice.path.endswith(f"/risks/{risk.pk}/")
    event = Event.objects.get(verb="risk.created")
    assert event.after["owner"] == "Ben Berger"
    assert event.after["review_date"] == "2026-12-01"
    launch.summary.refresh_from_db()
    assert launch.summary.due_at is not None


def test_editing_keeps_what_changed(ana: User) -> None:
    risk = make_risk(make_launch(ana), probability=2)
    edit_risk(risk=risk, version=1, fields=fields(title=risk.title, probability=5), actor=ana)
    event = Event.objects.get(verb="risk.edited")
    assert (event.before, event.after) == ({"probability": 2}, {"probability": 5})


def test_saving_what_is_there_already_changes_nothing(ana: User) -> None:
    risk = make_risk(make_launch(ana))
    edit_risk(risk=risk, version=1, fields=fields(title=risk.title), actor=ana)
    assert verbs(risk) == []
    assert Risk.objects.get(pk=risk.pk).version == 1


def test_a_stale_save_is_refused(ana: User, ben: User) -> None:
    risk = make_risk(make_launch(ana, editors=(ben,)))
    change_risk_state(risk=Risk.objects.get(pk=risk.pk), version=1, state=RiskState.MITIGATING, actor=ben)
    with pytest.raises(StaleVersionError):
        edit_risk(risk=risk, version=1, fields=fields(title="Mine"), actor=ana)
    assert Risk.objects.get(pk=risk.pk).title == "A supplier is late"
    assert verbs(risk) == ["risk.state_changed"]


def test_a_change_of_state_says_from_where_to_where_and_why(ana: User) -> None:
    risk = make_risk(make_launch(ana))
    change_risk_state(risk=risk, version=1, state=RiskState.OCCURRED, why="They told us today", actor=ana)
    event = Event.objects.get(verb="risk.state_changed")
    assert (event.before, event.after, event.why) == ({"state": "open"}, {"state": "occurred"}, "They told us today")


def test_a_deleted_risk_comes_back(ana: User) -> None:
    launch = make_launch(ana)
    risk = make_risk(launch)
    delete_risk(risk=risk, actor=ana)
    assert risks_of(launch) == []
    restore_risk(risk=risk, actor=ana)
    assert risks_of(launch) == [risk]
    assert verbs(risk) == ["risk.deleted", "risk.restored"]


def test_the_most_exposed_stands_first_and_closed_ones_last(ana: User) -> None:
    launch = make_launch(ana)
    low = make_risk(launch, "low", probability=1, impact=2)
    closed = make_risk(launch, "closed", probability=5, impact=5, state=RiskState.CLOSED)
    high = make_risk(launch, "high", probability=4, impact=4, milestone=make_milestone(launch))
    assert risks_of(launch) == [high, low, closed]


def test_an_owner_who_cannot_see_the_launch_takes_part_from_then_on(ana: User, dan: User) -> None:
    launch = make_launch(ana, private=True)
    create_risk(launch=launch, fields=fields(owner=dan), actor=ana)
    assert launch.participants.get().user == dan


def test_who_does_not_edit_a_private_launch_lets_nobody_in(ana: User, cleo: User, dan: User) -> None:
    launch = make_launch(ana, private=True)
    add_participant(launch, cleo)
    with pytest.raises(PermissionDenied):
        create_risk(launch=launch, fields=fields(owner=dan), actor=cleo)
    assert not launch.risks.exists()
    assert not launch.participants.filter(user=dan).exists()
