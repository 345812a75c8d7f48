"""Connections to the sandbox's tools that may leave links, each with a milestone whose tasks were read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.conf import LazySettings

from integrations.account import Project
from integrations.actions.links_back import allow_links_back
from integrations.domain.types import SourceKind
from integrations.lineage.rounds import CALLS_A_ROUND
from integrations.models import Connection, LinkBack, Task
from launches.models import Launch
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User
from sandbox.asana.plan import PROJECTS
from sandbox.clickup.workspace import LISTS
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.integrations.webhooks.tools import connected
from tests.integrations.world import connect_jira, link, open_to, sync
from tests.moving_clock import MovingClock

BASE_URL = "https://luna.example"
SECTION = PROJECTS[0].sections[2].gid
"""Six tasks."""
FEW_ISSUES = "parent = CAL-2 AND status = 'In Progress'"
ALL_ISSUES = "parent = CAL-2"
"""More than Luna writes in one turn."""
CARRIERS = LISTS[1].id
"""Five tasks."""


@dataclass(frozen=True)
class Team:
    """A tool with the tasks of one milestone, the sandbox's words for what was written, and time to go by."""

    tool: str
    connection: Connection
    milestone: Milestone
    control: SandboxControl
    clock: MovingClock
    call: str

    @property
    def look(self) -> str:
        """The call that looks for what was written."""
        return self.call.replace("POST", "GET")

    @property
    def launch(self) -> Launch:
        """As it is now."""
        return Launch.objects.get(pk=self.milestone.launch_id)

    @property
    def tasks(self) -> int:
        """How many live and are not cancelled."""
        return Task.objects.filter(removed_at=None).exclude(state="cancelled").count()

    def wrote(self, action: str = "") -> int:
        """How often the sandbox accepted it; of all links and comments where no action is named."""
        return sum(line["action"] == (action or self.word) for line in self.control.ledger())

    @property
    def word(self) -> str:
        return "remote link" if self.tool == "jira" else "comment"

    def states(self) -> list[str]:
        return sorted(LinkBack.objects.values_list("state", flat=True))

    def go_on(self, minutes: int = 1) -> None:
        """That many minutes, and the turn that is due after them."""
        self.clock.move(timedelta(minutes=minutes, seconds=1))
        drain("links")

    def to_the_end(self) -> None:
        """Until everything is written."""
        drain("links")
        for _ in range(self.tasks // CALLS_A_ROUND + 1):
            self.go_on()


@pytest.fixture
def turns(settings: LazySettings, sandbox: SandboxServer) -> None:
    settings.BASE_URL = BASE_URL
    settings.ASANA_URL = f"{sandbox.url}/asana/api/1.0"
    settings.CLICKUP_URL = f"{sandbox.url}/clickup/api/v2"
    open_to(sandbox, settings)


@pytest.fixture
def make_team(
    turns: None, ada: User, milestone: Milestone, sandbox: SandboxServer, sandbox_control: SandboxControl,
    clock: MovingClock,
) -> Callable[..., Team]:  # fmt: skip
    """A team on that tool, whose tasks were read, and whose connection may leave links."""

    def make(tool: str, query: str = FEW_ISSUES) -> Team:
        if tool == "jira":
            connection, call = connect_jira(sandbox, ada), "POST .*/remotelink"
            source = (query, SourceKind.JQL)
        elif tool == "asana":
            offered = Project(PROJECTS[0].gid, "", "Project")
            connection, call = connected("asana", "sandbox-asana-token", offered, ada), "POST .*/stories"
            source = (SECTION, SourceKind.SECTION)
        else:
            connection = connected("clickup", "pk_sandbox", Project(CARRIERS, "", "List"), ada)
            call, source = "POST .*/comment", (CARRIERS, SourceKind.LIST)
        link(milestone, connection, *source)
        sync(connection)
        allow_links_back(connection=connection, actor=ada)
        return Team(tool, connection, milestone, sandbox_control, clock, call)

    return make


@pytest.fixture(params=["jira", "asana", "clickup"])
def team(request: pytest.FixtureRequest, make_team: Callable[..., Team]) -> Team:
    """Each of the three in turn."""
    return make_team(request.param)
