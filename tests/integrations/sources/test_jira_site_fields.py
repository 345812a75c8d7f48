"""A run that finds nothing new costs one call; what is read is read with the fields that the site has now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from django.conf import LazySettings

from integrations.account import Access
from integrations.sources.base import SourceQuery
from integrations.sources.jira import source as jira_source
from integrations.sources.jira.cloud.source import CloudSource
from integrations.sources.jira.site_fields import SiteFields
from luna import clock
from luna.lib.redaction import Secret
from sandbox.server import SandboxServer
from tests.integrations.world import EMAIL, TOKEN, open_to

QUERY = SourceQuery("jql", "project = CAL")


@pytest.fixture
def access(sandbox: SandboxServer, settings: LazySettings) -> Iterator[Access]:
    open_to(sandbox, settings)
    jira_source._fields_of_sites.clear()
    yield Access(f"{sandbox.url}/jira", EMAIL, Secret(TOKEN))
    jira_source._fields_of_sites.clear()


def test_a_run_that_finds_nothing_asks_once(access: Access) -> None:
    with closing(CloudSource(access, None)) as client:
        assert client.page(QUERY, updated_since_ms=None, token=None).records
        assert client.requests == 2, "the fields, and the page"
    tomorrow = int(clock.now().timestamp() * 1000) + 86_400_000
    with closing(CloudSource(access, None)) as client:
        assert not client.page(QUERY, updated_since_ms=tomorrow, token=None).records
        assert client.requests == 1
        assert client.page(QUERY, updated_since_ms=0, token=None).records
        assert client.requests == 3, "something was found, so the fields are asked for"
        assert client.page(QUERY, updated_since_ms=0, token=None).records
        assert client.requests == 4, "once"


def test_a_field_that_is_new_is_read_at_once(access: Access) -> None:
    with closing(CloudSource(access, None)) as client:
        expected = client.page(QUERY, updated_since_ms=None, token=None).records
    assert any(record.points for record in expected)
    jira_source._fields_of_sites[access.base_url] = SiteFields()
    with closing(CloudSource(access, None)) as client:
        assert client.page(QUERY, updated_since_ms=0, token=None).records == expected
        assert client.requests == 3, "the page, the fields, and the page with them"


def test_everything_is_read_with_fields_asked_for_by_the_same_client(access: Access) -> None:
    jira_source._fields_of_sites[access.base_url] = SiteFields()
    with closing(CloudSource(access, None)) as client:
        assert any(record.points for record in client.page(QUERY, updated_since_ms=None, token=None).records)
        assert client.requests == 2
