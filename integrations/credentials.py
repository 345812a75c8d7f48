"""A connection's secret: sealed for its row and the origin of its address, opened for a call."""

from __future__ import annotations

from urllib.parse import urlsplit

from integrations.account import Access
from integrations.errors import ErrorKind, NeedsAttentionError
from integrations.models import Connection
from luna.lib import crypto
from luna.lib.redaction import Secret

HINT_LENGTH = 4


def origin_of(url: str) -> str:
    """Scheme, host and port in lower case: what a secret is meant for."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return f"{parts.scheme.lower()}://{(parts.hostname or '').lower()}:{port}"


def bound_to(pk: int, base_url: str) -> str:
    """What the ciphertext belongs to: moved to another row or address it can't be opened."""
    return f"connection:{pk}:{origin_of(base_url)}"


def seal(secret: Secret, *, pk: int, base_url: str) -> str:
    """The ciphertext for that row and address."""
    return crypto.encrypt(secret.reveal(), bound_to=bound_to(pk, base_url))


def hint_of(secret: Secret) -> str:
    """The last characters of a secret long enough to keep the rest to itself; none of one that has several parts."""
    plain = secret.reveal()
    return plain[-HINT_LENGTH:] if len(plain) >= 4 * HINT_LENGTH and not plain.startswith("{") else ""


def access_of(connection: Connection) -> Access:
    """What a client needs. Raises NeedsAttentionError when there is no secret, or it can't be opened."""
    if not connection.credentials:
        raise NeedsAttentionError(
            f"{connection.name} has no credentials. Enter them again under Settings, Integrations.",
            kind=ErrorKind.SIGN_IN_REFUSED,
        )
    try:
        plain = crypto.decrypt(connection.credentials, bound_to=bound_to(connection.pk, connection.base_url))
    except crypto.UnreadableSecretError as error:
        raise NeedsAttentionError(
            f"The stored credentials of {connection.name} can't be opened: {error}. Enter them again, or give "
            "LUNA_ENCRYPTION_KEYS the key that they were stored with.",
            kind=ErrorKind.SIGN_IN_REFUSED,
        ) from None
    return Access(connection.base_url, connection.account, Secret(plain), connection.options)
