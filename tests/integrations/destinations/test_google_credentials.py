"""Google's credentials: what is no key, what the token endpoint refuses, and for whom a service account acts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from django.conf import LazySettings

from integrations.account import Access
from integrations.destinations.google.credentials import read_key_file
from integrations.destinations.google.destination import GoogleDestination, id_in
from integrations.errors import ErrorKind, NeedsAttentionError, RetryLaterError
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.google import BOARD, LUNA, GoogleSandbox, counted, open_to_google
from tests.integrations.destinations.test_google import parcel, sent
from tests.moving_clock import MovingClock


@pytest.fixture
def google(sandbox: SandboxServer, settings: LazySettings, clock: MovingClock) -> GoogleSandbox:
    return open_to_google(sandbox, settings)


@pytest.fixture
def client(google: GoogleSandbox) -> GoogleDestination:
    return GoogleDestination(Access("", LUNA, google.secret()))


TOKEN_REFUSALS = [
    ({"error": "invalid_grant", "error_description": "Invalid JWT Signature."}, "Make a new JSON key"),
    ({"error": "invalid_grant", "error_description": "Invalid JWT: check your iat and exp values"}, "clock is wrong"),
    ({"error": "invalid_grant", "error_description": "Invalid grant: account not found"}, "no such account"),
    ({"error": "unauthorized_client", "error_description": "Client is unauthorized"}, "Domain-wide delegation"),
    ({"error": "invalid_scope", "error_description": "Odd."}, "“Odd”"),
]


@pytest.mark.parametrize(("body", "words"), TOKEN_REFUSALS)
def test_every_refused_sign_in_has_a_sentence_of_its_own(
    body: dict[str, str], words: str, client: GoogleDestination, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("google", "status", match="token", status=400, body=body)
    report = client.check()
    assert isinstance(report.error, NeedsAttentionError)
    assert words in report.error.sentence


@pytest.mark.parametrize("kind", ["reset_before", "html", "bad_json", "reset_after"])
def test_a_sign_in_that_fails_on_the_way_leaves_nothing_unclear(
    kind: str, client: GoogleDestination, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("google", kind, match="token")
    with pytest.raises(RetryLaterError):
        client.create(parcel())
    assert counted(sandbox_control)["create"] == 0


def test_a_service_account_acts_for_a_person_who_may_see_more(google: GoogleSandbox) -> None:
    ines = GoogleDestination(Access("", "ines@fernhill.example", google.secret()))
    sent(ines, replace(parcel(), external_id=BOARD))
    assert len(google.files(BOARD)) == 1


def test_an_account_that_may_not_act_for_others_is_told_how(google: GoogleSandbox) -> None:
    report = GoogleDestination(Access("", "ines@fernhill.example", google.secret("outsider"))).check()
    assert report.error is not None
    assert "act as ines@fernhill.example" in report.error.sentence


def _key(**changes: Any) -> str:
    return json.dumps({"type": "service_account", "client_email": "a@b.example", "private_key": "-----BEGIN"} | changes)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not the key file"),
        ("not JSON", "not the key file"),
        ("[]", "not the key file"),
        (json.dumps({"web": {"client_id": "x"}}), "OAuth client"),
        (_key(type="authorized_user"), "not the key file"),
        (_key(client_email=None), "not the key file"),
        (_key(), "can’t be read"),
        (_key(private_key="-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n"), "can’t be read"),
    ],
)
def test_what_is_no_key_is_named(text: str, words: str) -> None:
    with pytest.raises(NeedsAttentionError) as refused:
        read_key_file(text)
    assert words in refused.value.sentence
    assert refused.value.kind is ErrorKind.BAD_CREDENTIALS


def test_the_token_address_in_a_key_file_is_ignored(google: GoogleSandbox) -> None:
    account = read_key_file(json.dumps(json.loads(google.key_file()) | {"token_uri": "https://evil.example/token"}))
    assert "evil" not in str(vars(account))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://drive.google.com/drive/folders/1AbC_d-e?usp=sharing", "1AbC_d-e"),
        ("https://drive.google.com/drive/u/0/folders/1AbC", "1AbC"),
        ("https://docs.google.com/presentation/d/1Deck/edit#slide=id.p", "1Deck"),
        ("https://drive.google.com/open?id=1AbC", "1AbC"),
        ("  1AbC ", "1AbC"),
    ],
)
def test_an_id_is_found_in_a_pasted_link(text: str, found: str) -> None:
    assert id_in(text) == found
