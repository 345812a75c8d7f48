"""Writing links into Jira Cloud."""

from __future__ import annotations

from integrations.account import Access
from integrations.sources.jira.cloud.client import CloudClient
from integrations.sources.jira.writes import JiraWriter, RemoteLinksClient


class _CloudLinks(RemoteLinksClient, CloudClient):
    """Jira Cloud's own way to sign in, with the calls about web links."""


def open_writer(access: Access) -> JiraWriter:
    """What the registry calls."""
    return JiraWriter(_CloudLinks(access))
