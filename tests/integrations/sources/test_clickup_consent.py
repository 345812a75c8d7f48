"""Connecting ClickUp by a person's consent: over its page and back, kept sealed, and again when it was taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from integrations.credentials import access_of
from integrations.models import Connection
from integrations.sources.clickup import consent
from integrations.sources.clickup.grants import Grant, authorization, grant_of, sealed_form
from luna.lib.redaction import Secret
from people.models import User
from sandbox.clickup.grants import CLIENT_ID, CLIENT_SECRET
from sandbox.clickup.workspace import TOKEN
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.sources.test_clickup_source import opened

APP = {"name": "ClickUp", "method": "person", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


@pytest.fixture
def admin(signed_in: Callable[[User], Client], ada: User, sandbox: SandboxServer, settings: LazySettings) -> Client:
    opened(sandbox, settings).close()
    settings.BASE_URL = "http://localhost"
    return signed_in(ada)


@pytest.fixture
def connect() -> str:
    return reverse("integrations:connect", args=["clickup"])


def ask(admin: Client, form: str, data: dict[str, Any]) -> str:
    """Fill in the form; the address of ClickUp's page."""
    answer = admin.post(form, data)
    assert answer.headers["Location"] == reverse("integrations:ask_consent")
    page: Any = admin.get(answer.headers["Location"])
    assert "Go on to ClickUp" in page.content.decode()
    assert CLIENT_SECRET not in page.content.decode()
    return str(page.context["url"])


def decide(url: str, decision: str = "allow") -> str:
    """Answer on ClickUp's page; the address to which it sends the browser."""
    with requests.Session() as browser:
        browser.trust_env = False
        assert browser.get(url, timeout=20).ok
        answer = browser.post(url, data={"decision": decision}, allow_redirects=False, timeout=20)
    return answer.headers["Location"]


def come_back(admin: Client, location: str) -> HttpResponse:
    parts = urlsplit(location)
    return admin.get(f"{parts.path}?{parts.query}")  # type: ignore[return-value]


def test_a_person_consents_and_luna_keeps_the_token_sealed(admin: Client, connect: str) -> None:
    answer = come_back(admin, decide(ask(admin, connect, APP)))
    row = Connection.objects.get()
    assert answer.headers["Location"] == reverse("integrations:offer", args=[row.pk])
    assert (row.workspace_name, row.credentials_hint) == ("Fernhill", "")
    grant = grant_of(access_of(row).secret)
    assert grant is not None
    assert grant.access_token
    assert grant.access_token not in row.credentials
    assert "French search" in admin.get(reverse("integrations:offer", args=[row.pk])).content.decode()
    edit = admin.get(reverse("integrations:edit_connection", args=[row.pk])).content.decode()
    assert CLIENT_ID in edit
    assert grant.access_token not in edit
    assert CLIENT_SECRET not in edit


def test_an_answer_is_good_once_and_only_with_its_state(admin: Client, connect: str) -> None:
    back = decide(ask(admin, connect, APP))
    strange = back.replace("state=", "state=x")
    assert "belongs to no question" in come_back(admin, strange).content.decode()
    assert come_back(admin, back).status_code == 303
    assert "belongs to no question" in come_back(admin, back).content.decode()
    assert Connection.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "decision", "said"),
    [
        ({}, "deny", "Access was not allowed on ClickUp’s page"),
        ({"client_secret": "wrong"}, "allow", "“Client not found”"),
    ],
)
def test_what_went_wrong_there_is_said(
    admin: Client, connect: str, changes: dict[str, str], decision: str, said: str
) -> None:
    page = come_back(admin, decide(ask(admin, connect, APP | changes), decision)).content.decode()
    assert said in page
    assert "Nothing was connected" in page
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"client_id": ""}, "Enter the client ID"),
        ({"client_secret": ""}, "Enter the client secret"),
        ({"method": "key"}, "Paste a personal token"),
    ],
)
def test_what_is_missing_is_said_at_the_field(admin: Client, connect: str, changes: dict[str, str], said: str) -> None:
    answer = admin.post(connect, APP | changes)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_consent_that_was_taken_back_leads_to_the_page_again(
    admin: Client, connect: str, sandbox_control: SandboxControl
) -> None:
    come_back(admin, decide(ask(admin, connect, APP)))
    row = Connection.objects.get()
    edit = reverse("integrations:edit_connection", args=[row.pk])
    kept = APP | {"client_secret": "", "version": str(row.version)}
    assert admin.post(edit, kept).headers["Location"] == reverse("integrations:offer", args=[row.pk])
    before = access_of(row).secret.reveal()
    sandbox_control.revoke_clickup_grants()
    row.refresh_from_db()
    come_back(admin, decide(ask(admin, edit, kept | {"version": str(row.version)})))
    row.refresh_from_db()
    assert access_of(row).secret.reveal() != before


def test_a_personal_token_takes_the_place_of_a_consent(admin: Client, connect: str) -> None:
    come_back(admin, decide(ask(admin, connect, APP)))
    row = Connection.objects.get()
    edit = reverse("integrations:edit_connection", args=[row.pk])
    data = {"name": "ClickUp", "method": "key", "version": str(row.version)}
    assert "Paste a personal token" in admin.post(edit, data).content.decode()
    admin.post(edit, data | {"token": TOKEN})
    row.refresh_from_db()
    assert access_of(row).secret.reveal() == TOKEN


def test_the_page_is_clickups_own_unless_another_stands_in(settings: LazySettings) -> None:
    settings.CLICKUP_URL = consent.API
    pending = sealed_form(Grant("id", "secret"))
    url = consent.consent_url(pending, redirect_uri="https://luna.example/back", state="s", verifier="v")
    assert url.startswith("https://app.clickup.com/api?")
    assert parse_qs(urlsplit(url).query) == {
        "client_id": ["id"],
        "redirect_uri": ["https://luna.example/back"],
        "state": ["s"],
    }


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        ("pk_1", "pk_1"),
        ("", ""),
        ("{", "{"),
        ('{"token": "x"}', '{"token": "x"}'),
        (sealed_form(Grant("id", "secret", "t")).reveal(), "Bearer t"),
    ],
)
def test_a_personal_token_stands_alone_a_granted_one_behind_bearer(secret: str, expected: str) -> None:
    assert authorization(Secret(secret)) == expected
