"""The pages of a launch need the same number of statements, however much stands on them."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from people.models import User
from tests.factories import add_participant, make_comment, make_launch, make_update
from tests.people import make_team, make_user
from tests.query_counts import frozen_queries

SignedIn = Callable[[User], Client]


def test_updates_with_their_comments(ana: User, cleo: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="APOLLO")
    for number in range(7):
        update = make_update(launch, f"Week {number}", author=cleo)
        make_comment(launch, subject_kind="update", subject_id=update.pk)
    client = signed_in(ana)
    with frozen_queries("launch_updates"):
        client.get("/launches/APOLLO/updates/")


def test_people(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana, key="APOLLO")
    for number in range(5):
        add_participant(launch, make_user(f"p{number}"))
        add_participant(launch, make_team(f"Team {number}"))
    client = signed_in(ana)
    with frozen_queries("launch_people"):
        client.get("/launches/APOLLO/people/")


def test_the_form(ana: User, signed_in: SignedIn) -> None:
    make_launch(ana, key="APOLLO")
    client = signed_in(ana)
    with frozen_queries("launch_edit"):
        client.get("/launches/APOLLO/edit/")
