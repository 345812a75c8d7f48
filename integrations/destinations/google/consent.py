"""The way over Google's consent page: where the browser goes, and what the code that it brings back is good for.

Source: https://developers.google.com/identity/protocols/oauth2/web-server
"""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import urlencode

from integrations.destinations.google.addresses import consent_address
from integrations.destinations.google.client import poster
from integrations.destinations.google.credentials import FILE_SCOPE, PersonGrant, from_secret, sealed_form
from integrations.destinations.google.tokens import consented
from integrations.errors import ErrorKind, NeedsAttentionError, ProviderError
from luna.lib.http import guarded_session
from luna.lib.redaction import Secret

SERVICE = "Google"
ASKS = (
    "Google asks you next whether Luna may make files in your name. Luna sees the files that it makes, and no others. "
    "Sign in there as the person in whose name reports are to be written."
)
"""What is said before the browser goes there."""


def consent_url(pending: Secret, *, redirect_uri: str, state: str, verifier: str) -> str:
    """Google's page for the pending client; `verifier` (RFC 7636) is shown to Google only with the code."""
    grant = _grant(pending)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = {
        "client_id": grant.client_id,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": FILE_SCOPE,
        "access_type": "offline",
        # Without it Google gives a lasting token only the first time.
        "prompt": "consent",
        "state": state,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    return f"{consent_address()}?{urlencode(asked)}"


def exchange(pending: Secret, *, code: str, verifier: str, redirect_uri: str) -> Secret:
    """The secret to store, for a code that came back. Raises ProviderError."""
    grant = _grant(pending)
    with guarded_session() as session:
        return sealed_form(consented(poster(session), grant, code=code, verifier=verifier, redirect_uri=redirect_uri))


def refused(word: str) -> ProviderError:
    """Why the consent page sent the browser back without a code."""
    if word == "access_denied":
        sentence = (
            "Access was not allowed on Google’s page, so nothing was connected. Begin again and choose Allow; if your "
            "organisation blocks the app, ask its Google admin to trust it."
        )
    else:
        sentence = "Google’s page ended without an answer. Begin again."
    return NeedsAttentionError(sentence, kind=ErrorKind.CONSENT_REFUSED, detail=word[:40])


def _grant(pending: Secret) -> PersonGrant:
    grant = from_secret(pending)
    if not isinstance(grant, PersonGrant):
        raise NeedsAttentionError("Enter the client ID and secret again.", kind=ErrorKind.BAD_CREDENTIALS)
    return grant
