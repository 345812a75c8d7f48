"""The way over ClickUp's consent page: where the browser goes, and what the code that it brings back is good for.

Source: https://developer.clickup.com/docs/authentication. ClickUp knows neither scopes nor RFC 7636; the code is good
once, and only with the app's secret.
"""

from __future__ import annotations

from contextlib import closing
from urllib.parse import urlencode

from django.conf import settings

from integrations.account import Access
from integrations.errors import ErrorKind, NeedsAttentionError, ProviderError
from integrations.sources.clickup.client import ClickUpClient
from integrations.sources.clickup.grants import Grant, grant_of, sealed_form
from luna.lib.redaction import Secret

SERVICE = "ClickUp"
ASKS = (
    "ClickUp asks you next which workspaces Luna may use. In them Luna sees what you see, and only reads, "
    "unless an admin of Luna allows comments; so sign in there as the person, or the account of its own, whose lists "
    "are to be read."
)
"""What is said before the browser goes there."""
API, PATH = "https://api.clickup.com/api/v2", "/api/v2"
CONSENT = "https://app.clickup.com/api"


def consent_url(pending: Secret, *, redirect_uri: str, state: str, verifier: str) -> str:  # noqa: ARG001  see above
    """ClickUp's page for the pending app; beside a stand-in for the API, that one's."""
    page = CONSENT if settings.CLICKUP_URL == API else f"{settings.CLICKUP_URL.removesuffix(PATH)}/api"
    asked = {"client_id": _grant(pending).client_id, "redirect_uri": redirect_uri, "state": state}
    return f"{page}?{urlencode(asked)}"


def exchange(pending: Secret, *, code: str, verifier: str, redirect_uri: str) -> Secret:  # noqa: ARG001  see above
    """The secret to store, for a code that came back. Raises ProviderError."""
    grant = _grant(pending)
    with closing(ClickUpClient(Access("", "", Secret("")))) as client:
        token = client.token(grant.client_id, grant.client_secret, code)
    return sealed_form(Grant(grant.client_id, grant.client_secret, token))


def refused(word: str) -> ProviderError:
    """Why the consent page sent the browser back without a code."""
    if word == "access_denied":
        sentence = (
            "Access was not allowed on ClickUp’s page, so nothing was connected. Begin again and choose a workspace."
        )
    else:
        sentence = "ClickUp’s page ended without an answer. Begin again."
    return NeedsAttentionError(sentence, kind=ErrorKind.CONSENT_REFUSED, detail=word[:40])


def _grant(pending: Secret) -> Grant:
    grant = grant_of(pending)
    if grant is None:
        raise NeedsAttentionError("Enter the client ID and secret again.", kind=ErrorKind.BAD_CREDENTIALS)
    return grant
