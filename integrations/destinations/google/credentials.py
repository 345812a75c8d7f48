"""The two kinds of credentials: a service account's key, and what a person consented to. Stored as one JSON secret."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from google.auth import crypt

from integrations.errors import ErrorKind, NeedsAttentionError
from luna.lib.redaction import Secret

FULL_SCOPES = (
    "https://www.googleapis.com/auth/drive",
    "https://www.googleapis.com/auth/documents",
    "https://www.googleapis.com/auth/presentations",
)
"""A service account sees only what is shared with it. To write into a folder that others made it needs all of Drive."""
FILE_SCOPE = "https://www.googleapis.com/auth/drive.file"
"""A person grants only the files that Luna makes itself: enough for Docs and Slides, and no scope that Google calls
sensitive (https://developers.google.com/workspace/drive/api/guides/api-specific-auth)."""

NOT_A_KEY = (
    "This is not the key file of a service account. In Google Cloud, under IAM, Service Accounts, Keys, make a JSON "
    "key, and paste the whole file."
)
A_CLIENT = (
    "This is the file of an OAuth client, not of a service account. Choose “A person’s account” and enter its client "
    "ID and secret, or paste the JSON key of a service account."
)
BAD_KEY = (
    "The private key in this file can’t be read: it was changed or cut when it was copied. Paste the whole file again, "
    "or make a new key."
)


@dataclass(frozen=True, repr=False)
class ServiceAccount:
    """A key, as which account, and on whose behalf ("" for its own)."""

    email: str
    key_id: str
    private_key: str

    @property
    def signer(self) -> crypt.RSASigner:
        """Signs what asks for a token. Raises NeedsAttentionError for a key that can't be read."""
        try:
            signer: crypt.RSASigner = crypt.RSASigner.from_string(self.private_key, self.key_id)  # type: ignore[no-untyped-call]
        except (ValueError, TypeError):
            raise _not_a_key(BAD_KEY) from None
        return signer


@dataclass(frozen=True, repr=False)
class PersonGrant:
    """An OAuth client, and the refresh token that a person's consent gave it ("" before)."""

    client_id: str
    client_secret: str
    refresh_token: str = ""


Credentials = ServiceAccount | PersonGrant


def sealed_form(credentials: Credentials) -> Secret:
    """The one text that is stored encrypted."""
    kind = "service_account" if isinstance(credentials, ServiceAccount) else "person"
    return Secret(json.dumps({"kind": kind} | asdict(credentials)))


def from_secret(secret: Secret) -> Credentials:
    """What `sealed_form` made. Raises NeedsAttentionError."""
    try:
        data = json.loads(secret.reveal())
        kind = data.pop("kind")
        return ServiceAccount(**data) if kind == "service_account" else PersonGrant(**data)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise NeedsAttentionError(
            "The stored credentials are none of Google’s. Enter them again under Settings, Integrations.",
            kind=ErrorKind.SIGN_IN_REFUSED,
        ) from None


def read_key_file(text: str) -> ServiceAccount:
    """The key in a pasted JSON file; its addresses are ignored. Raises NeedsAttentionError with what is wrong."""
    try:
        data: Any = json.loads(text)
    except ValueError:
        raise _not_a_key(NOT_A_KEY) from None
    if isinstance(data, dict) and ("web" in data or "installed" in data):
        raise _not_a_key(A_CLIENT)
    if not isinstance(data, dict) or data.get("type") != "service_account":
        raise _not_a_key(NOT_A_KEY)
    email, key_id, private_key = (data.get(name) for name in ("client_email", "private_key_id", "private_key"))
    if not isinstance(email, str) or not isinstance(private_key, str) or "@" not in email:
        raise _not_a_key(NOT_A_KEY)
    account = ServiceAccount(email.strip(), str(key_id or ""), private_key)
    _ = account.signer
    return account


def _not_a_key(sentence: str) -> NeedsAttentionError:
    return NeedsAttentionError(sentence, kind=ErrorKind.BAD_CREDENTIALS, detail="not usable")
