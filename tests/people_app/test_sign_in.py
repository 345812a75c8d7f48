"""The door: signing in, its limits, and what it tells to whom."""

from __future__ import annotations

import re

from django.core import mail
from django.test import Client
from pytest_django import Settings

from people.models import User
from tests.people import PASSWORD


def sign_in(client: Client, email: str, password: str, **headers: str) -> str:
    response = client.post("/account/login/", {"login": email, "password": password}, headers=headers)
    return response.headers.get("Location") or response.content.decode()


def test_an_address_in_any_case_and_a_password_let_one_in(cleo: User, client: Client) -> None:
    before = client.cookies.get("luna_session")
    assert sign_in(client, "Cleo@Luna.test", PASSWORD) == "/"
    assert client.cookies["luna_session"] != before
    assert client.get("/me/").status_code == 200


def test_unknown_people_and_wrong_passwords_get_the_same_answer(cleo: User) -> None:
    pages = {email: sign_in(Client(), email, "wrong-password") for email in (cleo.email, "nobody@luna.test")}
    assert "are not correct" in pages[cleo.email]
    without = {re.sub(f'{email}|csrfmiddlewaretoken" value="[^"]+', "…", page) for email, page in pages.items()}
    assert len(without) == 1


def test_after_five_wrong_guesses_even_the_right_password_waits(cleo: User, client: Client) -> None:
    for _ in range(5):
        assert "are not correct" in sign_in(client, cleo.email, "wrong-password")
    assert "Too many failed" in sign_in(client, cleo.email, PASSWORD)


def test_a_forged_address_of_the_client_does_not_lift_the_limit(cleo: User, client: Client) -> None:
    answers = [
        sign_in(client, f"n{number}@luna.test", "wrong", **{"X-Forwarded-For": f"10.0.0.{number}"})
        for number in range(11)
    ]
    assert "Too many failed" in answers[-1]


def test_too_many_tries_from_one_place_get_a_plain_page(client: Client, db: None) -> None:
    statuses = [client.get("/account/login/").status_code for _ in range(2)]
    statuses += [client.post("/account/login/", {"login": "x"}).status_code for _ in range(31)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert "Too many tries" in client.post("/account/login/", {"login": "x"}).content.decode()


def test_there_is_no_signing_up(client: Client, db: None) -> None:
    assert client.get("/account/signup/").status_code == 404
    assert client.get("/account/email/").status_code == 404


def test_the_way_back_stays_on_this_site(cleo: User, client: Client) -> None:
    outward = client.post("/account/login/?next=https://evil.example/", {"login": cleo.email, "password": PASSWORD})
    assert outward.headers["Location"] == "/"
    inward = Client().post("/account/login/?next=/me/", {"login": cleo.email, "password": PASSWORD})
    assert inward.headers["Location"] == "/me/"


def test_signing_out_ends_the_session(cleo: User, client: Client) -> None:
    sign_in(client, cleo.email, PASSWORD)
    cookie = client.cookies["luna_session"].value
    client.post("/account/logout/")
    client.cookies["luna_session"] = cookie
    assert client.get("/me/").status_code == 302


def test_forgotten_passwords_with_mail(cleo: User, client: Client, settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://mail.test"
    settings.BASE_URL = "https://luna.example"
    known = client.post("/account/password/reset/", {"email": cleo.email})
    unknown = client.post("/account/password/reset/", {"email": "nobody@luna.test"})
    assert known.headers["Location"] == unknown.headers["Location"] == "/account/password/reset/done/"
    (sent,) = mail.outbox
    assert sent.to == [cleo.email]
    assert sent.subject == "Choose a new password for Luna"
    assert "https://luna.example/account/password/reset/key/" in sent.body


def test_forgotten_passwords_without_mail(cleo: User, client: Client) -> None:
    answer = client.post("/account/password/reset/", {"email": cleo.email})
    assert answer.headers["Location"] == "/account/password/reset/done/"
    assert mail.outbox == []
