"""A revoked token, a renamed project, a network that swallows answers: what an admin reads, and that it ends well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.actions.connections import sync_now
from integrations.domain.types import ConnectionState, RunState, SourceKind
from integrations.models import Connection, SyncRun, Task, TaskSource
from luna import clock as luna_clock
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User
from sandbox.control import SandboxControl
from tests.integrations.world import link, sync
from tests.moving_clock import MovingClock

SignedIn = Callable[[User], Client]


@pytest.fixture
def admin(signed_in: SignedIn, ada: User) -> Client:
    return signed_in(ada)


@pytest.fixture
def reading(jira: Connection, milestone: Milestone) -> Connection:
    """A connection whose one source was read."""
    link(milestone, jira)
    sync(jira)
    return jira


def told(admin: Client, connection: Connection) -> str:
    """What stands on the connection's page; the list says the same."""
    page = admin.get(reverse("integrations:connection", args=[connection.pk]))
    in_list = admin.get(reverse("integrations:connections")).content.decode()
    sentence = page.context["condition"].sentence
    assert sentence.partition(".")[0].replace("’", "") in in_list.replace("’", "").replace("&#x27;", "")
    return str(page.content.decode())


def again(connection: Connection, ada: User) -> None:
    sync_now(connection=connection, actor=ada)
    sync(connection)


def test_a_revoked_token(
    admin: Client, reading: Connection, ada: User, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    sandbox_control.add_fault("jira", "status", status=401, times=2)
    again(reading, ada)
    page = told(admin, reading)
    assert "Signed out" in page
    assert "Jira Cloud no longer lets Luna in" in page
    assert "Make a new one as the same account and enter it" in page, "what to do"
    assert reverse("integrations:edit_connection", args=[reading.pk]) in page, "and where"
    assert "Luna tries again" in page
    assert Task.objects.filter(removed_at__isnull=True).count() == 21, "nothing is lost"
    sandbox_control.clear_faults()
    clock.move(timedelta(hours=2))
    drain("poll", "sync")
    assert "Signed out" not in told(admin, reading)


@pytest.mark.parametrize("is_paused", [False, True])
def test_who_mends_it_has_it_polled_as_usual_from_then_on(
    is_paused: bool, reading: Connection, ada: User, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    drain("poll", "sync")
    if is_paused:
        sandbox_control.add_fault("jira", "status", status=429, headers={"Retry-After": "86400"}, times=1)
    else:
        sandbox_control.add_fault("jira", "status", status=401, times=9)
    again(reading, ada)
    clock.move(timedelta(minutes=11))
    drain("poll", "sync")
    reading.refresh_from_db()
    assert reading.state != ConnectionState.OK
    assert reading.due_at is not None
    assert reading.due_at > clock.now() + timedelta(minutes=20), "put off meanwhile"
    sandbox_control.clear_faults()
    # As the saved form does: the token is another one, what rested is tried at once.
    Connection.objects.filter(pk=reading.pk).update(paused_until=None)
    SyncRun.objects.filter(state=RunState.WAITING).update(due_at=clock.now())
    again(reading, ada)
    reading.refresh_from_db()
    assert reading.state == ConnectionState.OK
    assert reading.due_at <= clock.now() + timedelta(minutes=reading.poll_minutes)


def test_a_renamed_project(admin: Client, reading: Connection, ada: User) -> None:
    TaskSource.objects.update(kind=SourceKind.JQL, query="project = OLDNAME")
    again(reading, ada)
    page = told(admin, reading)
    assert "1 of its 1 source can’t be read" in page
    assert "Partly" in page
    assert "Most often a project was renamed, deleted or closed to the account" in page
    assert "Sources that can’t be read" in page
    assert "OLDNAME" in page
    assert "An admin can add it under Settings, Integrations; or choose tasks of another project" in page, "what to do"
    assert reverse("integrations:milestone_sources", args=["BOOK", TaskSource.objects.get().milestone_id]) in page
    assert "Calendar sync, two-way" in page, "whose source it is"
    assert "its tasks stay as they were then" in page
    assert Task.objects.filter(removed_at__isnull=True).count() == 21


@pytest.mark.parametrize("gone", ["deleted_at", "launch__archived_at"])
def test_a_source_that_is_read_no_more_troubles_nobody(
    admin: Client, reading: Connection, ada: User, milestone: Milestone, gone: str
) -> None:
    TaskSource.objects.update(kind=SourceKind.JQL, query="project = OLDNAME")
    again(reading, ada)
    row, field = (milestone, gone) if gone == "deleted_at" else (milestone.launch, "archived_at")
    type(row).objects.filter(pk=row.pk).update(**{field: luna_clock.now()})
    page = told(admin, reading)
    assert "Partly" not in page
    assert "Sources that can’t be read" not in page


def test_a_network_that_swallows_answers(
    admin: Client, reading: Connection, ada: User, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    sandbox_control.add_fault("jira", "cut", times=4)
    again(reading, ada)
    page = told(admin, reading)
    assert "Paused" in page
    assert "Jira Cloud does not answer as it should" in page
    assert "The next try is" in page
    sandbox_control.clear_faults()
    clock.move(timedelta(hours=2))
    drain("poll", "sync")
    assert "does not answer" not in told(admin, reading)


@pytest.mark.parametrize("asked", [{}, {"full": "1"}, {"census": "1"}])
def test_who_mended_the_network_has_it_tried_at_once(
    asked: dict[str, str], admin: Client, reading: Connection, ada: User, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("jira", "cut", times=4)
    again(reading, ada)
    assert "press Sync now: Luna tries at once" in told(admin, reading)
    sandbox_control.clear_faults()
    admin.post(reverse("integrations:sync_connection", args=[reading.pk]), asked)
    assert sync(reading).state == RunState.DONE
    reading.refresh_from_db()
    assert reading.state == ConnectionState.OK


@pytest.mark.parametrize("status", [429, 503])
def test_a_rest_that_the_service_asked_for_goes_on_whoever_presses(
    status: int, admin: Client, reading: Connection, ada: User, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("jira", "status", status=status, times=4, headers={"Retry-After": "600"})
    again(reading, ada)
    calls = SyncRun.objects.latest("pk").requests
    sandbox_control.clear_faults()
    page = admin.post(reverse("integrations:sync_connection", args=[reading.pk]), follow=True).content.decode()
    assert "asked to be left alone until then" in page
    assert "rests, and goes on by itself afterwards. The service asked" in page
    assert (sync(reading).state, sync(reading).requests) == (RunState.WAITING, calls)


def test_a_network_that_stays_half_open_is_told_with_where_to_look(
    admin: Client, reading: Connection, ada: User, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    sandbox_control.add_fault("jira", "cut", times=99)
    again(reading, ada)
    where = "ask who runs it to see that the server may call that address"
    assert where not in told(admin, reading), "at first it passes by itself"
    clock.move(timedelta(hours=3))
    assert where in told(admin, reading)
    assert "It was last read 3 hours ago" in told(admin, reading)


def test_what_was_not_answered_is_not_called_refused(
    admin: Client, reading: Connection, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("jira", "cut", times=9)
    report = admin.post(reverse("integrations:test_connection", args=[reading.pk])).context["report"]
    assert [(step.label, step.outcome) for step in report.steps][:1] == [
        ("The service does not answer as it should", "bad")
    ]


def test_a_run_that_waits_says_until_when_although_the_token_was_refused_before(
    admin: Client, reading: Connection, ada: User, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("jira", "status", status=401, times=2)
    again(reading, ada)
    sandbox_control.clear_faults()
    sandbox_control.add_fault("jira", "cut", times=99)
    again(reading, ada)
    page = told(admin, reading)
    assert "Signed out" in page
    assert "after 1 try" in page
    assert "every 1s" not in page, "no bar where nothing is being read"


@pytest.mark.parametrize("rest", [timedelta(minutes=10), timedelta(days=1)])
def test_a_service_that_asks_to_wait_is_left_in_peace_until_it_says(
    admin: Client, reading: Connection, ada: User, sandbox_control: SandboxControl, clock: MovingClock, rest: timedelta
) -> None:
    asked = {"Retry-After": str(int(rest.total_seconds()))}
    sandbox_control.add_fault("jira", "status", status=429, times=1, headers=asked)
    again(reading, ada)
    reading.refresh_from_db()
    assert reading.paused_until is not None
    page = told(admin, reading)
    assert "Jira Cloud asked Luna to slow down" in page
    assert "The next try is" in page
    assert "Paused" in page
    assert timezone.localtime(reading.paused_until).isoformat() in page
    waits = SyncRun.objects.order_by("-pk")[0]
    clock.move(rest - timedelta(minutes=1))
    drain("poll", "sync")
    assert SyncRun.objects.get(pk=waits.pk).requests == waits.requests
    clock.move(timedelta(minutes=2))
    drain("poll", "sync")
    assert SyncRun.objects.get(pk=waits.pk).state == RunState.DONE
    reading.refresh_from_db()
    assert reading.state == ConnectionState.OK


def test_one_reason_is_told_once_for_all_its_sources(
    admin: Client, reading: Connection, milestone: Milestone, ada: User
) -> None:
    TaskSource.objects.update(kind=SourceKind.JQL, query="project = OLDNAME")
    link(milestone, reading, "project = OLDNAME AND type = Bug", SourceKind.JQL)
    again(reading, ada)
    page = told(admin, reading)
    assert page.count("does not offer OLDNAME") == 1
    assert page.count("Calendar sync, two-way</a> of") == 2, "each with its milestone and launch"
    assert reverse("integrations:offer", args=[reading.pk]) in page.partition("Sources that can’t be read")[2]
