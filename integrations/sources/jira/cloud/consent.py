"""The way over Atlassian's consent page: where the browser goes, and what the code that it brings back is good for."""

from __future__ import annotations

from urllib.parse import urlencode

from integrations.errors import ErrorKind, NeedsAttentionError, ProviderError
from integrations.sources.jira.cloud.addresses import consent_address
from integrations.sources.jira.cloud.oauth import Grant, consented, grant_in
from luna.lib.redaction import Secret

SERVICE = "Atlassian"
ASKS = (
    "Atlassian asks you next whether Luna may read the Jira of your site in your name, and write to it where an admin "
    "of Luna allows links back: then Luna adds links, and changes nothing else. Sign in there as the account that is "
    "to read, and choose the site that you entered."
)
"""What is said before the browser goes there."""


def consent_url(pending: Secret, *, redirect_uri: str, state: str, verifier: str) -> str:
    """Atlassian's page for the pending app. It knows no PKCE: `verifier` stays unused.

    https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
    """
    del verifier
    grant = _grant(pending)
    asked = {
        "audience": "api.atlassian.com",
        "client_id": grant.client_id,
        "scope": grant.scope,
        "redirect_uri": redirect_uri,
        "state": state,
        "response_type": "code",
        "prompt": "consent",
    }
    return f"{consent_address()}?{urlencode(asked)}"


def exchange(pending: Secret, *, code: str, verifier: str, redirect_uri: str) -> Secret:
    """The secret to store, for a code that came back. Raises ProviderError."""
    del verifier
    return consented(_grant(pending), code=code, redirect_uri=redirect_uri).sealed_form


def may_write(stored: Secret) -> bool:
    """Whether a consent covers leaving links. What a token may do, only Jira knows."""
    grant = grant_in(stored)
    return grant is None or grant.may_write


def refused(word: str) -> ProviderError:
    """Why the consent page sent the browser back without a code."""
    if word == "access_denied":
        sentence = "Access was not allowed on Atlassian’s page, so nothing was connected. Begin again, and accept."
    else:
        sentence = "Atlassian’s page ended without an answer. Begin again."
    return NeedsAttentionError(sentence, kind=ErrorKind.CONSENT_REFUSED, detail=word[:40])


def _grant(pending: Secret) -> Grant:
    grant = grant_in(pending)
    if grant is None:
        raise NeedsAttentionError("Enter the client ID and secret again.", kind=ErrorKind.BAD_CREDENTIALS)
    return grant
