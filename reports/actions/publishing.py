"""A schedule's slot on request: which one is current, and issuing it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction

from luna import clock
from luna.lib.dates import next_slot
from luna.ui.wording import day_words
from reports.actions.editions import Slot, issue_edition
from reports.domain.types import ReportKind
from reports.models import Edition, Schedule

ON_TIME = timedelta(minutes=10)
WEEK = timedelta(days=7)


def current_slot(schedule: Schedule, now: datetime) -> Slot:
    """The newest slot that has come."""
    day, at = next_slot(schedule.rule, now - WEEK - timedelta(hours=2))
    while True:
        following, later = next_slot(schedule.rule, at)
        if later > now:
            return Slot(schedule, f"{schedule.pk}:{day.isoformat()}", at, late_words(schedule, at, now))
        day, at = following, later


def late_words(schedule: Schedule, at: datetime, now: datetime) -> str:
    """When the slot was due, in words, once that is more than some minutes ago; else nothing."""
    if now - at <= ON_TIME:
        return ""
    local = at.astimezone(ZoneInfo(schedule.time_zone))
    return f"{day_words(local.date(), local.date())}, {local:%H:%M}"


def issue_slot(schedule: Schedule, slot: Slot) -> Edition | None:
    """Issue the slot with the commentary that was kept for it, and forget that in the same transaction.

    None where it was issued before.
    """
    with transaction.atomic():
        edition = issue_edition(
            kind=ReportKind(schedule.kind),
            launch=schedule.launch,
            destinations=list(schedule.destinations.all()),
            commentary=schedule.commentary,
            author=schedule.commentary_by,
            slot=slot,
        )
        if edition and schedule.commentary:
            said = Schedule.objects.filter(pk=schedule.pk, commentary=schedule.commentary)
            said.update(commentary="", commentary_by=None)
    return edition


def publish_schedule(schedule: Schedule) -> tuple[Edition, bool]:
    """The edition of the schedule's current slot, and whether it was issued just now.

    Raises ValidationError where nothing goes out.
    """
    launch = schedule.launch
    if schedule.paused_at is not None:
        raise ValidationError("This schedule is paused. Resume it first.")
    if launch is not None and (launch.deleted_at is not None or launch.archived_at is not None):
        raise ValidationError(f"{launch.name} was archived or deleted: nothing goes out.")
    slot = current_slot(schedule, clock.now())
    issued = issue_slot(schedule, slot)
    return issued or Edition.objects.get(slot_key=slot.key), issued is not None
