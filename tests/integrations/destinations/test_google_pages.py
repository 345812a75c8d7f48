"""Connecting Google through the pages: a key, a person's consent, and the folders that reports may go to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from integrations.credentials import access_of
from integrations.destinations.google.credentials import PersonGrant, from_secret
from integrations.domain.types import ConnectionState, PlaceKind
from integrations.models import Connection, Destination
from luna.lib.work import drain
from people.models import User
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.google import (
    BOARD,
    HANDBOOK,
    LAUNCHES,
    LUNA,
    PLAIN_TEMPLATE,
    PRESS,
    TEMPLATE,
    GoogleSandbox,
    connect_google,
    counted,
    open_to_google,
)
from tests.moving_clock import MovingClock

CONNECT = "/settings/integrations/new/google/"
INES = "ines@fernhill.example"


@pytest.fixture
def google(sandbox: SandboxServer, settings: LazySettings, clock: MovingClock) -> GoogleSandbox:
    settings.BASE_URL = "http://127.0.0.1:8000"  # the sandbox sends browsers back to this machine only
    return open_to_google(sandbox, settings)


@pytest.fixture
def admin(signed_in: Callable[[User], Client], ada: User) -> Client:
    return signed_in(ada)


def key(google: GoogleSandbox, **changes: str) -> dict[str, str]:
    return {"name": "Drive", "method": "key", "token": google.key_file()} | changes


def person(google: GoogleSandbox, **changes: str) -> dict[str, str]:
    client_id, secret = google.client()
    return {"name": "Drive", "method": "person", "client_id": client_id, "client_secret": secret} | changes


def decide(url: str, decision: str, who: str = INES) -> str:
    """Answer on Google's page; the address to which it sends the browser."""
    with requests.Session() as browser:
        browser.trust_env = False
        assert browser.get(url, timeout=20).ok
        answer = browser.post(url, data={"decision": decision, "person": who}, allow_redirects=False, timeout=20)
    return answer.headers["Location"]


def ask(admin: Client, data: dict[str, str], form: str = CONNECT) -> str:
    """Fill in the form; the address of Google's page."""
    answer = admin.post(form, data)
    assert answer.headers["Location"] == reverse("integrations:ask_consent")
    page: Any = admin.get(answer.headers["Location"])
    return str(page.context["url"])


def come_back(admin: Client, location: str) -> HttpResponse:
    parts = urlsplit(location)
    return admin.get(f"{parts.path}?{parts.query}")  # type: ignore[return-value]


def test_a_key_is_tried_and_kept_sealed(admin: Client, google: GoogleSandbox) -> None:
    answer = admin.post(CONNECT, key(google))
    connection = Connection.objects.get()
    assert answer.headers["Location"] == reverse("integrations:offer", args=[connection.pk])
    assert (connection.account, connection.credentials_hint) == (LUNA, "")
    assert "PRIVATE KEY" not in connection.credentials
    for name in ("connection", "edit_connection", "offer"):
        assert "PRIVATE KEY" not in admin.get(reverse(f"integrations:{name}", args=[connection.pk])).content.decode()
    drain("poll")
    connection.refresh_from_db()
    assert connection.state == ConnectionState.OK


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"token": ""}, "Paste the JSON key"),
        ({"token": "nonsense"}, "not the key file"),
        ({"token": '{"web": {}}'}, "OAuth client"),
        ({"account": "nobody@fernhill.example"}, "no such account"),
        ({"template": PLAIN_TEMPLATE}, "no placeholder {{title}}"),
        ({"template": "https://docs.google.com/presentation/d/nowhere/edit"}, "no such template deck"),
        ({"method": "person", "client_id": "x", "template": TEMPLATE}, "only files that it made itself"),
        ({"method": "person"}, "Enter the client ID"),
        ({"method": "person", "client_id": "x"}, "Enter the client secret"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(
    changes: dict[str, str], words: str, admin: Client, google: GoogleSandbox
) -> None:
    answer = admin.post(CONNECT, key(google, **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "PRIVATE KEY" not in answer.content.decode()
    assert not Connection.objects.exists()


def test_a_key_for_another_is_told_apart_from_one_without(admin: Client, google: GoogleSandbox) -> None:
    admin.post(CONNECT, key(google, account=INES, template=f"https://docs.google.com/presentation/d/{TEMPLATE}/edit"))
    connection = Connection.objects.get()
    assert (connection.account, connection.options) == (INES, {"template_deck": TEMPLATE})
    url = reverse("integrations:edit_connection", args=[connection.pk])
    kept = {"name": "Drive", "method": "key", "account": "", "template": "", "version": str(connection.version)}
    assert admin.post(url, kept).status_code == 303
    connection.refresh_from_db()
    assert (connection.account, connection.options) == (LUNA, {"template_deck": ""})


def test_a_person_consents_and_luna_keeps_the_refresh_token(admin: Client, google: GoogleSandbox) -> None:
    url = ask(admin, person(google))
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked["scope"] == "https://www.googleapis.com/auth/drive.file"
    assert (asked["code_challenge_method"], asked["access_type"]) == ("S256", "offline")
    answer = come_back(admin, decide(url, "allow"))
    connection = Connection.objects.get()
    assert answer.headers["Location"] == reverse("integrations:offer", args=[connection.pk])
    grant = from_secret(access_of(connection).secret)
    assert isinstance(grant, PersonGrant)
    assert grant.refresh_token
    assert connection.account == INES
    assert grant.client_secret not in str(dict(admin.session))


def test_a_refused_consent_has_its_own_sentence(admin: Client, google: GoogleSandbox) -> None:
    page = come_back(admin, decide(ask(admin, person(google)), "deny")).content.decode()
    assert "not allowed on Google’s page" in page
    assert CONNECT in page
    assert not Connection.objects.exists()


def test_a_wrong_client_secret_is_said_after_the_consent(admin: Client, google: GoogleSandbox) -> None:
    url = ask(admin, person(google, client_secret="GOCSPX-wrong"))
    page = come_back(admin, decide(url, "allow")).content.decode()
    assert "does not accept this client ID and secret" in page
    assert not Connection.objects.exists()


def test_an_answer_counts_once_in_the_session_that_asked_and_in_time(
    admin: Client, google: GoogleSandbox, signed_in: Callable[[User], Client], ada: User, clock: MovingClock
) -> None:
    back = decide(ask(admin, person(google)), "allow")
    elsewhere = signed_in(ada)
    assert "no question that was asked" in come_back(elsewhere, back).content.decode()
    forged = back.replace("state=", "state=x")
    assert "no question that was asked" in come_back(admin, forged).content.decode()
    assert come_back(admin, back).status_code == 303
    assert "no question that was asked" in come_back(admin, back).content.decode()
    assert Connection.objects.count() == 1
    late = decide(ask(admin, person(google, name="Late")), "allow")
    clock.move(timedelta(minutes=31))
    assert "no question that was asked" in come_back(admin, late).content.decode()
    assert Connection.objects.count() == 1


def test_an_ended_consent_leads_to_google_s_page_again(admin: Client, google: GoogleSandbox) -> None:
    come_back(admin, decide(ask(admin, person(google)), "allow"))
    connection = Connection.objects.get()
    form = reverse("integrations:edit_connection", args=[connection.pk])
    kept = person(google, client_secret="", version=str(connection.version))
    assert admin.post(form, kept).headers["Location"] == reverse("integrations:connection", args=[connection.pk])
    google.revoke(INES)
    connection.refresh_from_db()
    connection.due_at = connection.created_at
    connection.save()
    drain("poll")
    connection.refresh_from_db()
    assert connection.state == ConnectionState.NEEDS_ATTENTION
    assert "Testing" in connection.error_sentence
    kept["version"] = str(connection.version)
    come_back(admin, decide(ask(admin, kept, form), "allow"))
    connection.refresh_from_db()
    assert connection.state == ConnectionState.OK
    assert Connection.objects.count() == 1


def test_folders_are_chosen_each_for_what_it_takes(admin: Client, google: GoogleSandbox) -> None:
    connection = connect_google(google)
    url = reverse("integrations:offer", args=[connection.pk])
    assert "Launch reports · running document" in admin.get(url).content.decode()
    chosen = [f"{kind}:{LAUNCHES}" for kind in ("document", "deck")] + [f"deck:{PRESS}"]
    admin.post(url, {"chosen": chosen})
    found = Destination.objects.filter(removed_at=None).order_by("pk")
    assert [(one.kind, one.external_id, one.is_private) for one in found] == [
        ("document", LAUNCHES, True),
        ("deck", LAUNCHES, True),
        ("deck", PRESS, False),
    ]
    admin.post(url, {"chosen": [f"deck:{LAUNCHES}"]})
    assert Destination.objects.get(removed_at=None).kind == PlaceKind.DECK


def test_two_admins_do_not_overwrite_each_other_s_choice(admin: Client, google: GoogleSandbox) -> None:
    connection = connect_google(google)
    url = reverse("integrations:offer", args=[connection.pk])
    posted = {"version": connection.version, "chosen": [f"deck:{LAUNCHES}"]}
    assert admin.post(url, posted).status_code == 303
    answer = admin.post(url, posted | {"chosen": [f"document:{LAUNCHES}"]})
    assert answer.status_code == 409
    assert "chose Launch reports · slides" in answer.content.decode()
    assert Destination.objects.get(removed_at=None).kind == PlaceKind.DECK
    again = int(answer.context["form"]["version"].value())
    assert admin.post(url, posted | {"chosen": [f"document:{LAUNCHES}"], "version": again}).status_code == 303
    assert Destination.objects.get(removed_at=None).kind == PlaceKind.DOCUMENT


def test_a_pasted_link_adds_a_folder_to_those_chosen(admin: Client, google: GoogleSandbox) -> None:
    connection = connect_google(google)
    connection.account = INES
    connection.save()
    admin.post(reverse("integrations:offer", args=[connection.pk]), {"chosen": [f"deck:{LAUNCHES}"]})
    url = reverse("integrations:add_place", args=[connection.pk])
    answer = admin.post(url, {"link": f"https://drive.google.com/drive/folders/{BOARD}?usp=sharing"})
    assert answer.status_code == 303
    assert Destination.objects.filter(removed_at=None, is_private=True).count() == 4
    assert Destination.objects.filter(external_id=BOARD).count() == 3


@pytest.mark.parametrize(
    ("link", "words"),
    [("folder-nowhere", "no such folder"), (HANDBOOK, "Content manager"), (TEMPLATE, "not a folder"), ("", "Paste")],
)
def test_a_link_that_leads_to_no_place_is_said(link: str, words: str, admin: Client, google: GoogleSandbox) -> None:
    connection = connect_google(google)
    answer = admin.post(reverse("integrations:add_place", args=[connection.pk]), {"link": link})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Destination.objects.exists()


def test_a_person_s_connection_makes_its_own_folder(admin: Client, google: GoogleSandbox) -> None:
    come_back(admin, decide(ask(admin, person(google)), "allow"))
    connection = Connection.objects.get()
    offer = admin.get(reverse("integrations:offer", args=[connection.pk])).content.decode()
    assert "Luna’s account may not write into any folder yet" in offer
    admin.post(reverse("integrations:add_place", args=[connection.pk]), {"new_folder": "Luna reports"})
    assert {one.name for one in Destination.objects.all()} == {
        "Luna reports · new document",
        "Luna reports · running document",
        "Luna reports · slides",
    }
    shared = admin.post(reverse("integrations:add_place", args=[connection.pk]), {"link": LAUNCHES})
    assert "only folders that it made itself" in shared.content.decode()


def test_a_folder_that_was_made_is_not_made_again_after_an_error(
    admin: Client, google: GoogleSandbox, sandbox_control: SandboxControl
) -> None:
    come_back(admin, decide(ask(admin, person(google)), "allow"))
    url = reverse("integrations:add_place", args=[Connection.objects.get().pk])
    sandbox_control.add_fault("google", "status", match="GET /google/drive/v3/files/", status=503, times=1)
    answer = admin.post(url, {"new_folder": "Luna reports"})
    assert answer.status_code == 422
    form = answer.context["add_form"]
    assert (form["new_folder"].value(), bool(form["link"].value())) == ("", True)
    assert admin.post(url, {"link": form["link"].value(), "new_folder": ""}).status_code == 303
    assert Destination.objects.count() == 3
    assert counted(sandbox_control)["create"] == 1
