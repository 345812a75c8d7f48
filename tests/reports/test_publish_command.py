"""`manage.py publish`: an edition or a slot, seen through to its end, once."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from luna.lib import work
from luna.management.commands.publish import Command
from reports.actions.editions import send_report
from reports.actions.publishing import current_slot
from reports.actions.schedules import ScheduleFields, create_schedule, keep_commentary, pause_schedule
from reports.models import Delivery, Edition, Schedule
from sandbox.control import SandboxControl

if TYPE_CHECKING:
    from integrations.models import Destination
    from launches.models import Launch
    from people.models import User
    from tests.moving_clock import MovingClock

TUESDAY = datetime(2026, 12, 1, 10, 30, tzinfo=UTC)


def publish(*arguments: object, clock: MovingClock | None = None) -> tuple[str, str]:
    """Standard output and error; its waiting moves the clock."""
    command = Command()
    command.wait = lambda seconds: clock.move(timedelta(seconds=seconds)) if clock else None
    out, error = StringIO(), StringIO()
    try:
        call_command(command, *map(str, arguments), stdout=out, stderr=error)
    except CommandError as failed:
        error.write(f"\nleft with {failed.returncode}: {failed}")
    return out.getvalue(), error.getvalue()


@pytest.fixture
def schedule(book: Launch, launches_channel: Destination, ana: User, clock: MovingClock) -> Schedule:
    """Mondays at nine; it is Tuesday."""
    clock.set(TUESDAY)
    fields = ScheduleFields(weekday=0, local_time=time(9), time_zone="UTC")
    return create_schedule(launch=book, fields=fields, destinations=[launches_channel], actor=ana)


def test_an_edition_is_seen_through_and_its_links_are_printed(
    book: Launch, launches_channel: Destination, ana: User, sandbox_control: SandboxControl
) -> None:
    edition = send_report(launch=book, destinations=[launches_channel], actor=ana)
    out, error = publish("--edition", edition.pk)
    delivery = Delivery.objects.get()
    assert (out, error) == (f"Slack: #launches: {delivery.remote_url}\n", "")
    assert publish("--edition", edition.pk)[0] == out
    assert sandbox_control.post_count("launches") == 1


def test_the_current_slot_is_issued_once(schedule: Schedule, sandbox_control: SandboxControl) -> None:
    out, error = publish("--schedule", schedule.pk)
    assert out.startswith("Slack: #launches: http")
    assert error == ""
    again, _ = publish("--schedule", schedule.pk)
    assert "was issued before; nothing is sent twice." in again
    assert Edition.objects.get().slot_key == f"{schedule.pk}:2026-11-30"
    assert sandbox_control.post_count("launches") == 1


def test_the_commentary_that_was_kept_goes_with_it(schedule: Schedule, ana: User) -> None:
    keep_commentary(schedule=schedule, text="Thank you all.", actor=ana)
    publish("--schedule", schedule.pk)
    schedule.refresh_from_db()
    assert Edition.objects.get().commentary == "Thank you all."
    assert schedule.commentary == ""


def test_the_schedule_itself_goes_on_with_the_next_slot(schedule: Schedule, clock: MovingClock) -> None:
    publish("--schedule", schedule.pk)
    clock.set(TUESDAY + timedelta(days=7))
    work.drain("schedules")
    assert sorted(Edition.objects.values_list("slot_key", flat=True)) == [
        f"{schedule.pk}:2026-11-30",
        f"{schedule.pk}:2026-12-07",
    ]


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (datetime(2026, 12, 7, 8, 59, tzinfo=UTC), "2026-11-30"),
        (datetime(2026, 12, 7, 9, 0, tzinfo=UTC), "2026-12-07"),
        (datetime(2026, 12, 13, 23, 0, tzinfo=UTC), "2026-12-07"),
    ],
)
def test_a_slot_is_current_from_its_minute_to_the_next_one(now: datetime, slot: str, schedule: Schedule) -> None:
    found = current_slot(schedule, now)
    assert found.key == f"{schedule.pk}:{slot}"
    assert bool(found.late_words) == (now - found.at > timedelta(minutes=10))


def test_what_goes_out_no_more_is_said(schedule: Schedule, book: Launch, ana: User) -> None:
    pause_schedule(schedule=schedule, actor=ana)
    assert "Resume it first" in publish("--schedule", schedule.pk)[1]
    assert not Edition.objects.exists()


@pytest.mark.parametrize("arguments", [("--edition", 77), ("--schedule", 77)])
def test_what_is_not_there_is_said(arguments: tuple[str, int], db: None) -> None:
    assert "There is no" in publish(*arguments)[1]


def test_it_waits_for_a_place_that_is_busy(
    schedule: Schedule, clock: MovingClock, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("slack", "status", status=429, headers={"Retry-After": "30"}, match="postMessage")
    out, _ = publish("--schedule", schedule.pk, clock=clock)
    assert out.startswith("Slack: #launches: http")
    assert sandbox_control.post_count("launches") == 1


def test_it_leaves_a_long_wait_to_the_worker(
    schedule: Schedule, clock: MovingClock, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("slack", "status", status=429, headers={"Retry-After": "3000"}, match="postMessage")
    out, error = publish("--schedule", schedule.pk, clock=clock)
    assert out == ""
    assert error.startswith("Slack: #launches: waiting, next at ")
    assert "left with 1: 1 of 1 did not arrive." in error


def test_what_failed_is_said_with_its_sentence(schedule: Schedule, sandbox_control: SandboxControl) -> None:
    archived = {"ok": False, "error": "is_archived"}
    sandbox_control.add_fault("slack", "status", status=200, body=archived, match="postMessage")
    error = publish("--schedule", schedule.pk)[1]
    assert error.startswith("Slack: #launches: failed. ")
    assert "/launches/BOOK/reports/" in error
