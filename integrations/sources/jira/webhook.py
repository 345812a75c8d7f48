"""Jira's calls, verified and read (pure): https://developer.atlassian.com/cloud/jira/platform/webhooks/"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from integrations.errors import RefusedError
from integrations.sources.webhooks import Delivery, as_object, digest, ids_among, is_signed_with, part_of
from luna import clock
from luna.lib.text import clean_line

CREATED = "jira:issue_created"
DELETED = "jira:issue_deleted"
WATCHED = "offered projects"
"""The one scope that Luna asks a Jira for: the issues of the projects that the connection offers."""
_LONGEST_KEY = 64
_LONGEST_TOKEN = 4096
_SCHEME = "sha256="
_OF_AN_APP = "app:"
_LEEWAY_SECONDS = 60


def app_secret(client_secret: str) -> str:
    """The secret of a webhook that an OAuth app registered: its calls bring a token instead of a signature."""
    return f"{_OF_AN_APP}{client_secret}"


def is_signed(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Whether Jira Cloud sent it, by what proves a call of its kind of webhook.

    One that an admin entered with a secret: `X-Hub-Signature: sha256=…` over the body. One that an app registered:
    `Authorization: Bearer` with a JSON Web Token (HS256) under the app's client secret, which says nothing of the body.
    """
    if secret.startswith(_OF_AN_APP):
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and _is_token_of(secret.removeprefix(_OF_AN_APP), token.strip())
    said = headers.get("X-Hub-Signature", "")
    return said.startswith(_SCHEME) and is_signed_with(secret, body, said.removeprefix(_SCHEME))


def _is_token_of(client_secret: str, token: str) -> bool:
    """Whether it is a token that still holds, signed by HS256 and by no other way that the token itself may name.

    https://datatracker.ietf.org/doc/html/rfc7519#section-7.2, https://datatracker.ietf.org/doc/html/rfc8725#section-3.1
    """
    parts = token.split(".")
    if len(parts) != 3 or len(token) > _LONGEST_TOKEN:
        return False
    try:
        header, claims, signature = (_decoded(part) for part in parts)
    except ValueError:
        return False
    if as_object(header).get("alg") != "HS256":
        return False
    if not is_signed_with(client_secret, f"{parts[0]}.{parts[1]}".encode(), signature.hex()):
        return False
    ends = as_object(claims).get("exp")
    is_number = isinstance(ends, int | float) and not isinstance(ends, bool)
    return ends is None or (is_number and clock.now().timestamp() < ends + _LEEWAY_SECONDS)


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def filter_of(offered: Sequence[Mapping[str, str]]) -> str:
    """The JQL by which a Jira calls for the offered projects alone; by their ids, which outlive a new key.

    Of JQL a webhook knows `project in (…)`: https://developer.atlassian.com/cloud/jira/platform/webhooks/
    """
    ids = sorted({str(one.get("id", "")) for one in offered if str(one.get("id", "")).isdecimal()}, key=int)
    if not ids:
        raise RefusedError("This connection offers no projects to be called for. Choose some, then look again.")
    return f"project in ({', '.join(ids)})"


def read(body: bytes, headers: Mapping[str, str]) -> Delivery:
    """The issues that it is about: one, or the two ends of a link."""
    data = as_object(body)
    event = clean_line(str(data.get("webhookEvent", "")), limit=60)
    link = part_of(data, "issueLink")
    named = (
        part_of(data, "issue").get("id"),
        part_of(data, "worklog").get("issueId"),
        link.get("sourceIssueId"),
        link.get("destinationIssueId"),
    )
    ids = tuple(one for one in ids_among(named) if one.isdecimal())
    return Delivery(
        key=_key(body, headers),
        task_ids=ids,
        new_ids=ids if event == CREATED else (),
        gone_ids=ids if event == DELETED else (),
        kinds=(event,) if event else (),
    )


def _key(body: bytes, headers: Mapping[str, str]) -> str:
    """`X-Atlassian-Webhook-Identifier` stays the same over retries; older Data Centers send none."""
    said = headers.get("X-Atlassian-Webhook-Identifier", "")
    return said if 0 < len(said) <= _LONGEST_KEY else digest(body)
