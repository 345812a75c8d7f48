"""Why tasks can't be read: admins read what to do, everybody else what it means and whom to ask."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from integrations.actions.connections import sync_now
from integrations.domain.types import ConnectionState
from integrations.errors import ErrorKind, NeedsAttentionError, ProviderError, RefusedError, RetryLaterError
from integrations.models import Connection, TaskSource
from integrations.troubles import Reader, reader_of, refusal_for, trouble_of
from luna import clock as luna_clock
from milestones.models import Milestone
from people.models import User
from sandbox.control import SandboxControl
from tests.integrations.world import link, sync

SignedIn = Callable[[User], Client]
FOR_ADMINS = "Make a new token and enter it."
NOW = luna_clock.now()


def source(state: str = "ok", kind: str = "", *, said: str = "", hours: float = 1) -> TaskSource:
    connection = Connection(name="Fernhill", state=state, error_kind=kind, error_sentence=FOR_ADMINS if kind else "")
    return TaskSource(connection=connection, error_sentence=said, synced_at=NOW - timedelta(hours=hours))


BROKEN, PAUSED = ConnectionState.NEEDS_ATTENTION, ConnectionState.PAUSED


@pytest.mark.parametrize(
    ("row", "admin", "editor", "viewer"),
    [
        (source(), "", "", ""),
        (source(BROKEN, ErrorKind.SIGN_IN_REFUSED), FOR_ADMINS, "Jira no longer lets Luna in.", "Ask an admin of Luna"),
        (source(BROKEN, ErrorKind.MISSING_SCOPE), FOR_ADMINS, "as the connection “Fernhill” is set up", "Ask an admin"),
        (source(PAUSED, ErrorKind.RATE_LIMITED), FOR_ADMINS, "asked Luna to slow down", "goes on by itself"),
        (source(PAUSED, ErrorKind.UNREACHABLE), FOR_ADMINS, "does not answer as it should", "tell an admin of Luna"),
        (source(said="Check the key."), "Check the key.", "Check the key.", "Ask whoever plans this launch"),
        (source("disconnected"), "Connect it again", "Ask an admin of Luna", "Ask whoever plans this launch"),
        (source(hours=25), "look at the connection", "ask an admin of Luna", "Ask whoever plans this launch"),
    ],
)  # fmt: skip
def test_each_reader_is_told_what_is_theirs(row: TaskSource, admin: str, editor: str, viewer: str) -> None:
    said = {reader: trouble_of(row, "Jira", NOW, reader) for reader in Reader}
    assert admin in said[Reader.ADMIN]
    assert editor in said[Reader.EDITOR]
    assert viewer in said[Reader.VIEWER]
    assert FOR_ADMINS not in said[Reader.EDITOR] + said[Reader.VIEWER]
    assert bool(said[Reader.ADMIN]) == bool(said[Reader.EDITOR]) == bool(said[Reader.VIEWER])


@pytest.mark.parametrize(
    ("error", "editor"),
    [
        (RefusedError("Change the query."), "Change the query."),
        (NeedsAttentionError(FOR_ADMINS, kind=ErrorKind.SIGN_IN_REFUSED), "no longer lets Luna in. Ask an admin"),
        (RetryLaterError(FOR_ADMINS), "Try again in a few minutes."),
    ],
)
def test_a_refusal_is_told_by_whose_it_is(error: ProviderError, editor: str) -> None:
    assert refusal_for(error, "Jira", "Fernhill", Reader.ADMIN) == error.sentence
    assert editor in refusal_for(error, "Jira", "Fernhill", Reader.EDITOR)


@pytest.mark.parametrize(
    ("is_admin", "may_edit", "reader"),
    [(True, True, Reader.ADMIN), (False, True, Reader.EDITOR), (False, False, Reader.VIEWER)],
)
def test_who_reads(is_admin: bool, may_edit: bool, reader: Reader) -> None:
    assert reader_of(is_admin=is_admin, may_edit=may_edit) is reader


@pytest.mark.parametrize("view", ["milestone_sources", "progress_origin"])
def test_a_revoked_token_as_pm_and_as_admin(
    view: str,
    signed_in: SignedIn,
    ada: User,
    ben: User,
    jira: Connection,
    milestone: Milestone,
    sandbox_control: SandboxControl,
) -> None:
    link(milestone, jira)
    sync(jira)
    sandbox_control.add_fault("jira", "status", status=401, times=2)
    sync_now(connection=jira, actor=ada)
    sync(jira)
    to_do = "Make a new one as the same account and enter it"
    url = reverse(f"integrations:{view}", args=["BOOK", milestone.pk])
    here = reverse("integrations:connection", args=[jira.pk])
    seen_by_pm = signed_in(ben).get(url).content.decode()
    assert "Jira Cloud no longer lets Luna in. These tasks stay as they were last seen." in seen_by_pm
    assert "Ask an admin of Luna" in seen_by_pm
    assert to_do not in seen_by_pm
    assert here not in seen_by_pm, "no link to what they can't open"
    seen_by_admin = signed_in(ada).get(url).content.decode()
    assert to_do in seen_by_admin
    assert (here in seen_by_admin) == (view == "milestone_sources")


def test_a_run_that_waits_tells_its_reason_to_admins(
    signed_in: SignedIn, ada: User, ben: User, jira: Connection, milestone: Milestone, sandbox_control: SandboxControl
) -> None:
    link(milestone, jira)
    sandbox_control.add_fault("jira", "cut", times=9)
    sync(jira)
    url = reverse("integrations:milestone_sources", args=["BOOK", milestone.pk])
    assert "Check the address if it is new" in signed_in(ada).get(url).content.decode()
    page = signed_in(ben).get(url).content.decode()
    assert "Check the address" not in page
    assert "Jira Cloud does not answer as it should" in page
