"""Which run is open, and what it takes in when people ask for more meanwhile."""

from __future__ import annotations

from integrations.actions.connections import sync_now
from integrations.domain.types import RunState
from integrations.models import Connection, SyncRun
from luna.lib import work
from luna.lib.work import drain
from milestones.models import Milestone
from people.models import User
from tests.integrations.world import link, sync


def test_reading_everything_again_is_not_lost_on_an_open_run(jira: Connection, milestone: Milestone, ada: User) -> None:
    link(milestone, jira)
    sync(jira)
    run = sync_now(connection=jira, actor=ada)
    SyncRun.objects.filter(pk=run.pk).update(position={"source": 7, "begun": True, "token": "t"})
    again = sync_now(connection=jira, is_full=True, actor=ada)
    assert (again.pk, again.is_full, again.position) == (run.pk, True, {})
    assert sync(jira).read == 21


def test_a_worker_in_the_middle_of_a_run_that_starts_over_writes_no_more(
    jira: Connection, milestone: Milestone, ada: User
) -> None:
    link(milestone, jira)
    run = SyncRun.objects.get()
    held = work.claim(work.queues()["sync"], run.pk)
    assert held is not None
    sync_now(connection=jira, is_full=True, actor=ada)
    run.refresh_from_db()
    assert run.lease_token != held.token
    drain("sync")
    run.refresh_from_db()
    assert (run.state, run.read) == (RunState.DONE, 21)


def test_a_source_that_is_linked_while_a_run_ends_is_read_by_the_next(jira: Connection, milestone: Milestone) -> None:
    source = link(milestone, jira)
    SyncRun.objects.update(position={"source": source.pk})  # behind it already
    sync(jira)
    source.refresh_from_db()
    assert source.full_read_at is not None
    assert [run.state for run in SyncRun.objects.all()] == [RunState.DONE, RunState.DONE]
