"""Connections to the sandbox, and milestones that read from it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from integrations import registry
from integrations.account import AccountInfo, Project
from integrations.actions.connections import connect, offer_projects
from integrations.models import Connection
from integrations.registry import PROVIDERS, ProviderEntry
from luna.lib.redaction import Secret
from milestones.models import Milestone
from people.models import User
from sandbox.server import SandboxServer
from tests.factories import make_launch, make_milestone
from tests.integrations.world import connect_jira, connect_slack, open_to


@pytest.fixture
def jira(ada: User, sandbox: SandboxServer, settings: LazySettings) -> Connection:
    """A working connection to the sandbox's Jira that offers all its projects but OPS."""
    open_to(sandbox, settings)
    return connect_jira(sandbox, ada)


@pytest.fixture
def slack(ada: User, sandbox: SandboxServer, settings: LazySettings) -> Connection:
    """A working connection to the sandbox's Slack."""
    open_to(sandbox, settings)
    return connect_slack(ada)


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A tracker in one folder and one line (docs/how-to/add-a-source.md); its name."""
    entry = ProviderEntry("Toy tracker", "Reads toy tasks.", "tests.integrations.sources.toy")
    monkeypatch.setitem(PROVIDERS, "toy", entry)
    yield "toy"
    registry.part.cache_clear()


@pytest.fixture
def toys(toy: str, ada: User) -> Connection:
    """A connection to the toy that offers its box."""
    secret, info = Secret("toy-token"), AccountInfo("toy@luna.test", "Toys")
    connection = connect(provider=toy, name="Toys", base_url="", account="", secret=secret, info=info, actor=ada)
    box = [Project("1", "BOX", "Toy box")]
    offer_projects(connection=connection, version=connection.version, projects=box, actor=ada)
    return connection


@pytest.fixture
def milestone(ana: User, ben: User) -> Milestone:
    """A milestone of Ana's launch, which Ben edits."""
    return make_milestone(make_launch(ana, key="BOOK", editors=(ben,)), "Calendar sync, two-way")
