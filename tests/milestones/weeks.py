"""Milestones at work in the database, and a week that goes by."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from launches.models import Launch
from luna.lib.dates import WorkingCalendar
from luna.lib.work import drain
from milestones.models import DateMovement, Milestone, Since, WorkDay
from tests.factories import make_milestone
from tests.milestones.computing import compute
from tests.moving_clock import MovingClock

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WEEK = WorkingCalendar()


def at_work(launch: Launch, name: str, *, left: int, **fields: Any) -> Milestone:
    """One task a working day was completed for forty days, and so many are left."""
    given: dict[str, Any] = {
        "state": "in_progress",
        "sources_linked": 1,
        "tasks_total": 40 + left,
        "tasks_done": 40,
        "tasks_synced_at": MONDAY,
        "last_task_completed_on": WEEK.add(MONDAY.date(), -1),
    }
    milestone = make_milestone(launch, name, **(given | fields))
    WorkDay.objects.bulk_create(
        WorkDay(milestone=milestone, day=WEEK.add(MONDAY.date(), -n), completed=1, scope=40 + left)
        for n in range(1, 41)
    )
    return milestone


def a_week_goes_by(clock: MovingClock, *steady: Milestone, done: int = 1) -> None:
    """Five working days, on each of which so many tasks of these milestones are completed."""
    for milestone in steady:
        WorkDay.objects.bulk_create(
            WorkDay(milestone=milestone, day=WEEK.add(MONDAY.date(), n), completed=done, scope=milestone.tasks_total)
            for n in range(5)
        )
        Milestone.objects.filter(pk=milestone.pk).update(tasks_done=milestone.tasks_done + 5 * done)
    clock.move(timedelta(days=7))


def more_tasks(milestone: Milestone, tasks: int) -> None:
    """So many were written down last Tuesday."""
    WorkDay.objects.filter(milestone=milestone, day=MONDAY.date() + timedelta(days=1)).update(arrived=tasks)
    now = Milestone.objects.get(pk=milestone.pk)
    Milestone.objects.filter(pk=milestone.pk).update(tasks_total=now.tasks_total + tasks)


def explained(launch: Launch, milestone: Milestone | None, since: str = Since.WEEK) -> DateMovement:
    """The stored movement, after a worker's tick; its parts add up."""
    compute(launch)
    drain("movements")
    row: DateMovement = DateMovement.objects.get(launch=launch, milestone=milestone, since=since)
    assert row.computed_at is not None
    assert row.before is not None
    assert row.after is not None
    assert abs(sum(share["days"] for share in row.shares) - (row.after - row.before).days) <= 0.5
    return row
