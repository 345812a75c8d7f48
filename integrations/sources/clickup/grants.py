"""The two kinds of credentials: a personal token as it is, or what a person's consent gave, stored as one JSON secret.

Source: https://developer.clickup.com/docs/authentication
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from luna.lib.redaction import Secret


@dataclass(frozen=True, repr=False)
class Grant:
    """An OAuth app, and the token that a person's consent gave it ("" before). They don't end by themselves."""

    client_id: str
    client_secret: str
    access_token: str = ""


def sealed_form(grant: Grant) -> Secret:
    """To be kept as a connection's secret."""
    return Secret(json.dumps(asdict(grant)))


def grant_of(secret: Secret) -> Grant | None:
    """What consent gave; None where the secret is a personal token, or none at all."""
    try:
        return Grant(**json.loads(secret.reveal()))
    except (ValueError, TypeError):
        return None


def authorization(secret: Secret) -> str:
    """The header's value: a personal token stands there by itself, a granted one behind "Bearer"."""
    grant = grant_of(secret)
    return secret.reveal() if grant is None else f"Bearer {grant.access_token}"
