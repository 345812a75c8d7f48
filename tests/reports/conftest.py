"""A launch with a Slack channel in the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories import make_launch, make_milestone
from tests.reports.slack import connect_slack, make_channel, private_target

if TYPE_CHECKING:
    from pytest_django import Settings

    from integrations.models import Connection, Destination
    from launches.models import Launch
    from people.models import User
    from sandbox.server import SandboxServer


@pytest.fixture
def slack(db: None, sandbox: SandboxServer, settings: Settings) -> Connection:
    """Connected with the sandbox's bot token."""
    settings.PRIVATE_HOSTS = (private_target(sandbox.url),)
    return connect_slack(sandbox.url)


@pytest.fixture
def launches_channel(slack: Connection) -> Destination:
    """#launches, which everyone can read."""
    return make_channel(slack, "C01LAUNCHES", "launches")


@pytest.fixture
def book(ana: User, ben: User) -> Launch:
    """Ana's launch with two milestones; Ben edits it."""
    launch = make_launch(ana, key="BOOK", name="Patient self-booking", editors=(ben,))
    make_milestone(launch, "Booking page", owner=ana)
    make_milestone(launch, "Calendar sync", owner=ben)
    return launch
