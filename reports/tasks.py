"""The queues of this room: schedules at their slots, deliveries, and notices by e-mail."""

from __future__ import annotations

from datetime import datetime, timedelta

from launches.models import Notice
from luna import clock
from luna.lib.dates import next_slot
from luna.lib.work import Claim, Queue
from reports.actions.editions import Slot, skip_slot
from reports.actions.publishing import issue_slot, late_words
from reports.delivery import give_up_delivery, work_delivery
from reports.models import Delivery, Edition, Schedule
from reports.notices import mail_notice

LATEST = timedelta(hours=24)
_MOST_MISSED = 12
"""So many missed slots are kept in the history; the oldest of a longer outage are not."""


def work_schedule(claim: Claim[Schedule]) -> None:
    """Issue the newest slot that is due, keep older missed ones as skipped, and come back at the next."""
    schedule = Schedule.objects.select_related("launch", "commentary_by").get(pk=claim.row.pk)
    now = clock.now()
    if schedule.paused_at is not None:
        claim.finish()
        return
    again_at = next_slot(schedule.rule, now)[1]
    launch = schedule.launch
    if launch is None or (launch.deleted_at is None and launch.archived_at is None):
        _serve(schedule, now)
        claim.finish(again_at=again_at)
    else:
        claim.finish(again_at=again_at, counts_from_at=now)


def _serve(schedule: Schedule, now: datetime) -> None:
    slots = _missed(schedule, now)
    if not slots:
        return
    destinations = list(schedule.destinations.all())
    *older, newest = slots
    for slot in older:
        skip_slot(destinations=destinations, slot=slot, why="Luna was not running when it was due.")
    if now - newest.at > LATEST:
        skip_slot(destinations=destinations, slot=newest, why=_too_late(newest))
        return
    issue_slot(schedule, newest)


def _missed(schedule: Schedule, now: datetime) -> list[Slot]:
    """The slots up to now that were not served, the oldest first."""
    served = Edition.objects.filter(schedule=schedule, slot_at__isnull=False)
    newest = served.order_by("-slot_at").values_list("slot_at", flat=True).first()
    after = max(filter(None, (schedule.counts_from_at, newest)))
    after = max(after, now - timedelta(weeks=_MOST_MISSED))

    found: list[Slot] = []
    while True:
        day, at = next_slot(schedule.rule, after)
        if at > now:
            return found
        found.append(Slot(schedule, f"{schedule.pk}:{day.isoformat()}", at, late_words(schedule, at, now)))
        after = at


def _too_late(slot: Slot) -> str:
    return f"It was due {slot.late_words}, more than a day before Luna could send it. The next one tells of it all."


def schedule_failed(claim: Claim[Schedule], why: str) -> None:  # noqa: ARG001  the queue's signature
    """Leave this slot; the next one comes."""
    claim.finish(again_at=next_slot(claim.row.rule, clock.now())[1])


def notice_failed(claim: Claim[Notice], why: str) -> None:  # noqa: ARG001  the queue's signature
    """It stays in the app."""
    claim.finish()


SCHEDULES: Queue[Schedule] = Queue("schedules", Schedule, work_schedule, schedule_failed)
DELIVERIES: Queue[Delivery] = Queue("deliveries", Delivery, work_delivery, give_up_delivery)
NOTICES: Queue[Notice] = Queue("notices", Notice, mail_notice, notice_failed)
