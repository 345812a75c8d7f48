"""Access tokens: a service account's signed request, a person's refresh token, and the code that consent gives.

Made without google-auth's own transport, which repeats a failed request and reads the machine's clock.
Source: https://developers.google.com/identity/protocols/oauth2/service-account and …/web-server
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import requests
from google.auth import jwt

from integrations.destinations.google.addresses import token_address
from integrations.destinations.google.credentials import (
    FULL_SCOPES,
    Credentials,
    PersonGrant,
    ServiceAccount,
)
from integrations.destinations.google.refusals import by_transport, token_refused
from integrations.errors import NeedsAttentionError, ProviderError
from luna import clock

JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
JWT_SECONDS = 3600


def access_token(session: requests.Session, credentials: Credentials, subject: str) -> str:
    """A new access token; `subject` is the person for whom a service account acts ("" for itself).

    Raises ProviderError with what is wrong and what to do.
    """
    if isinstance(credentials, ServiceAccount):
        asked = {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": _signed(credentials, subject),
        }
    else:
        asked = {
            "grant_type": "refresh_token",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "refresh_token": credentials.refresh_token,
        }
    return str(_ask(session, asked, credentials, subject).get("access_token") or "")


def consented(
    session: requests.Session, grant: PersonGrant, *, code: str, verifier: str, redirect_uri: str
) -> PersonGrant:
    """The grant with the refresh token that the consent page's code is good for, once. Raises ProviderError."""
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": grant.client_id,
        "client_secret": grant.client_secret,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    token = _ask(session, asked, grant, "").get("refresh_token")
    if not isinstance(token, str) or not token:
        raise NeedsAttentionError(
            "Google gave no lasting access. Remove Luna under myaccount.google.com, Third-party access, then connect "
            "again and allow it on Google’s page."
        )
    return PersonGrant(grant.client_id, grant.client_secret, token)


def _signed(account: ServiceAccount, subject: str) -> str:
    now = int(clock.now().timestamp())
    claims = {
        "iss": account.email,
        "scope": " ".join(FULL_SCOPES),
        "aud": token_address(),
        "iat": now,
        "exp": now + JWT_SECONDS,
    }
    if subject:
        claims["sub"] = subject
    signed: bytes = jwt.encode(account.signer, claims)  # type: ignore[no-untyped-call]
    return signed.decode()


def _ask(session: requests.Session, asked: dict[str, str], credentials: Credentials, subject: str) -> dict[str, Any]:
    """Asking twice costs nothing: whatever goes wrong on the way may be tried again."""
    try:
        answer = session.post(token_address(), data=asked)
        data = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise by_transport(error) from None
    if answer.status_code != HTTPStatus.OK or not isinstance(data, dict) or not data.get("access_token"):
        raise _refused(answer, data if isinstance(data, dict) else {}, credentials, subject)
    return data


def _refused(answer: requests.Response, data: dict[str, Any], credentials: Credentials, subject: str) -> ProviderError:
    return token_refused(
        answer.status_code,
        code=str(data.get("error") or ""),
        words=str(data.get("error_description") or ""),
        is_person=isinstance(credentials, PersonGrant),
        is_consent=isinstance(credentials, PersonGrant) and not credentials.refresh_token,
        subject=subject,
    )
