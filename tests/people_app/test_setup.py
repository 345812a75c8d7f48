"""The first admin of a new Luna."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.test import Client

from luna.events.models import Event
from people.actions.setup import issue_setup_link
from people.domain.types import Role
from people.models import Invitation, User
from people.selectors import workspace
from tests.moving_clock import MovingClock

TYPED = {
    "workspace_name": "Fernhill",
    "name": "Ines Iver",
    "email": "Ines@Fernhill.example",
    "password": "a sentence is easy to keep",
    "time_zone": "Europe/Lisbon",
}


def test_the_link_makes_the_first_admin_and_signs_them_in(client: Client, db: None) -> None:
    link = issue_setup_link()
    assert client.get(link).status_code == 200
    response = client.post(link, TYPED)
    assert response.headers["Location"] == "/launches/"
    ines = User.objects.get()
    assert (ines.email, ines.role, ines.time_zone) == ("ines@fernhill.example", Role.ADMIN, "Europe/Lisbon")
    assert (workspace().name, workspace().time_zone) == ("Fernhill", "Europe/Lisbon")
    assert EmailAddress.objects.get(user=ines).verified
    assert client.get("/settings/").status_code == 200
    assert set(Event.objects.values_list("verb", flat=True)) == {"user.joined", "workspace.changed"}


def test_the_link_works_once(client: Client, db: None) -> None:
    link = issue_setup_link()
    client.post(link, TYPED)
    assert Client().get(link).status_code == 404
    assert Client().post(link, TYPED | {"email": "second@fernhill.example"}).status_code == 404
    assert User.objects.count() == 1


def test_a_newer_link_ends_the_older_one(client: Client, db: None) -> None:
    older, newer = issue_setup_link(), issue_setup_link()
    assert client.get(older).status_code == 404
    assert client.get(newer).status_code == 200


def test_the_link_is_over_after_three_days(client: Client, db: None, clock: MovingClock) -> None:
    link = issue_setup_link()
    clock.move(timedelta(hours=73))
    assert client.get(link).status_code == 404


def test_only_the_hash_of_the_token_is_kept(db: None) -> None:
    token = issue_setup_link().strip("/").rpartition("/")[2]
    assert len(token) >= 43
    assert token not in str(Invitation.objects.values().get())


def test_there_is_no_link_where_there_is_somebody(cleo: User) -> None:
    with pytest.raises(ValidationError, match="people already"):
        issue_setup_link()


def test_the_link_makes_no_second_admin_beside_people_who_came_otherwise(client: Client, db: None) -> None:
    link = issue_setup_link()
    User.objects.create_user("cleo@luna.test", "x", name="Cleo")
    response = client.post(link, TYPED)
    assert response.status_code == 422
    assert "people already" in response.content.decode()
    assert not User.objects.filter(role=Role.ADMIN).exists()


def test_an_invitation_is_no_setup_link(client: Client, db: None) -> None:
    token = issue_setup_link().strip("/").rpartition("/")[2]
    assert client.get(f"/invitations/{token}/").status_code == 404


@pytest.mark.parametrize("password", ["short", "password1234", "ines@fernhill.example"])
def test_weak_passwords_are_refused_and_the_rest_is_kept(client: Client, db: None, password: str) -> None:
    response = client.post(issue_setup_link(), TYPED | {"password": password})
    assert response.status_code == 422
    assert "Fernhill" in response.content.decode()
    assert not User.objects.exists()
