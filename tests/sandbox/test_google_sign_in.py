"""Sign-in to the Google face: service accounts, delegation, the consent page, refresh, and what is refused."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt
from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request

from sandbox.control import SandboxControl
from tests.sandbox.google_clients import (
    CLIENT,
    LAUNCHES,
    REDIRECT,
    SCOPE,
    Google,
    consent,
    google,
    key_file,
    person_credentials,
    refusal,
    service_credentials,
    tokens_for,
)  # fmt: skip

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def exchange(url: str, signer: Any = None, **changes: Any) -> requests.Response:
    """A service account's assertion, with some claims otherwise."""
    info = key_file(url)
    now = int(time.time())
    claims = {"iss": info["client_email"], "aud": info["token_uri"], "iat": now, "exp": now + 3600}
    claims |= {"scope": SCOPE + "drive", **changes}
    signer = signer or crypt.RSASigner.from_service_account_info(info)  # type: ignore[no-untyped-call]
    assertion = jwt.encode(signer, claims)  # type: ignore[no-untyped-call]
    form = {"grant_type": JWT_BEARER, "assertion": assertion.decode()}
    return requests.post(f"{url}/google/token", data=form, timeout=5)


def word(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def about(service: Google) -> Any:
    return service.drive.about().get(fields="user(emailAddress)").execute()["user"]["emailAddress"]


@pytest.mark.parametrize("subject", [None, "ines@fernhill.example"])
def test_a_service_account_signs_in_as_itself_or_as_a_person(sandbox_url: str, subject: str | None) -> None:
    service = google(sandbox_url, service_credentials(sandbox_url, subject=subject))
    assert about(service) == (subject or key_file(sandbox_url)["client_email"])
    service.close()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"aud": "https://evil.example/token"}, (400, "invalid_grant")),
        ({"aud": "https://oauth2.googleapis.com/token"}, None),
        ({"iat": 1_000_000_000, "exp": 1_000_003_600}, (400, "invalid_grant")),
        ({"exp": 9_999_999_999}, (400, "invalid_grant")),
        ({"exp": "soon"}, (400, "invalid_grant")),
        ({"iss": "nobody@fernhill-launches.iam.gserviceaccount.com"}, (400, "invalid_grant")),
        ({"iss": "deleted@fernhill-launches.iam.gserviceaccount.com"}, (400, "invalid_grant")),
        ({"scope": ""}, (400, "invalid_scope")),
        ({"scope": SCOPE + "gmail.send"}, (400, "invalid_scope")),
        ({"sub": "nobody@fernhill.example"}, (400, "invalid_grant")),
        ({"sub": "tomas@fernhill.example"}, (400, "invalid_grant")),  # he left
        ({"iss": "outsider@fernhill-launches.iam.gserviceaccount.com", "sub": "ines@fernhill.example"},
         (401, "unauthorized_client")),
    ],
)  # fmt: skip
def test_every_claim_is_looked_at(sandbox_url: str, changes: dict[str, Any], expected: tuple[int, str] | None) -> None:
    answer = exchange(sandbox_url, **changes)
    if expected is None:
        assert answer.json()["token_type"] == "Bearer"
    else:
        assert word(answer) == expected


def test_another_key_opens_nothing(sandbox_url: str) -> None:
    other = crypt.RSASigner(rsa.generate_private_key(public_exponent=65537, key_size=2048))  # type: ignore[no-untyped-call]
    answer = exchange(sandbox_url, signer=other)
    assert word(answer) == (400, "invalid_grant")
    assert answer.json()["error_description"] == "Invalid JWT Signature."
    unsigned = f"{base64.urlsafe_b64encode(json.dumps({'alg': 'none'}).encode()).decode()}.e30."
    for assertion in (unsigned, "nonsense", ""):
        form = {"grant_type": JWT_BEARER, "assertion": assertion}
        assert word(requests.post(f"{sandbox_url}/google/token", data=form, timeout=5)) == (400, "invalid_grant")


def test_a_saved_key_file_outlives_a_reset(sandbox_url: str, control: SandboxControl) -> None:
    saved = key_file(sandbox_url)
    control.reset()
    assert key_file(sandbox_url) == saved


def test_an_access_token_ends_after_an_hour_of_the_sandboxes_clock(sandbox_url: str, control: SandboxControl) -> None:
    signed_in = service_credentials(sandbox_url)
    signed_in.refresh(Request())

    def status(token: str) -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.get(f"{sandbox_url}/google/drive/v3/files", headers=headers, timeout=5).status_code

    assert status(signed_in.token) == 200
    control.move_clock(days=1 / 24 + 0.001)
    assert status(signed_in.token) == 401
    service = google(sandbox_url, signed_in)
    assert about(service)  # the client takes the 401 as a reason to sign in again
    service.close()


def test_a_person_allows_and_luna_writes_in_their_name(sandbox_url: str, control: SandboxControl) -> None:
    signed_in = person_credentials(sandbox_url, "drive.file", folder=LAUNCHES)
    service = google(sandbox_url, signed_in)
    assert about(service) == "ines@fernhill.example"
    assert service.create(parents=(LAUNCHES,))
    requests.post(f"{sandbox_url}/_sandbox/google/revoke", json={"email": "ines@fernhill.example"}, timeout=5)
    signed_in.token = None
    with pytest.raises(RefreshError) as caught:
        about(service)
    assert caught.value.args[1]["error"] == "invalid_grant"
    service.close()


def test_only_files_that_the_app_made_or_was_handed_are_there_for_it(sandbox_url: str, control: SandboxControl) -> None:
    service = google(sandbox_url, person_credentials(sandbox_url, "drive.file"))
    folder = service.drive.files().get(fileId=LAUNCHES, supportsAllDrives=True)
    assert refusal(folder)["reasons"] == ["notFound"]
    template = service.slides.presentations().get(presentationId="deck-fernhill-template")
    assert refusal(template)["code"] == 404
    mine = service.create(parents=())
    assert service.document(mine)["title"] == "Week 47"
    service.close()


def test_consent_denied_comes_back_as_an_error(sandbox_url: str) -> None:
    assert consent(sandbox_url, "drive.file", decision="deny") == {"error": "access_denied", "state": "s1"}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 200),
        ({"client_id": "other"}, 401),
        ({"redirect_uri": "https://evil.example/back"}, 400),
        ({"redirect_uri": "http://evil.example/back"}, 400),
        ({"redirect_uri": ""}, 400),
        ({"response_type": "token"}, 400),
        ({"scope": SCOPE + "gmail.send"}, 400),
        ({"scope": ""}, 400),
    ],
)
def test_the_consent_page_asks_only_what_it_may(sandbox_url: str, changes: dict[str, str], status: int) -> None:
    asked = {"client_id": CLIENT["client_id"], "redirect_uri": REDIRECT, "response_type": "code", "state": "s"}
    asked |= {"scope": SCOPE + "drive.file", **changes}
    page = f"{sandbox_url}/google/o/oauth2/v2/auth?{urlencode(asked)}"
    answer = requests.get(page, timeout=5)
    assert answer.status_code == status
    pressed = requests.post(page, data={"decision": "deny"}, allow_redirects=False, timeout=5)
    assert pressed.status_code == (303 if status == 200 else status)
    if status == 200:
        assert "only the specific Google Drive files you use with this app" in answer.text
        assert "form-action 'self' http://127.0.0.1:*" in answer.headers["Content-Security-Policy"]


def test_a_code_is_good_once_for_its_address_and_its_verifier(sandbox_url: str, control: SandboxControl) -> None:
    verifier = "v" * 50
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {"code_challenge": challenge, "code_challenge_method": "S256"}
    code = consent(sandbox_url, "drive.file", **asked)["code"]
    assert word(tokens_for(sandbox_url, code)) == (400, "invalid_grant")
    assert word(tokens_for(sandbox_url, code, redirect_uri="http://127.0.0.1:1/")) == (400, "redirect_uri_mismatch")
    assert word(tokens_for(sandbox_url, code, client_secret="guess")) == (401, "invalid_client")
    assert word(tokens_for(sandbox_url, code, client_id="guess")) == (401, "invalid_client")
    answer = tokens_for(sandbox_url, code, code_verifier=verifier).json()
    assert answer["scope"] == SCOPE + "drive.file"
    assert {"access_token", "refresh_token", "expires_in"} <= answer.keys()
    assert word(tokens_for(sandbox_url, code, code_verifier=verifier)) == (400, "invalid_grant")
    late = consent(sandbox_url, "drive.file")["code"]
    control.move_clock(days=1)
    assert word(tokens_for(sandbox_url, late)) == (400, "invalid_grant")


def test_other_ways_to_sign_in_there_are_not(sandbox_url: str) -> None:
    form = {"grant_type": "password", **CLIENT}
    answer = requests.post(f"{sandbox_url}/google/token", data=form, timeout=5)
    assert word(answer) == (400, "unsupported_grant_type")
    for header in ({}, {"Authorization": "Bearer guess"}):
        answer = requests.get(f"{sandbox_url}/google/drive/v3/files", headers=header, timeout=5)
        assert (answer.status_code, answer.json()["error"]["status"]) == (401, "UNAUTHENTICATED")
