"""Who takes part, and what that opens."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from launches.access import can_edit
from launches.actions.participants import ensure_participant
from launches.domain.types import LaunchRole
from launches.models import Launch, Participant
from launches.selectors import people_who_see
from luna.events.models import Event
from people.models import User
from tests.factories import add_participant, make_launch
from tests.people import make_team

SignedIn = Callable[[User], Client]


def test_an_outsider_comes_in_as_a_participant_and_leaves_again(ana: User, dan: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="HUSH", private=True)
    outside = signed_in(dan)
    assert outside.get("/launches/HUSH/people/").status_code == 404
    signed_in(ana).post("/launches/HUSH/people/add/", {"user": dan.pk, "role": "participant"})
    assert outside.get("/launches/HUSH/people/").status_code == 200
    assert outside.get("/launches/HUSH/edit/").status_code == 403
    participant = Participant.objects.get(launch=launch)
    signed_in(ana).post(f"/launches/HUSH/people/{participant.pk}/change-role/", {"role": "editor"})
    assert outside.get("/launches/HUSH/edit/").status_code == 200
    signed_in(ana).post(f"/launches/HUSH/people/{participant.pk}/remove/")
    assert outside.get("/launches/HUSH/people/").status_code == 404
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["participant.added", "participant.role_changed", "participant.removed"]


def test_a_team_takes_part_with_all_its_members(ana: User, dan: User, cleo: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="HUSH", private=True)
    team = make_team("Legal", dan)
    signed_in(ana).post("/launches/HUSH/people/add/", {"team": team.pk, "role": "editor"})
    assert can_edit(dan, launch)
    assert not Launch.objects.visible_to(cleo).filter(pk=launch.pk).exists()


def test_guests_take_part_but_never_edit(ana: User, gus: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="APOLLO")
    answer = signed_in(ana).post("/launches/APOLLO/people/add/", {"user": gus.pk, "role": "editor"})
    assert answer.status_code == 422
    assert "Guests can take part, but not edit." in answer.content.decode()
    place = add_participant(launch, gus)
    signed_in(ana).post(f"/launches/APOLLO/people/{place.pk}/change-role/", {"role": "editor"})
    place.refresh_from_db()
    assert place.role == LaunchRole.PARTICIPANT
    # Nor by a team that edits.
    add_participant(launch, make_team("Visitors", gus), LaunchRole.EDITOR)
    assert not can_edit(gus, launch)


def test_one_of_person_and_team_is_chosen(ana: User, dan: User, signed_in: SignedIn) -> None:
    make_launch(ana, key="APOLLO")
    team = make_team("Legal")
    for sent in ({}, {"user": dan.pk, "team": team.pk}):
        answer = signed_in(ana).post("/launches/APOLLO/people/add/", {"role": "editor"} | sent)
        assert answer.status_code == 422
        assert "Choose a person or a team, one of the two." in answer.content.decode()


def test_a_participant_of_another_launch_is_unknown_here(ana: User, dan: User, signed_in: SignedIn) -> None:
    make_launch(ana, key="APOLLO")
    foreign = add_participant(make_launch(dan, key="HUSH", private=True), dan)
    for what in ("remove", "change-role"):
        path = f"/launches/APOLLO/people/{foreign.pk}/{what}/"
        assert signed_in(ana).post(path, {"role": "editor"}).status_code == 404
    foreign.refresh_from_db()
    assert foreign.role == LaunchRole.PARTICIPANT


def test_ensuring_twice_changes_nothing_and_keeps_the_role(ana: User, ben: User) -> None:
    launch = make_launch(ana, editors=(ben,))
    ensure_participant(launch=launch, user=ben, actor=ana)
    assert Participant.objects.get(launch=launch).role == LaunchRole.EDITOR
    assert not Event.objects.exists()


def test_who_sees_a_launch(ana: User, ben: User, cleo: User, dan: User, gus: User, ada: User) -> None:
    private = make_launch(ana, editors=(ben,), private=True)
    add_participant(private, make_team("Visitors", gus))
    assert set(people_who_see(private)) == {ana, ben, gus, ada}
    assert set(people_who_see(make_launch(ana))) == {ana, ben, cleo, dan, ada}
    for launch in Launch.objects.all():
        by_door = {user for user in User.objects.all() if Launch.objects.visible_to(user).filter(pk=launch.pk).exists()}
        assert set(people_who_see(launch)) == by_door
