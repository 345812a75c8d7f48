"""Connections to the sandbox whose tasks were read, and a door for their calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client

from integrations.account import Project
from integrations.domain.types import SourceKind
from integrations.models import Connection, Task
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.webhooks.tools import ASANA_PROJECT, CLICKUP_LIST, connected
from tests.integrations.world import link, open_to, sync
from tests.moving_clock import MovingClock


@pytest.fixture
def door() -> Client:
    """A caller without a session, whom nothing excuses from the check of forms."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def read(jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock) -> Connection:
    """The sandbox's Jira with an epic linked and read."""
    link(milestone, jira, "CAL-2", SourceKind.EPIC)
    sync(jira)
    assert Task.objects.count() == 21
    return jira


@pytest.fixture
def half_a_minute(clock: MovingClock) -> Callable[[], int]:
    """Lets the calls that wait become due, and works them; how many rows were worked."""

    def later() -> int:
        clock.move(timedelta(seconds=31))
        return drain("calls")

    return later


@pytest.fixture
def clickup(ada: User, sandbox: SandboxServer, settings: LazySettings, clock: MovingClock) -> Connection:
    open_to(sandbox, settings)
    settings.CLICKUP_URL = f"{sandbox.url}/clickup/api/v2"
    return connected("clickup", "pk_sandbox", Project(CLICKUP_LIST, "", "List"), ada)


@pytest.fixture
def asana(ada: User, sandbox: SandboxServer, settings: LazySettings, clock: MovingClock) -> Connection:
    open_to(sandbox, settings)
    settings.ASANA_URL = f"{sandbox.url}/asana/api/1.0"
    return connected("asana", "sandbox-asana-token", Project(ASANA_PROJECT, "", "Project"), ada)
