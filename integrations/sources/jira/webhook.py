"""Jira's calls, verified and read (pure): https://developer.atlassian.com/cloud/jira/platform/webhooks/"""

from __future__ import annotations

from collections.abc import Mapping

from integrations.sources.webhooks import Delivery, as_object, digest, ids_among, is_signed_with, part_of
from luna.lib.text import clean_line

CREATED = "jira:issue_created"
DELETED = "jira:issue_deleted"
_LONGEST_KEY = 64
_SCHEME = "sha256="


def is_signed(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """Whether Jira Cloud signed it: `X-Hub-Signature: sha256=…`, sent for an admin webhook that has a secret."""
    said = headers.get("X-Hub-Signature", "")
    return said.startswith(_SCHEME) and is_signed_with(secret, body, said.removeprefix(_SCHEME))


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
