"""The two kinds of credentials: a personal access token as it is, or what a person's consent gave, as one JSON secret.

A refresh token stays good until the person takes it back, and is not replaced when it is used; an access token lasts
an hour, so each client asks for its own. Source: https://developers.asana.com/docs/oauth
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus

import requests
from django.conf import settings

from integrations.errors import ErrorKind, NeedsAttentionError
from integrations.sources.asana import refusals
from integrations.unreachable import vendor_unreachable
from luna.lib.redaction import Secret

_API = "/api/1.0"
_APP_UNKNOWN = {"invalid_client", "unauthorized_client"}
_ENDED = (
    "Asana no longer accepts the consent: it was taken back, or the person’s account was deactivated. Choose Edit or "
    "new token, and agree on Asana’s page once more."
)


@dataclass(frozen=True, repr=False)
class Grant:
    """An OAuth app, and the refresh token that a person's consent gave it ("" before)."""

    client_id: str
    client_secret: str
    refresh_token: str = ""


def sealed_form(grant: Grant) -> Secret:
    """To be kept as a connection's secret."""
    return Secret(json.dumps(asdict(grant)))


def grant_of(secret: Secret) -> Grant | None:
    """What consent gave; None where the secret is a personal access token, or none at all."""
    try:
        return Grant(**json.loads(secret.reveal()))
    except (ValueError, TypeError):
        return None


def page_address(name: str) -> str:
    """`oauth_authorize`, for a person's browser, or `oauth_token`; beside a stand-in for the API, that one's."""
    return f"{settings.ASANA_URL.rstrip('/').removesuffix(_API)}/-/{name}"


def access_token(session: requests.Session, grant: Grant) -> str:
    """Good for an hour. Raises ProviderError."""
    return _asked(session, grant, {"grant_type": "refresh_token", "refresh_token": grant.refresh_token})["access_token"]


def consented(session: requests.Session, grant: Grant, *, code: str, verifier: str, redirect_uri: str) -> Grant:
    """The grant with what the consent page's code is good for, once. Raises ProviderError."""
    asked = {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": redirect_uri}
    token = _asked(session, grant, asked).get("refresh_token", "")
    if not token:
        raise NeedsAttentionError("Asana gave no lasting access. Begin again.", kind=ErrorKind.CONSENT_REFUSED)
    return replace(grant, refresh_token=token)


def _asked(session: requests.Session, grant: Grant, asked: dict[str, str]) -> dict[str, str]:
    """The texts of the answer, with `access_token` among them."""
    client = {"client_id": grant.client_id, "client_secret": grant.client_secret}
    try:
        answer = session.post(page_address("oauth_token"), data=asked | client)
        data = answer.json()
    except requests.exceptions.JSONDecodeError:
        data = None
    except requests.RequestException as error:
        raise vendor_unreachable(error, "Asana") from None
    status = answer.status_code
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise refusals.named(status, data, answer.headers)
    if not isinstance(data, dict):
        raise refusals.not_json()
    texts = {name: value for name, value in data.items() if isinstance(value, str)}
    if status == HTTPStatus.OK and texts.get("access_token"):
        return texts
    word = texts.get("error", "")
    sentence = _ENDED
    if word in _APP_UNKNOWN:
        sentence = (
            "Asana does not know this client ID with this secret. Copy both again from the app’s page in Asana’s "
            "developer console."
        )
    raise NeedsAttentionError(sentence, kind=ErrorKind.SIGN_IN_REFUSED, detail=f"{status} {word}"[:60])
