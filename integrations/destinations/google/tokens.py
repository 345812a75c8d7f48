"""Access tokens: a service account's signed request, a person's refresh token, and the code that consent gives.

Made without google-auth's own transport, which repeats a failed request and reads the machine's clock.
Source: https://developers.google.com/identity/protocols/oauth2/service-account and …/web-server
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from google.auth import jwt

from integrations.destinations.google.addresses import token_address
from integrations.destinations.google.credentials import (
    FULL_SCOPES,
    Credentials,
    PersonGrant,
    ServiceAccount,
)
from integrations.destinations.google.refusals import token_refused
from integrations.errors import NeedsAttentionError
from luna import clock

Poster = Callable[[str, dict[str, str]], tuple[int, dict[str, Any]]]
"""Sends a form to an address; the answer's status and JSON object. Raises ProviderError."""
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
JWT_SECONDS = 3600


def access_token(post: Poster, credentials: Credentials, subject: str) -> str:
    """A new access token; `subject` is the person for whom a service account acts ("" for itself).

    Raises ProviderError with what is wrong and what to do.
    """
    if isinstance(credentials, ServiceAccount):
        asked = {
            "grant_type": JWT_GRANT,
            "assertion": _signed(credentials, subject),
        }
    else:
        asked = {
            "grant_type": "refresh_token",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
            "refresh_token": credentials.refresh_token,
        }
    return str(_ask(post, asked, credentials, subject).get("access_token") or "")


def consented(post: Poster, grant: PersonGrant, *, code: str, verifier: str, redirect_uri: str) -> PersonGrant:
    """The grant with the refresh token that the consent page's code is good for, once. Raises ProviderError."""
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": grant.client_id,
        "client_secret": grant.client_secret,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    token = _ask(post, asked, grant, "").get("refresh_token")
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


def _ask(post: Poster, asked: dict[str, str], credentials: Credentials, subject: str) -> dict[str, Any]:
    status, data = post(token_address(), asked)
    if status == HTTPStatus.OK and data.get("access_token"):
        return data
    raise token_refused(
        status,
        code=str(data.get("error") or ""),
        words=str(data.get("error_description") or ""),
        is_person=isinstance(credentials, PersonGrant),
        is_consent=isinstance(credentials, PersonGrant) and not credentials.refresh_token,
        subject=subject,
    )
