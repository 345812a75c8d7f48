"""The way over Asana's consent page: where the browser goes, and what the code that it brings back is good for.

Source: https://developers.asana.com/docs/oauth
"""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import urlencode

from integrations.errors import ErrorKind, NeedsAttentionError, ProviderError
from integrations.sources.asana.grants import Grant, consented, grant_of, page_address, sealed_form
from luna.lib.http import guarded_session
from luna.lib.redaction import Secret

SERVICE = "Asana"
ASKS = (
    "Asana asks you next whether Luna may use it in your name. Luna sees what you see, and only reads, unless an "
    "admin of Luna allows comments; so sign in there as the person, or the account of its own, whose projects are to "
    "be read."
)
"""What is said before the browser goes there."""


def consent_url(pending: Secret, *, redirect_uri: str, state: str, verifier: str) -> str:
    """Asana's page for the pending app; `verifier` (RFC 7636) is shown to Asana only with the code."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "client_id": _grant(pending).client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": "default",
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{page_address('oauth_authorize')}?{urlencode(asked)}"


def exchange(pending: Secret, *, code: str, verifier: str, redirect_uri: str) -> Secret:
    """The secret to store, for a code that came back. Raises ProviderError."""
    with guarded_session() as session:
        grant = consented(session, _grant(pending), code=code, verifier=verifier, redirect_uri=redirect_uri)
    return sealed_form(grant)


def refused(word: str) -> ProviderError:
    """Why the consent page sent the browser back without a code."""
    if word == "access_denied":
        sentence = "Access was not allowed on Asana’s page, so nothing was connected. Begin again and choose Allow."
    else:
        sentence = "Asana’s page ended without an answer. Begin again."
    return NeedsAttentionError(sentence, kind=ErrorKind.CONSENT_REFUSED, detail=word[:40])


def _grant(pending: Secret) -> Grant:
    grant = grant_of(pending)
    if grant is None:
        raise NeedsAttentionError("Enter the client ID and secret again.", kind=ErrorKind.BAD_CREDENTIALS)
    return grant
