"""Which milestone waits for which."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from launches.domain.types import Visibility
from luna.events.models import Event
from milestones.actions.dependencies import add_dependency, change_lag, remove_dependency
from milestones.actions.milestones import delete_milestone
from milestones.models import Dependency
from milestones.selectors import (
    Neighbours,
    known_names,
    names_for,
    neighbours_of,
    possible_predecessors,
    waits_for,
)
from people.models import User
from tests.factories import make_launch, make_milestone


def test_a_dependency_is_logged_and_shown_on_both_ends(ana: User) -> None:
    launch = make_launch(ana)
    beta, pilot = make_milestone(launch, "Beta"), make_milestone(launch, "Pilot")

    add_dependency(predecessor=beta, successor=pilot, lag_days=3, actor=ana)

    assert [(n.milestone.name, n.lag_days) for n in waits_for(pilot, ana)] == [("Beta", 3)]
    assert [n.milestone.name for n in neighbours_of(beta, ana).after] == ["Pilot"]
    event = Event.objects.get(verb="dependency.added")
    assert (event.subject_name, event.launch_id) == ("Pilot waits for Beta", launch.pk)
    assert event.after == {"predecessor": "Beta", "successor": "Pilot", "successor_id": pilot.pk, "lag_days": 3}


def test_a_circle_is_refused_and_named(ana: User) -> None:
    launch = make_launch(ana)
    beta, pilot, go = (make_milestone(launch, name) for name in ("Beta", "Pilot", "Go"))
    add_dependency(predecessor=beta, successor=pilot, actor=ana)
    add_dependency(predecessor=pilot, successor=go, actor=ana)

    with pytest.raises(ValidationError) as refused:
        add_dependency(predecessor=go, successor=beta, actor=ana)

    assert refused.value.messages == [
        "That would be a circle: “Go” → “Beta” → “Pilot” → “Go”. Remove one of these dependencies first."
    ]
    assert Dependency.objects.count() == 2


def test_a_circle_across_launches_does_not_tell_a_private_name(ana: User, dan: User) -> None:
    mine, open_one, secret = make_launch(dan), make_launch(ana), make_launch(ana, private=True)
    here, there, hidden = (
        make_milestone(mine, "Here"),
        make_milestone(open_one, "There"),
        make_milestone(secret, "Hush"),
    )
    add_dependency(predecessor=here, successor=hidden, actor=ana)
    # A launch can turn private after something waits for it.
    Dependency.objects.create(predecessor=hidden, successor=there, created_at=here.created_at)

    with pytest.raises(ValidationError) as refused:
        add_dependency(predecessor=there, successor=here, actor=dan)

    assert "Hush" not in refused.value.messages[0]
    assert "“a private milestone”" in refused.value.messages[0]


def test_a_circle_through_a_deleted_milestone_names_it(ana: User) -> None:
    launch = make_launch(ana)
    beta, pilot, go = (make_milestone(launch, name) for name in ("Beta", "Pilot", "Go"))
    add_dependency(predecessor=beta, successor=pilot, actor=ana)
    add_dependency(predecessor=pilot, successor=go, actor=ana)
    delete_milestone(milestone=pilot, actor=ana)

    with pytest.raises(ValidationError, match="“Go” → “Beta” → “Pilot” → “Go”"):
        add_dependency(predecessor=go, successor=beta, actor=ana)


def test_names_are_those_of_milestones_that_exist_and_may_be_seen(ana: User, dan: User) -> None:
    launch = make_launch(ana)
    here, gone = make_milestone(launch, "Here"), make_milestone(launch, "Gone")
    hidden = make_milestone(make_launch(ana, private=True), "Hush")
    delete_milestone(milestone=gone, actor=ana)

    assert known_names([here.pk, gone.pk, hidden.pk], dan) == {here.pk: "Here"}
    assert names_for([hidden.pk, here.pk], dan) == ["a private milestone", "Here"]


def test_the_same_twice_is_refused(ana: User) -> None:
    launch = make_launch(ana)
    beta, pilot = make_milestone(launch, "Beta"), make_milestone(launch, "Pilot")
    add_dependency(predecessor=beta, successor=pilot, actor=ana)

    with pytest.raises(ValidationError, match="waits for “Beta” already"):
        add_dependency(predecessor=beta, successor=pilot, lag_days=2, actor=ana)
    with pytest.raises(ValidationError, match="can’t wait for itself"):
        add_dependency(predecessor=beta, successor=beta, actor=ana)


def test_nothing_outside_waits_for_a_private_launch(ana: User) -> None:
    secret, launch = make_launch(ana, private=True), make_launch(ana)
    hidden, inside, outside = make_milestone(secret, "Hush"), make_milestone(secret), make_milestone(launch)

    with pytest.raises(ValidationError, match="only be waited for inside"):
        add_dependency(predecessor=hidden, successor=outside, actor=ana)

    add_dependency(predecessor=hidden, successor=inside, actor=ana)
    assert hidden not in possible_predecessors(outside, ana)


def test_who_cannot_see_the_other_launch_does_not_see_the_dependency(ana: User, dan: User) -> None:
    launch, secret = make_launch(ana), make_launch(ana, private=True)
    shown, hidden = make_milestone(launch, "Beta"), make_milestone(secret, "Hush")
    add_dependency(predecessor=shown, successor=hidden, actor=ana)

    assert [n.milestone.name for n in neighbours_of(shown, ana).after] == ["Hush"]
    assert neighbours_of(shown, dan) == Neighbours([], [], [])


def test_the_log_names_no_milestone_of_another_launch(ana: User) -> None:
    near, far = make_milestone(make_launch(ana), "Pilot"), make_milestone(make_launch(ana), "Hush")

    remove_dependency(dependency=add_dependency(predecessor=far, successor=near, actor=ana), actor=ana)

    added, removed = Event.objects.order_by("pk")
    assert added.subject_name == removed.subject_name == "Pilot waits for a milestone of another launch"
    assert added.after == removed.before
    assert added.after["predecessor"] == "a milestone of another launch"


@pytest.mark.parametrize("verb", ["lag", "remove"])
def test_what_waits_for_a_launch_turned_private_is_out_of_reach(
    ana: User, dan: User, signed_in: Callable[[User], Client], verb: str
) -> None:
    mine, other = make_launch(dan, key="MINE"), make_launch(ana)
    hidden = make_milestone(other, "Hush")
    dependency = add_dependency(predecessor=hidden, successor=make_milestone(mine, "Pilot"), actor=dan)
    other.visibility = Visibility.PRIVATE
    other.save(update_fields=["visibility"])

    answer = signed_in(dan).post(f"/launches/MINE/dependencies/{dependency.pk}/{verb}/", {"lag_days": 2}, follow=True)

    assert answer.status_code == 404
    assert Dependency.objects.get() == dependency


def test_one_picks_from_the_own_launch_first_and_not_what_is_taken_or_cancelled(ana: User) -> None:
    launch, other = make_launch(ana, name="Zebra"), make_launch(ana, name="Aardvark")
    far = make_milestone(other, "Far")
    taken, cancelled, near = (make_milestone(launch, n) for n in ("Taken", "Cancelled", "Near"))
    cancelled.state = "cancelled"
    cancelled.save(update_fields=["state"])
    mine = make_milestone(launch, "Mine", due=date(2026, 12, 4))
    add_dependency(predecessor=taken, successor=mine, actor=ana)

    assert list(possible_predecessors(mine, ana)) == [near, far]


def test_the_lag_changes_and_the_dependency_goes(ana: User) -> None:
    launch = make_launch(ana)
    beta, pilot = make_milestone(launch, "Beta"), make_milestone(launch, "Pilot")
    dependency = add_dependency(predecessor=beta, successor=pilot, actor=ana)

    change_lag(dependency=dependency, lag_days=5, actor=ana)
    assert Dependency.objects.get().lag_days == 5
    with pytest.raises(ValidationError, match="0 to 365"):
        change_lag(dependency=dependency, lag_days=366, actor=ana)

    remove_dependency(dependency=dependency, actor=ana)
    assert not Dependency.objects.exists()
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True)) == [
        "dependency.added",
        "dependency.changed",
        "dependency.removed",
    ]
