"""A connection's secret: sealed for its row and the origin of its address, opened for a call."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from django.db import transaction

from integrations.account import Access, Renewal
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


def site_of(url: str) -> str:
    """What ids are good for: the origin with the path. One host may hold two sites, at /one and /two."""
    return f"{origin_of(url)}{urlsplit(url).path.rstrip('/')}"


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
    renewed = partial(_renewed, connection.pk, connection.base_url)
    return Access(
        connection.base_url,
        connection.account,
        Secret(plain),
        connection.options,
        may_write=connection.may_link_back,
        renewed=renewed,
    )


def _renewed(pk: int, base_url: str, renewal: Renewal) -> Secret:
    """Renew a stored secret alone among all workers; stored when this returns.

    The row's lock (SQLite: the database's) is held during one short call, and what is stored is read again behind it:
    whoever waited finds the work done. Raises NeedsAttentionError, and what `renewal` raises.
    """
    with transaction.atomic(durable=True):
        row = Connection.objects.select_for_update(no_key=True).filter(pk=pk, base_url=base_url).first()
        if row is None:
            raise NeedsAttentionError("This connection is another one by now.", kind=ErrorKind.SIGN_IN_REFUSED)
        stored = access_of(row).secret
        renewed = renewal(stored)
        if renewed.reveal() != stored.reveal():
            Connection.objects.filter(pk=pk).update(credentials=seal(renewed, pk=pk, base_url=base_url))
    return renewed
