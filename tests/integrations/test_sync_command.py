"""`manage.py sync`: in the foreground, to the end, with a line for each connection."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from integrations.models import Connection, SyncRun
from luna.lib import work
from luna.management.commands.sync import Command
from milestones.models import Milestone
from people.models import User
from sandbox.control import SandboxControl
from sandbox.server import SandboxServer
from tests.architecture.sources import ROOT
from tests.integrations.world import connect_jira, link
from tests.moving_clock import MovingClock

pytestmark = pytest.mark.django_db


def run(*arguments: str, clock: MovingClock | None = None) -> tuple[str, str]:
    """What it said on standard output and error; its waiting moves the clock."""
    command = Command()
    command.wait = lambda seconds: clock.move(timedelta(seconds=seconds)) if clock else None
    out, error = StringIO(), StringIO()
    try:
        call_command(command, *arguments, stdout=out, stderr=error)
    except CommandError as failed:
        error.write(f"\nleft with {failed.returncode}: {failed}")
    return out.getvalue(), error.getvalue()


def test_it_reads_every_tool_to_the_end_and_computes_the_milestones(
    jira: Connection, milestone: Milestone, sandbox: SandboxServer, ada: User
) -> None:
    connect_jira(sandbox, ada, name="Other Jira")
    link(milestone, jira)
    out, error = run()
    one, other = out.splitlines()
    assert one.startswith("Jira: 21 read, 21 changed in ")
    assert other == "Other Jira: 0 read, 0 changed in 0 calls."
    assert error == ""
    milestone.refresh_from_db()
    assert (milestone.tasks_done, milestone.tasks_total) == (13, 21)
    assert not work.queues()["recompute"].due(milestone.tasks_synced_at or milestone.created_at).exists()


def test_only_what_changed_is_read_unless_everything_is_asked_for(
    jira: Connection, milestone: Milestone, clock: MovingClock
) -> None:
    link(milestone, jira)
    run()
    clock.move(timedelta(hours=2))
    assert run("--connection", str(jira.pk))[0].startswith("Jira: 1 read, 0 changed in ")
    assert "21 read, 0 changed" in run("--connection", str(jira.pk), "--full")[0]


def test_an_unknown_connection_is_answered_with_those_that_there_are(jira: Connection) -> None:
    assert run("--connection", "77")[1].endswith(
        f"left with 1: There is no connected task tool 77. There are: {jira.pk} (Jira)."
    )


def test_without_a_tool_there_is_nothing_to_do() -> None:
    assert run() == ("No task tool is connected.\n", "")


def test_a_tool_that_refuses_is_said_with_its_sentence_and_the_others_are_read(
    jira: Connection, milestone: Milestone, sandbox: SandboxServer, ada: User
) -> None:
    wrong = connect_jira(sandbox, ada, token="expired-token", name="Old Jira")
    link(milestone, wrong, "CAL-1")
    link(milestone, jira)
    out, error = run()
    assert out.startswith("Jira: 21 read, 21 changed in ")
    assert error.startswith("Old Jira: Jira did not accept")
    assert error.endswith("left with 1: Not everything could be read: Old Jira. The lines above say why.")


def test_a_source_that_cannot_be_read_is_named_with_its_milestone(jira: Connection, milestone: Milestone) -> None:
    link(milestone, jira, "CAL-1")
    link(milestone, jira, "OPS-1")
    out, error = run()
    assert out.startswith("Jira: ")
    assert error.startswith("Jira, BOOK, Calendar sync, two-way: This connection does not offer OPS.")
    assert "left with 1" in error


def test_it_waits_while_the_tool_asks_for_a_short_rest(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    link(milestone, jira)
    sandbox_control.add_fault("jira", "status", status=429, headers={"Retry-After": "20"}, times=1)
    assert run(clock=clock)[0].startswith("Jira: 21 read")


def test_it_leaves_a_long_rest_to_the_worker(
    jira: Connection, milestone: Milestone, sandbox_control: SandboxControl, clock: MovingClock
) -> None:
    link(milestone, jira)
    sandbox_control.add_fault("jira", "status", status=429, headers={"Retry-After": "1800"}, times=1)
    error = run(clock=clock)[1]
    assert error.startswith("Jira: it rests until ")
    assert "slow down" in error
    assert SyncRun.objects.get().state == "waiting"


def test_a_worker_that_has_the_run_is_waited_for(jira: Connection, milestone: Milestone) -> None:
    link(milestone, jira)
    held = work.claim(work.queues()["sync"], SyncRun.objects.get().pk)
    assert held is not None
    command = Command()
    command.wait = lambda _seconds: held.finish(state="done", read=7)
    out = StringIO()
    call_command(command, stdout=out)
    assert out.getvalue() == "Jira: 7 read, 0 changed in 0 calls.\n"


def test_on_the_command_line_a_database_without_tables_is_one_sentence(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LUNA_")}
    done = subprocess.run(
        [sys.executable, "manage.py", "sync"],
        cwd=ROOT,
        env=environment | {"LUNA_DATA_DIR": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    [sentence] = done.stderr.splitlines()
    assert "run manage.py prepare" in sentence
