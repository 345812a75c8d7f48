"""Writing links into Jira Data Center."""

from __future__ import annotations

from integrations.account import Access
from integrations.sources.jira.data_center.client import DataCenterClient
from integrations.sources.jira.writes import JiraWriter, RemoteLinksClient


class _DataCenterLinks(RemoteLinksClient, DataCenterClient):
    """Jira Data Center's own way to sign in, with the calls about web links."""


def open_writer(access: Access) -> JiraWriter:
    """What the registry calls."""
    return JiraWriter(_DataCenterLinks(access))
