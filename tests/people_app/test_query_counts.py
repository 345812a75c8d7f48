"""Settings pages need the same number of statements, however many people there are."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from people.actions.invitations import invite_person
from people.domain.types import Role
from people.models import User
from tests.people import make_team, make_user
from tests.query_counts import frozen_queries

SignedIn = Callable[[User], Client]


def test_people_and_invitations(ada: User, signed_in: SignedIn) -> None:
    for number in range(6):
        person = make_user(f"p{number}")
        User.objects.filter(pk=person.pk).update(primary_team=make_team(f"Team {number}", person))
        invite_person(email=f"n{number}@luna.test", name="", role=Role.MEMBER, actor=ada)
    client = signed_in(ada)
    with frozen_queries("settings_people"):
        client.get("/settings/people/")


def test_teams(ada: User, signed_in: SignedIn) -> None:
    for number in range(6):
        make_team(f"Team {number}", make_user(f"p{number}"), make_user(f"q{number}"))
    client = signed_in(ada)
    with frozen_queries("settings_teams"):
        client.get("/settings/teams/")
