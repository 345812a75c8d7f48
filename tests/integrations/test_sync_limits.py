"""A tool's limits: a quota that a site's connections share lets all of them rest, a burst the one that made it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from integrations.actions.connections import disconnect
from integrations.domain.types import ConnectionState, RunState, RunTrigger
from integrations.models import Connection, SyncRun
from integrations.sync.runs import start_run
from luna.lib.work import drain
from tests.integrations.world import connect_jira, link

if TYPE_CHECKING:
    from milestones.models import Milestone
    from people.models import User
    from sandbox.control import SandboxControl
    from sandbox.server import SandboxServer
    from tests.moving_clock import MovingClock

NOW = datetime(2026, 11, 23, 9, 35, tzinfo=UTC)
SEARCH = "search"
USED_UP = {"RateLimit-Reason": "jira-quota-tenant-based", "RateLimit": '"tenant-app-quota";r=0;t=1500'}


@pytest.fixture
def second(jira: Connection, sandbox: SandboxServer, ada: User, milestone: Milestone, clock: MovingClock) -> Connection:
    """Another connection to the same site; each has a source, and its first run to come."""
    clock.set(NOW)
    second = connect_jira(sandbox, ada, name="The same Jira")
    link(milestone, jira)
    link(milestone, second)
    return second


def refused(control: SandboxControl, headers: dict[str, str]) -> None:
    """The first run is refused, and what else is due is worked."""
    control.add_fault("jira", "status", match=SEARCH, status=429, headers=headers)
    drain("sync")


def rests(connection: Connection) -> timedelta | None:
    connection.refresh_from_db()
    return None if connection.paused_until is None else connection.paused_until - NOW


def test_a_used_up_quota_lets_every_connection_to_the_site_rest(
    jira: Connection, second: Connection, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    refused(sandbox_control, USED_UP)
    first, other = SyncRun.objects.order_by("pk")
    assert (first.state, other.state) == (RunState.WAITING, RunState.WAITING)
    assert (first.tries, other.tries, other.requests) == (1, 0, 0), "nothing was tried in vain"
    for connection in (jira, second):
        rest = rests(connection)
        assert rest is not None
        assert timedelta(minutes=24) < rest < timedelta(minutes=26)
        assert (connection.state, connection.error_kind) == (ConnectionState.PAUSED, "rate_limited")
    clock.move(timedelta(minutes=27))
    drain("sync")
    assert set(SyncRun.objects.values_list("state", flat=True)) == {RunState.DONE}
    second.refresh_from_db()
    assert (second.state, second.error_sentence) == (ConnectionState.OK, "")


def test_a_burst_lets_the_connection_rest_that_made_it(
    jira: Connection, second: Connection, sandbox_control: SandboxControl
) -> None:
    refused(sandbox_control, {"RateLimit-Reason": "jira-burst-based", "Retry-After": "30"})
    assert rests(jira) is not None
    assert rests(second) is None
    assert SyncRun.objects.get(connection=second).state == RunState.DONE


def test_another_site_and_a_connection_that_needs_someone_are_left_alone(
    jira: Connection, second: Connection, sandbox_control: SandboxControl, ada: User, sandbox: SandboxServer
) -> None:
    elsewhere = connect_jira(sandbox, ada, name="Elsewhere")
    Connection.objects.filter(pk=elsewhere.pk).update(base_url="https://elsewhere.example")
    gone = connect_jira(sandbox, ada, name="Gone")
    disconnect(connection=gone, actor=ada)
    Connection.objects.filter(pk=second.pk).update(state=ConnectionState.NEEDS_ATTENTION)
    refused(sandbox_control, USED_UP)
    assert [rests(one) is None for one in (jira, elsewhere, second, gone)] == [False, True, True, True]
    gone.refresh_from_db()
    assert gone.state == ConnectionState.DISCONNECTED


def test_who_asks_meanwhile_waits_too(jira: Connection, second: Connection, sandbox_control: SandboxControl) -> None:
    refused(sandbox_control, USED_UP)
    run = start_run(second, RunTrigger.PERSON)
    drain("sync")
    run.refresh_from_db()
    second.refresh_from_db()
    assert (run.requests, run.due_at) == (0, second.paused_until)
