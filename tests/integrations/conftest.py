"""Connections to the sandbox, and milestones that read from it."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

from integrations.models import Connection
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
def milestone(ana: User, ben: User) -> Milestone:
    """A milestone of Ana's launch, which Ben edits."""
    return make_milestone(make_launch(ana, key="BOOK", editors=(ben,)), "Calendar sync, two-way")
