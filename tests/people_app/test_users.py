"""Roles, closed accounts, sessions, reset links."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from luna import clock as luna_clock
from luna.events.models import Event
from people.actions.users import change_role, deactivate_user, end_sessions, make_reset_link, reactivate_user
from people.domain.types import Role
from people.models import User
from tests.people import PASSWORD, make_user

SignedIn = Callable[[User], Client]


def is_in(client: Client) -> bool:
    return client.get("/me/").status_code == 200


def test_deactivating_ends_all_sessions_and_closes_the_door(ada: User, cleo: User, signed_in: SignedIn) -> None:
    laptop, phone = signed_in(cleo), signed_in(cleo)
    signed_in(ada).post(f"/settings/people/{cleo.pk}/deactivate/")
    assert not is_in(laptop)
    assert not is_in(phone)
    again = Client().post("/account/login/", {"login": cleo.email, "password": PASSWORD})
    assert again.headers["Location"] == "/account/inactive/"


def test_a_session_of_before_does_not_come_back_to_life(ada: User, cleo: User, signed_in: SignedIn) -> None:
    old = signed_in(cleo)
    deactivate_user(user=cleo, actor=ada)
    reactivate_user(user=cleo, actor=ada)
    assert not is_in(old)
    assert is_in(signed_in(User.objects.get(pk=cleo.pk)))


@pytest.mark.parametrize("how", ["end-sessions", "change-role"])
def test_sessions_end(ada: User, cleo: User, signed_in: SignedIn, how: str) -> None:
    theirs, admins = signed_in(cleo), signed_in(ada)
    admins.post(f"/settings/people/{cleo.pk}/{how}/", {"role": "maker"})
    assert not is_in(theirs)
    assert is_in(admins)


def test_changing_the_own_password_ends_other_sessions(cleo: User, signed_in: SignedIn) -> None:
    here, elsewhere = signed_in(cleo), signed_in(cleo)
    typed = {"oldpassword": PASSWORD, "password1": "another good sentence", "password2": "another good sentence"}
    assert here.post("/account/password/change/", typed).headers["Location"] == "/me/"
    assert is_in(here)
    assert not is_in(elsewhere)


@pytest.mark.parametrize("action", ["deactivate", "change-role"])
def test_the_last_admin_stays(ada: User, signed_in: SignedIn, action: str) -> None:
    closed = make_user("zoe", role=Role.ADMIN)
    User.objects.filter(pk=closed.pk).update(is_active=False)
    answer = signed_in(ada).post(f"/settings/people/{ada.pk}/{action}/", {"role": "member"}, follow=True)
    assert "last admin" in answer.content.decode()
    ada.refresh_from_db()
    assert (ada.role, ada.is_active) == (Role.ADMIN, True)


def test_one_of_two_admins_may_go(ada: User) -> None:
    other = make_user("zoe", role=Role.ADMIN)
    change_role(user=other, role=Role.MEMBER, actor=ada)
    with pytest.raises(ValidationError, match="last admin"):
        deactivate_user(user=ada, actor=ada)


def test_nobody_grants_more_than_they_have_nor_changes_someone_above(ana: User, cleo: User, ada: User) -> None:
    with pytest.raises(PermissionDenied):
        change_role(user=cleo, role=Role.ADMIN, actor=ana)
    with pytest.raises(PermissionDenied):
        change_role(user=ada, role=Role.GUEST, actor=ana)


def test_a_role_that_does_not_exist_is_refused(ada: User, cleo: User, signed_in: SignedIn) -> None:
    assert signed_in(ada).post(f"/settings/people/{cleo.pk}/change-role/", {"role": "owner"}).status_code == 422
    cleo.refresh_from_db()
    assert cleo.role == Role.MEMBER


def test_the_log_says_who_did_what(ada: User, cleo: User) -> None:
    change_role(user=cleo, role=Role.MAKER, actor=ada)
    end_sessions(user=cleo, actor=ada)
    first, second = Event.objects.filter(subject_kind="user", subject_id=cleo.pk).order_by("pk")
    assert (first.verb, first.before, first.after) == ("user.role_changed", {"role": "member"}, {"role": "maker"})
    assert (second.verb, second.actor) == ("user.sessions_ended", ada)


def reset_path(ada: User, user: User, signed_in: SignedIn) -> str:
    page = signed_in(ada).post(f"/settings/people/{user.pk}/make-reset-link/").content.decode()
    found = re.search(r'value="http://testserver(/account/password/reset/key/[^"]+)"', page)
    assert found is not None
    return found[1]


def choose_password(path: str, password: str) -> Client:
    """Open the link and type the new password; where the link is dead, the form is not reached."""
    visitor = Client()
    form = visitor.get(path, follow=True)
    if form.redirect_chain:
        visitor.post(form.redirect_chain[-1][0], {"password1": password, "password2": password})
    return visitor


def test_an_admins_reset_link_works_once(ada: User, cleo: User, signed_in: SignedIn) -> None:
    old = signed_in(cleo)
    path = reset_path(ada, cleo, signed_in)
    choose_password(path, "first new sentence")
    choose_password(path, "second new sentence")
    cleo.refresh_from_db()
    assert cleo.check_password("first new sentence")
    assert not is_in(old)


def test_a_reset_link_lasts_an_hour(ada: User, cleo: User, signed_in: SignedIn) -> None:
    path = reset_path(ada, cleo, signed_in)
    # Django's tokens read the machine's own clock.
    with time_machine.travel(luna_clock.now() + timedelta(minutes=61), tick=False):
        choose_password(path, "a new sentence, too late")
    cleo.refresh_from_db()
    assert cleo.check_password(PASSWORD)


def test_a_closed_account_gets_no_reset_link(ada: User, cleo: User) -> None:
    deactivate_user(user=cleo, actor=ada)
    with pytest.raises(ValidationError, match="closed"):
        make_reset_link(user=User.objects.get(pk=cleo.pk), actor=ada)
