"""The one mechanism of due rows: claims, leases, fencing, crashes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from launches.models import LaunchSummary
from luna import clock as luna_clock
from luna.lib import work
from people.models import User
from tests.factories import make_launch
from tests.moving_clock import MovingClock

SECOND = timedelta(seconds=1)


@pytest.fixture
def summary(ana: User) -> LaunchSummary:
    """A row that is due now."""
    row = make_launch(ana).summary
    LaunchSummary.objects.filter(pk=row.pk).update(due_at=luna_clock.now() - SECOND)
    row.refresh_from_db()
    return row


def queue_of(
    handle: Callable[[work.Claim[LaunchSummary]], None], given_up: list[str] | None = None
) -> work.Queue[LaunchSummary]:
    """A queue over summaries that notes why rows were given up."""

    def give_up(_claim: work.Claim[LaunchSummary], why: str) -> None:
        if given_up is not None:
            given_up.append(why)

    return work.Queue(name="test", model=LaunchSummary, handle=handle, give_up=give_up)


def nothing(_claim: work.Claim[LaunchSummary]) -> None:
    """Handle by doing nothing."""


def test_a_row_is_claimed_once(summary: LaunchSummary) -> None:
    queue = queue_of(nothing)
    assert work.claim(queue, summary.pk) is not None
    assert work.claim(queue, summary.pk) is None


def test_a_row_that_is_not_due_is_not_claimed(summary: LaunchSummary) -> None:
    LaunchSummary.objects.update(due_at=luna_clock.now() + timedelta(minutes=1))
    assert work.claim(queue_of(nothing), summary.pk) is None


def test_a_finished_row_is_no_longer_due(summary: LaunchSummary) -> None:
    assert work.run_row(queue_of(nothing), summary.pk)
    summary.refresh_from_db()
    assert (summary.due_at, summary.lease_token, summary.crashes) == (None, "", 0)


def test_work_can_ask_to_be_due_again(summary: LaunchSummary) -> None:
    again = luna_clock.now() + timedelta(hours=5)
    work.run_row(queue_of(lambda claim: claim.finish(again_at=again)), summary.pk)
    summary.refresh_from_db()
    assert summary.due_at == again


def test_a_wish_that_comes_while_the_work_runs_is_kept(summary: LaunchSummary) -> None:
    def wish_meanwhile(_claim: work.Claim[LaunchSummary]) -> None:
        work.wish("test", LaunchSummary.objects.filter(pk=summary.pk))

    work.run_row(queue_of(wish_meanwhile), summary.pk)
    summary.refresh_from_db()
    assert summary.due_at is not None
    assert summary.lease_token == ""


def test_a_dead_workers_row_is_free_when_its_lease_is_over(summary: LaunchSummary, clock: MovingClock) -> None:
    queue = queue_of(nothing)
    assert work.claim(queue, summary.pk)
    clock.move(work.LEASE - SECOND)
    assert work.claim(queue, summary.pk) is None
    clock.move(2 * SECOND)
    assert work.claim(queue, summary.pk) is not None


def test_a_renewed_lease_holds_longer(summary: LaunchSummary, clock: MovingClock) -> None:
    queue = queue_of(nothing)
    held = work.claim(queue, summary.pk)
    assert held is not None
    clock.move(work.LEASE - SECOND)
    held.renew()
    clock.move(work.LEASE - SECOND)
    assert work.claim(queue, summary.pk) is None


def test_who_lost_the_lease_writes_nothing(summary: LaunchSummary, clock: MovingClock) -> None:
    queue = queue_of(nothing)
    slow = work.claim(queue, summary.pk)
    clock.move(work.LEASE + SECOND)
    assert work.claim(queue, summary.pk)
    assert slow is not None
    for write in (slow.renew, slow.finish, lambda: slow.save(health="on_track")):
        with pytest.raises(work.LeaseLostError):
            write()
    summary.refresh_from_db()
    assert summary.health == "unknown"


def test_an_error_waits_longer_each_time_and_then_gives_up(summary: LaunchSummary, clock: MovingClock) -> None:
    given_up: list[str] = []

    def fail(_claim: work.Claim[LaunchSummary]) -> None:
        raise ValueError("no good")

    queue = queue_of(fail, given_up)
    waits = []
    for _ in range(work.MAX_CRASHES):
        assert work.run_row(queue, summary.pk)
        summary.refresh_from_db()
        if summary.due_at:
            waits.append(summary.due_at - luna_clock.now())
            clock.move(timedelta(hours=1))
    assert waits == sorted(waits)
    assert len(waits) == work.MAX_CRASHES - 1
    assert given_up == ["ValueError: no good"]
    assert summary.due_at is None


def test_what_is_given_up_tells_no_secret(summary: LaunchSummary, clock: MovingClock) -> None:
    given_up: list[str] = []

    def fail(_claim: work.Claim[LaunchSummary]) -> None:
        raise ValueError("https://ines:hunter2@jira.example refused Authorization: Bearer abcdefgh12345678")

    queue = queue_of(fail, given_up)
    for _ in range(work.MAX_CRASHES):
        work.run_row(queue, summary.pk)
        clock.move(timedelta(hours=2))
    [why] = given_up
    assert "hunter2" not in why
    assert "abcdefgh" not in why


def test_a_row_that_kills_its_worker_is_given_up(summary: LaunchSummary, clock: MovingClock) -> None:
    given_up: list[str] = []
    queue = queue_of(nothing, given_up)
    for _ in range(work.MAX_CRASHES):  # claimed, and the worker dies
        assert work.claim(queue, summary.pk)
        clock.move(work.LEASE + SECOND)
    work.run_row(queue, summary.pk)
    assert given_up == [f"stopped after {work.MAX_CRASHES} crashes"]


def test_success_forgets_earlier_crashes(summary: LaunchSummary, clock: MovingClock) -> None:
    queue = queue_of(nothing)
    work.claim(queue, summary.pk)
    clock.move(work.LEASE + SECOND)
    work.run_row(queue, summary.pk)
    summary.refresh_from_db()
    assert summary.crashes == 0
