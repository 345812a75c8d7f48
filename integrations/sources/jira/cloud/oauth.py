"""OAuth 2.0 (3LO): an app's grant for a site, kept as one secret, and access tokens out of refresh tokens that rotate.

A refresh token is good once: whoever uses it gets the next one with the answer. So one worker refreshes, under the
lock of the stored secret, and the others take what it stored (docs/decisions/0012-rotating-tokens.md).
Source: https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from http import HTTPStatus
from typing import Any

import requests
from requests.auth import AuthBase

from integrations.account import Access
from integrations.errors import ErrorKind, NeedsAttentionError, RetryLaterError, quoted
from integrations.sources.jira.cloud.addresses import sites_address, token_address
from integrations.sources.jira.refusals import retry_time, unreachable
from luna import clock
from luna.lib.http import Limits, guarded_session
from luna.lib.redaction import Secret

SCOPES = "read:jira-work read:jira-user manage:jira-webhook offline_access"
WRITE = "write:jira-work"
"""Asked for, too, where an admin allows links back:
https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-remote-links/"""
MARGIN_SECONDS = 60
"""An access token is renewed this long before its end, so that a call that begins with it can finish."""
_SHORT = Limits(connect_seconds=3, read_seconds=5, total_seconds=8, body_bytes=100_000)
"""A refresh is done under a lock."""


@dataclass(frozen=True, repr=False)
class Grant:
    """An OAuth app, the site's id, and what a person's consent gave it ("" before). `expires_at` in epoch seconds.

    `scope` is what the consent covers, and before it what it is asked for.
    """

    client_id: str
    client_secret: str
    cloud_id: str
    refresh_token: str = ""
    access_token: str = ""
    expires_at: float = 0.0
    scope: str = SCOPES

    @property
    def may_write(self) -> bool:
        """Whether the consent covers writing."""
        return WRITE in self.scope.split()

    @property
    def is_fresh(self) -> bool:
        """Whether the access token can be used for another call."""
        return bool(self.access_token) and clock.now().timestamp() < self.expires_at - MARGIN_SECONDS

    @property
    def sealed_form(self) -> Secret:
        """The one text that is stored encrypted."""
        return Secret(json.dumps(asdict(self)))


def grant_in(secret: Secret) -> Grant | None:
    """What `sealed_form` made; None where the secret is a token."""
    try:
        return Grant(**json.loads(secret.reveal()))
    except (ValueError, TypeError):
        return None


class FreshToken(AuthBase):
    """Signs each call with an access token that is still good."""

    def __init__(self, access: Access, grant: Grant) -> None:
        self._access = access
        self._grant = grant

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Raises ProviderError where no token is to be had."""
        if not self._grant.is_fresh:
            if self._access.renewed is None:
                # Without a place to keep the next refresh token, the one that is there must not be used up.
                raise NeedsAttentionError(_ENDED, kind=ErrorKind.SIGN_IN_REFUSED, detail="not stored")
            self._grant = grant_in(self._access.renewed(_renewal)) or self._grant
        request.headers["Authorization"] = f"Bearer {self._grant.access_token}"
        return request


def _renewal(stored: Secret) -> Secret:
    """The stored grant with new tokens; as it is where another worker has just renewed it. Raises ProviderError."""
    grant = grant_in(stored)
    if grant is None or not grant.refresh_token:
        raise NeedsAttentionError(_ENDED, kind=ErrorKind.SIGN_IN_REFUSED, detail="no refresh token")
    if grant.is_fresh:
        return stored
    return _with_tokens(grant, {"grant_type": "refresh_token", "refresh_token": grant.refresh_token}).sealed_form


def consented(grant: Grant, *, code: str, redirect_uri: str) -> Grant:
    """The grant with what the consent page's code is good for, once. Raises ProviderError."""
    given = _with_tokens(grant, {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri})
    sites = _sites(given.access_token)
    if grant.cloud_id not in sites:
        others = ", ".join(sorted(url for url in sites.values() if url)) or "no site at all"
        raise NeedsAttentionError(
            f"Access was allowed to {quoted(others)}, not to the site that you entered. Begin again, and choose that "
            "site on Atlassian’s page.",
            kind=ErrorKind.CONSENT_REFUSED,
        )
    return given


_ENDED = (
    "Atlassian no longer accepts the consent: it was withdrawn, or not used for 90 days. Choose Edit or new token, and "
    "agree on Atlassian’s page once more."
)


def _with_tokens(grant: Grant, asked: dict[str, str]) -> Grant:
    client = {"client_id": grant.client_id, "client_secret": grant.client_secret}
    data = _call("POST", token_address(), json=asked | client)
    access_token, refresh_token = data.get("access_token"), data.get("refresh_token")
    if not isinstance(access_token, str) or not isinstance(refresh_token, str) or not access_token or not refresh_token:
        raise NeedsAttentionError(
            "Atlassian gave no lasting access. Give the app the scopes read:jira-work, read:jira-user and "
            "manage:jira-webhook of the Jira API in Atlassian’s developer console, then begin again.",
            kind=ErrorKind.MISSING_SCOPE,
        )
    seconds = data.get("expires_in")
    lasts = seconds if isinstance(seconds, int) and 0 < seconds < 10**6 else 3600
    expires_at = clock.now().timestamp() + lasts
    # https://www.rfc-editor.org/rfc/rfc6749#section-5.1: told where it is another one than was asked for.
    scope = str(data.get("scope") or grant.scope)
    return replace(grant, refresh_token=refresh_token, access_token=access_token, expires_at=expires_at, scope=scope)


def _sites(access_token: str) -> dict[str, str]:
    """The sites that the consent reaches: address by id."""
    found = _call("GET", sites_address(), headers={"Authorization": f"Bearer {access_token}"})
    return {str(one.get("id")): str(one.get("url") or "") for one in found.get("sites", []) if isinstance(one, dict)}


def _call(method: str, url: str, **asked: Any) -> dict[str, Any]:
    """The answer's object; a list as `sites`. Raises ProviderError."""
    with guarded_session(_SHORT) as session:
        try:
            answer = session.request(method, url, **asked)
            data = answer.json()
        except requests.exceptions.JSONDecodeError:
            data = {}
        except requests.RequestException as error:
            raise unreachable(error) from None
    status = answer.status_code
    if status == HTTPStatus.OK:
        return data if isinstance(data, dict) else {"sites": data}
    detail = f"{status} {data.get('error', '')}"[:60] if isinstance(data, dict) else str(status)
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise RetryLaterError(
            "Atlassian’s sign-in does not answer as it should. Nothing is to do; Luna tries again.",
            until=retry_time(answer.headers),
            detail=detail,
        )
    if isinstance(data, dict) and data.get("error") in {"access_denied", "invalid_client", "unauthorized_client"}:
        raise NeedsAttentionError(
            "Atlassian does not know this client ID with this secret. Copy both again from the app’s settings in "
            "Atlassian’s developer console.",
            kind=ErrorKind.SIGN_IN_REFUSED,
            detail=detail,
        )
    raise NeedsAttentionError(_ENDED, kind=ErrorKind.SIGN_IN_REFUSED, detail=detail)
