"""Letting people in by a link."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from pytest_django import Settings

from people.actions.invitations import accept_invitation, invite_person, revoke_invitation
from people.actions.users import change_role, deactivate_user
from people.domain.types import Role
from people.models import Invitation, User
from tests.moving_clock import MovingClock
from tests.people import make_team, make_user

TYPED = {"name": "Nora New", "password": "a sentence is easy to keep", "time_zone": "UTC"}
SignedIn = Callable[[User], Client]


def path_of(link: str) -> str:
    return "/" + link.split("/", 3)[3]


def test_an_admin_sees_the_link_once_and_whoever_follows_it_comes_in(ada: User, signed_in: SignedIn) -> None:
    shown = signed_in(ada).post("/settings/people/invite/", {"email": "Nora@luna.test", "role": "maker"})
    link = re.search(r'value="(http://testserver/invitations/[^"]+)"', shown.content.decode())
    assert link is not None
    assert link[1] not in signed_in(ada).get("/settings/people/").content.decode()
    visitor = Client()
    assert "nora@luna.test" in visitor.get(path_of(link[1])).content.decode()
    assert visitor.post(path_of(link[1]), TYPED).status_code == 303
    nora = User.objects.get(email="nora@luna.test")
    assert (nora.name, nora.role) == ("Nora New", Role.MAKER)
    assert EmailAddress.objects.get(user=nora, primary=True).verified
    assert visitor.get("/me/").status_code == 200


def test_role_and_address_are_the_invitations_whatever_is_sent_along(ada: User, client: Client) -> None:
    fresh = invite_person(email="nora@luna.test", name="", role=Role.GUEST, actor=ada)
    client.post(path_of(fresh.link), TYPED | {"role": "admin", "email": "other@luna.test", "is_active": "0"})
    nora = User.objects.get(name="Nora New")
    assert (nora.email, nora.role, nora.is_active) == ("nora@luna.test", Role.GUEST, True)


def test_the_team_is_joined(ada: User, client: Client) -> None:
    legal = make_team("Legal")
    fresh = invite_person(email="nora@luna.test", name="Nora", role=Role.MEMBER, team=legal, actor=ada)
    client.post(path_of(fresh.link), TYPED)
    nora = User.objects.get(email="nora@luna.test")
    assert nora.primary_team == legal
    assert list(nora.teams.all()) == [legal]


def test_used_withdrawn_expired_and_unknown_links_look_alike(ada: User, clock: MovingClock) -> None:
    links = [invite_person(email=f"n{n}@luna.test", name="", role=Role.MEMBER, actor=ada) for n in range(3)]
    Client().post(path_of(links[0].link), TYPED)
    revoke_invitation(invitation=links[1].invitation, actor=ada)
    assert Client().get(path_of(links[2].link)).status_code == 200
    clock.move(timedelta(hours=73))
    answers = [Client().get(path) for path in (*(path_of(f.link) for f in links), "/invitations/no-such-token/")]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.content for answer in answers}) == 1


def test_two_who_race_with_one_link_make_one_account(ada: User) -> None:
    invitation = invite_person(email="nora@luna.test", name="", role=Role.MEMBER, actor=ada).invitation
    stale = Invitation.objects.get(pk=invitation.pk)
    accept_invitation(invitation=invitation, **TYPED)
    with pytest.raises(ValidationError, match="no longer works"):
        accept_invitation(invitation=stale, **TYPED)
    assert User.objects.filter(email="nora@luna.test").count() == 1


def test_inviting_again_ends_the_older_link(ada: User, client: Client) -> None:
    older = invite_person(email="nora@luna.test", name="", role=Role.ADMIN, actor=ada)
    newer = invite_person(email="nora@luna.test", name="", role=Role.GUEST, actor=ada)
    assert client.get(path_of(older.link)).status_code == 404
    assert client.get(path_of(newer.link)).status_code == 200


@pytest.mark.parametrize(
    ("own", "given"), [(Role.MAKER, Role.ADMIN), (Role.MEMBER, Role.MAKER), (Role.GUEST, Role.MEMBER)]
)
def test_nobody_grants_more_than_they_have(cleo: User, own: Role, given: Role) -> None:
    cleo.role = own
    with pytest.raises(PermissionDenied):
        invite_person(email="nora@luna.test", name="", role=given, actor=cleo)
    assert not Invitation.objects.exists()


def test_whoever_is_here_is_not_invited(ada: User, cleo: User, signed_in: SignedIn) -> None:
    response = signed_in(ada).post("/settings/people/invite/", {"email": cleo.email.upper(), "role": "admin"})
    assert response.status_code == 422
    assert "There is an account with this e-mail address already." in response.content.decode()


def test_with_mail_the_link_is_sent(ada: User, settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://mail.test"
    fresh = invite_person(email="nora@luna.test", name="Nora", role=Role.MEMBER, actor=ada)
    (sent,) = mail.outbox
    assert fresh.mailed
    assert sent.to == ["nora@luna.test"]
    assert fresh.link in sent.body


def test_without_mail_nothing_is_sent_and_the_page_says_so(ada: User, signed_in: SignedIn) -> None:
    page = signed_in(ada).get("/settings/people/invite/").content.decode()
    assert "mail is not set up" in page
    assert not invite_person(email="nora@luna.test", name="", role=Role.MEMBER, actor=ada).mailed
    assert mail.outbox == []


def test_an_admin_withdraws_an_invitation(ada: User, signed_in: SignedIn) -> None:
    fresh = invite_person(email="nora@luna.test", name="", role=Role.MEMBER, actor=ada)
    signed_in(ada).post(f"/settings/people/invitations/{fresh.invitation.pk}/revoke/")
    assert Client().get(path_of(fresh.link)).status_code == 404


def test_who_is_signed_in_does_not_use_the_link_up(ada: User, cleo: User, signed_in: SignedIn) -> None:
    fresh = invite_person(email="nora@luna.test", name="", role=Role.MEMBER, actor=ada)
    answer = signed_in(cleo).post(path_of(fresh.link), TYPED)
    assert "You are signed in as Cleo" in answer.content.decode()
    assert Client().get(path_of(fresh.link)).status_code == 200


@pytest.mark.parametrize("end", ["deactivate", "demote", "stay"])
def test_whoever_may_let_nobody_in_any_more_leaves_no_link_behind(ada: User, client: Client, end: str) -> None:
    other = make_user("olga", role=Role.ADMIN)
    fresh = invite_person(email="fay@luna.test", name="", role=Role.ADMIN, actor=other)
    if end == "deactivate":
        deactivate_user(user=other, actor=ada)
    else:
        change_role(user=other, role=Role.MAKER if end == "demote" else Role.ADMIN, actor=ada)
    answer = client.get(path_of(fresh.link))
    assert answer.status_code == (200 if end == "stay" else 404)
