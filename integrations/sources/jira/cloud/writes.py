"""Writing links into Jira Cloud."""

from __future__ import annotations

from integrations.account import Access
from integrations.sources.jira.cloud.client import CloudClient
from integrations.sources.jira.cloud.consent import may_write
from integrations.sources.jira.writes import JiraWriter, RemoteLinksClient

READS_ALONE = (
    "The consent on Atlassian’s page covers reading alone. Allow links back, then choose “Edit or new token” and agree "
    "once more; the app needs the scope write:jira-work in Atlassian’s developer console."
)


class _CloudLinks(RemoteLinksClient, CloudClient):
    """Jira Cloud's own way to sign in, with the calls about web links."""


def open_writer(access: Access) -> JiraWriter:
    """What the registry calls."""
    writer = JiraWriter(_CloudLinks(access))
    if not may_write(access.secret):
        writer.may_not = READS_ALONE
    return writer
