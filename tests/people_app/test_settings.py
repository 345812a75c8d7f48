"""Workspace, mail, teams, profile."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import date

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from people.domain.types import Role, TeamKind, Theme
from people.models import Team, User
from people.selectors import workspace
from tests.people import make_team

SignedIn = Callable[[User], Client]
WORKSPACE = {
    "name": "Fernhill",
    "time_zone": "Europe/Lisbon",
    "working_weekdays": ["0", "1", "2", "3"],
    "holidays": "2026-12-25 Christmas\n\n2027-01-01",
}


def test_an_admin_changes_the_workspace(ada: User, signed_in: SignedIn) -> None:
    assert signed_in(ada).post("/settings/", WORKSPACE).status_code == 303
    here = workspace()
    assert (here.name, here.time_zone, here.working_weekdays) == ("Fernhill", "Europe/Lisbon", [0, 1, 2, 3])
    assert [(h.day, h.name) for h in here.holidays.all()] == [(date(2026, 12, 25), "Christmas"), (date(2027, 1, 1), "")]
    page = signed_in(ada).get("/settings/").content.decode()
    assert "2026-12-25 Christmas" in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"holidays": "2026-12-25\n25.12.2026 Christmas"}, "Line 2: “25.12.2026” is not a day such as 2026-12-25."),
        ({"time_zone": "Mars/Olympus"}, "Mars/Olympus"),
        ({"working_weekdays": []}, "This field is required."),
        ({"name": "   "}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(
    ada: User, signed_in: SignedIn, wrong: dict[str, object], words: str
) -> None:
    response = signed_in(ada).post("/settings/", WORKSPACE | wrong)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert workspace().name == "Luna"


def test_a_test_mail_goes_to_the_admin(ada: User, signed_in: SignedIn, settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://mail.test"
    answer = signed_in(ada).post("/settings/test-mail/", follow=True)
    assert "The mail server took a test mail" in answer.content.decode()
    assert [sent.to for sent in mail.outbox] == [[ada.email]]


class RefusingBackend:
    """A mail server that does not like the password, and repeats it."""

    def __init__(self, **_options: object) -> None:
        pass

    def send_messages(self, _messages: object) -> int:
        raise smtplib.SMTPAuthenticationError(535, b"5.7.8 no luck with s3cret-word")


def test_a_refused_test_mail_is_told_without_secrets(ada: User, signed_in: SignedIn, settings: Settings) -> None:
    settings.EMAIL_URL, settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp://mail.test", "mail.test", 587
    settings.EMAIL_HOST_PASSWORD = "s3cret-word"
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    page = signed_in(ada).post("/settings/test-mail/", follow=True).content.decode()
    assert "mail.test:587 refused the user name or the password: 535 5.7.8" in page
    assert "s3cret-word" not in page


def test_a_mail_server_that_is_not_there(ada: User, signed_in: SignedIn, settings: Settings) -> None:
    settings.EMAIL_URL, settings.EMAIL_HOST, settings.EMAIL_PORT = "smtp://127.0.0.1:9", "127.0.0.1", 9
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    page = signed_in(ada).post("/settings/test-mail/", follow=True).content.decode()
    assert "Nothing listens on 127.0.0.1:9." in page


def test_an_admin_makes_changes_and_dissolves_a_team(ada: User, ben: User, cleo: User, signed_in: SignedIn) -> None:
    admin = signed_in(ada)
    admin.post("/settings/teams/new/", {"name": "Legal", "kind": "enabling", "members": [ben.pk, cleo.pk]})
    legal = Team.objects.get()
    assert (legal.kind, set(legal.members.all())) == (TeamKind.ENABLING, {ben, cleo})
    User.objects.filter(pk=ben.pk).update(primary_team=legal)
    admin.post(f"/settings/teams/{legal.pk}/", {"name": "Law", "kind": "enabling", "members": [cleo.pk]})
    ben.refresh_from_db()
    assert (ben.primary_team, list(ben.teams.all())) == (None, [])
    admin.post(f"/settings/teams/{legal.pk}/delete/")
    assert not Team.objects.exists()


def test_who_cannot_sign_in_just_now_stays_in_the_team(ada: User, ben: User, cleo: User, signed_in: SignedIn) -> None:
    legal = make_team("Legal", ben, cleo)
    User.objects.filter(pk=ben.pk).update(is_active=False)
    page = f"/settings/teams/{legal.pk}/"
    shown = signed_in(ada).get(page).context["form"]
    members = [str(box.data["value"]) for box in shown["members"] if box.data["selected"]]
    signed_in(ada).post(page, {"name": "Law", "kind": "enabling", "members": members})
    assert set(legal.members.all()) == {ben, cleo}
    assert ben.name not in signed_in(ada).get("/settings/teams/new/").content.decode()


def test_a_teams_name_is_taken_in_any_case(ada: User, signed_in: SignedIn) -> None:
    make_team("Legal")
    response = signed_in(ada).post("/settings/teams/new/", {"name": "LEGAL", "kind": "delivery"})
    assert response.status_code == 422
    assert "There is a team “LEGAL” already." in response.content.decode()


def test_guests_see_their_own_teams_alone(gus: User, cleo: User, signed_in: SignedIn) -> None:
    make_team("Secret affairs", cleo)
    make_team("Visitors", gus)
    page = signed_in(gus).get("/settings/teams/").content.decode()
    assert "Visitors" in page
    assert "Secret affairs" not in page
    assert "Secret affairs" in signed_in(cleo).get("/settings/teams/").content.decode()


def test_a_profile_changes_what_is_ones_own_and_nothing_else(cleo: User, signed_in: SignedIn) -> None:
    legal = make_team("Legal", cleo)
    typed = {"name": "Cleo C.", "time_zone": "Asia/Tokyo", "theme": "dark", "primary_team": legal.pk}
    more = {"role": "admin", "email": "ada@luna.test", "is_active": "", "session_generation": "9", "pk": "1"}
    assert signed_in(cleo).post("/me/", typed | more).status_code == 303
    cleo.refresh_from_db()
    assert (cleo.name, cleo.time_zone, cleo.theme, cleo.primary_team) == ("Cleo C.", "Asia/Tokyo", Theme.DARK, legal)
    assert (cleo.role, cleo.email, cleo.is_active, cleo.session_generation) == (Role.MEMBER, "cleo@luna.test", True, 0)


def test_nobody_joins_a_team_by_their_profile(cleo: User, signed_in: SignedIn) -> None:
    legal = make_team("Legal")
    typed = {"name": "Cleo", "time_zone": "UTC", "theme": "dark", "primary_team": legal.pk}
    assert signed_in(cleo).post("/me/", typed).status_code == 422
    assert not legal.members.exists()


def test_the_switch_changes_the_theme_and_goes_back(cleo: User, signed_in: SignedIn) -> None:
    answer = signed_in(cleo).post("/me/theme/", {"theme": "dark", "next": "/settings/teams/"})
    assert answer.headers["Location"] == "/settings/teams/"
    assert 'data-theme="dark"' in signed_in(cleo).get("/me/").content.decode()
    outward = signed_in(cleo).post("/me/theme/", {"theme": "sepia", "next": "https://evil.example/"})
    assert outward.headers["Location"] == "/me/"
    cleo.refresh_from_db()
    assert cleo.theme == Theme.DARK
