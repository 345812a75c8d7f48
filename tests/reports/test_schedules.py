"""Slots: exactly one digest a week, over clock changes, outages, pauses and changed times."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError

from launches.domain.types import Visibility
from luna.lib.work import drain
from reports.actions.schedules import (
    ScheduleFields,
    create_schedule,
    edit_schedule,
    keep_commentary,
    pause_schedule,
    resume_schedule,
)
from reports.domain.types import DeliveryState
from reports.models import Edition, Schedule
from tests.reports.slack import connect_slack, make_channel

if TYPE_CHECKING:
    from integrations.models import Destination
    from launches.models import Launch
    from people.models import User
    from tests.moving_clock import MovingClock

SUNDAY_IN_THE_GAP = ScheduleFields(weekday=6, local_time=time(1, 30), time_zone="Europe/Lisbon")
MONDAY_NINE = ScheduleFields(weekday=0, local_time=time(9), time_zone="Europe/Lisbon")


@pytest.fixture
def channel(db: None) -> Destination:
    """No message leaves in these tests: deliveries are not worked."""
    return make_channel(connect_slack("http://127.0.0.1:9"), "C01LAUNCHES", "launches")


def _issued() -> list[Edition]:
    return list(Edition.objects.filter(skipped_at__isnull=True).order_by("slot_at"))


def _walk(clock: MovingClock, *, days: float, step: timedelta) -> None:
    """Let a worker look at its schedules again and again."""
    ends = clock.now() + timedelta(days=days)
    while clock.now() < ends:
        clock.move(step)
        drain("schedules")


def test_one_digest_a_week_at_its_hour(book: Launch, channel: Destination, ana: User, clock: MovingClock) -> None:
    clock.set(datetime(2026, 11, 18, 12, tzinfo=UTC))
    create_schedule(launch=book, fields=MONDAY_NINE, destinations=[channel], actor=ana)
    _walk(clock, days=14, step=timedelta(hours=3))
    assert [edition.slot_at for edition in _issued()] == [
        datetime(2026, 11, 23, 9, tzinfo=UTC),
        datetime(2026, 11, 30, 9, tzinfo=UTC),
    ]
    assert all(edition.deliveries.get().state == DeliveryState.QUEUED for edition in _issued())


@pytest.mark.parametrize(
    ("before", "slots"),
    [
        # Clocks go forward at 01:00 on Sunday 29 March 2026: 01:30 does not exist, and is sent at 02:30.
        (datetime(2026, 3, 20, tzinfo=UTC), ["2026-03-22T01:30", "2026-03-29T01:30", "2026-04-05T00:30"]),
        # Clocks go back at 02:00 on Sunday 25 October 2026: 01:30 comes twice, and is sent at the first.
        (datetime(2026, 10, 16, tzinfo=UTC), ["2026-10-18T00:30", "2026-10-25T00:30", "2026-11-01T01:30"]),
    ],
)
def test_a_slot_in_a_clock_change_is_issued_once(
    book: Launch, channel: Destination, ana: User, clock: MovingClock, before: datetime, slots: list[str]
) -> None:
    clock.set(before)
    create_schedule(launch=book, fields=SUNDAY_IN_THE_GAP, destinations=[channel], actor=ana)
    _walk(clock, days=17, step=timedelta(minutes=120))
    assert [f"{edition.slot_at:%Y-%m-%dT%H:%M}" for edition in _issued()] == slots


def test_two_workers_issue_one_edition(book: Launch, channel: Destination, ana: User, clock: MovingClock) -> None:
    clock.set(datetime(2026, 11, 18, 12, tzinfo=UTC))
    schedule = create_schedule(launch=book, fields=MONDAY_NINE, destinations=[channel], actor=ana)
    clock.set(datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC))
    drain("schedules")
    Schedule.objects.filter(pk=schedule.pk).update(due_at=clock.now())
    drain("schedules")
    assert len(_issued()) == 1


def test_a_slot_found_some_hours_late_is_sent_and_says_so(
    book: Launch, channel: Destination, ana: User, clock: MovingClock
) -> None:
    clock.set(datetime(2026, 11, 18, 12, tzinfo=UTC))
    create_schedule(launch=book, fields=MONDAY_NINE, destinations=[channel], actor=ana)
    clock.set(datetime(2026, 11, 24, 8, tzinfo=UTC))
    drain("schedules")
    (edition,) = _issued()
    assert edition.deliveries.get().is_late
    assert "it was due Mon 23 Nov, 09:00" in str(edition.content)


def test_after_three_weeks_off_nothing_old_is_sent(
    book: Launch, channel: Destination, ana: User, clock: MovingClock
) -> None:
    clock.set(datetime(2026, 11, 4, 12, tzinfo=UTC))
    create_schedule(launch=book, fields=MONDAY_NINE, destinations=[channel], actor=ana)
    clock.set(datetime(2026, 11, 25, 12, tzinfo=UTC))
    drain("schedules")
    assert _issued() == []
    skipped = Edition.objects.filter(skipped_at__isnull=False).order_by("slot_at")
    assert [edition.slot_at.day for edition in skipped if edition.slot_at] == [9, 16, 23]
    assert all(edition.deliveries.get().state == DeliveryState.SKIPPED for edition in skipped)
    _walk(clock, days=6, step=timedelta(hours=12))
    (edition,) = _issued()
    assert edition.slot_at == datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_a_skipped_slot_is_called_by_its_own_day(
    book: Launch, channel: Destination, ana: User, clock: MovingClock
) -> None:
    clock.set(datetime(2026, 11, 18, 12, tzinfo=UTC))
    monday_in_auckland = MONDAY_NINE | {"time_zone": "Pacific/Auckland"}
    create_schedule(launch=book, fields=monday_in_auckland, destinations=[channel], actor=ana)
    clock.set(datetime(2026, 11, 25, 12, tzinfo=UTC))
    drain("schedules")
    edition = Edition.objects.get(skipped_at__isnull=False)
    assert edition.slot_at == datetime(2026, 11, 22, 20, tzinfo=UTC)
    assert edition.title == "Patient self-booking, 23 November 2026"


def test_after_an_outage_the_newest_slot_is_sent_once(
    book: Launch, channel: Destination, ana: User, clock: MovingClock
) -> None:
    clock.set(datetime(2026, 11, 4, 12, tzinfo=UTC))
    create_schedule(launch=book, fields=MONDAY_NINE, destinations=[channel], actor=ana)
    clock.set(datetime(2026, 11, 23, 20, tzinfo=UTC))
    drain("schedules")
    assert [edition.slot_at.day for edition in _issued() if edition.slot_at] == [23]
    assert Edition.objects.filter(skipped_at__isnull=False).count() == 2


def test_a_pause_is_not_made_up_for(book: Launch, channel: Destination, ana: User, clock: MovingClock) -> None:
    clock.set(datetime(2026, 11, 18, 12, tzinfo=UTC))
    schedule = create_schedule(launch=book, fields=MONDAY_NINE, destinations=[channel], actor=ana)
    pause_schedule(schedule=schedule, actor=ana)
    clock.set(datetime(2026, 11, 23, 12, tzinfo=UTC))
    drain("schedules")
    resume_schedule(schedule=schedule, actor=ana)
    drain("schedules")
    assert not Edition.objects.exists()


def test_another_time_counts_from_now_on(book: Launch, channel: Destination, ana: User, clock: MovingClock) -> None:
    clock.set(datetime(2026, 11, 25, 12, tzinfo=UTC))
    schedule = create_schedule(launch=book, fields=MONDAY_NINE, destinations=[channel], actor=ana)
    tuesday: ScheduleFields = {**MONDAY_NINE, "weekday": 1}
    edit_schedule(schedule=schedule, version=1, fields=tuesday, destinations=[channel], actor=ana)
    _walk(clock, days=7, step=timedelta(hours=6))
    assert [edition.slot_at for edition in _issued()] == [datetime(2026, 12, 1, 9, tzinfo=UTC)]


def test_an_archived_launch_is_silent(book: Launch, channel: Destination, ana: User, clock: MovingClock) -> None:
    clock.set(datetime(2026, 11, 18, 12, tzinfo=UTC))
    create_schedule(launch=book, fields=MONDAY_NINE, destinations=[channel], actor=ana)
    book.archived_at = clock.now()
    book.save()
    _walk(clock, days=7, step=timedelta(hours=12))
    assert not Edition.objects.exists()
    book.archived_at = None
    book.save()
    _walk(clock, days=7, step=timedelta(hours=12))
    assert len(_issued()) == 1
    assert Edition.objects.count() == 1


def test_commentary_goes_out_once(book: Launch, channel: Destination, ana: User, clock: MovingClock) -> None:
    clock.set(datetime(2026, 11, 18, 12, tzinfo=UTC))
    schedule = create_schedule(launch=book, fields=MONDAY_NINE, destinations=[channel], actor=ana)
    keep_commentary(schedule=schedule, text="Mind the gap.", actor=ana)
    _walk(clock, days=14, step=timedelta(hours=12))
    assert [edition.commentary for edition in _issued()] == ["Mind the gap.", ""]


def test_a_private_launch_refuses_a_public_channel(book: Launch, channel: Destination, ana: User) -> None:
    book.visibility = Visibility.PRIVATE
    with pytest.raises(ValidationError, match="is private"):
        create_schedule(launch=book, fields=MONDAY_NINE, destinations=[channel], actor=ana)
