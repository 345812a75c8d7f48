"""Why a date moved, from the database through what is kept to the stored parts: one cause gets what is its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from launches.models import Launch
from luna.lib.dates import WorkingCalendar
from luna.lib.work import drain
from milestones.domain.mixture import Cause
from milestones.models import DateMovement, Dependency, Milestone, Since, WorkDay
from people.models import User, Workspace
from tests.factories import make_approval, make_launch, make_milestone
from tests.milestones.computing import compute
from tests.moving_clock import MovingClock

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WEEK = WorkingCalendar()
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday(clock: MovingClock) -> None:
    clock.set(MONDAY)


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
    """The stored movement, after a worker's tick."""
    compute(launch)
    drain("movements")
    row: DateMovement = DateMovement.objects.get(launch=launch, milestone=milestone, since=since)
    assert row.computed_at is not None
    assert row.before is not None
    assert row.after is not None
    assert abs(sum(share["days"] for share in row.shares) - (row.after - row.before).days) <= 0.5
    return row


def days_of(row: DateMovement) -> dict[str, float]:
    found: dict[str, float] = {}
    for share in row.shares:
        found[share["cause"]] = found.get(share["cause"], 0) + share["days"]
    return found


def gets_at_least_95_per_cent(row: DateMovement, cause: Cause) -> None:
    days = days_of(row)
    assert row.before is not None
    assert row.after is not None
    moved = (row.after - row.before).days
    assert abs(moved) >= 4
    assert days[cause] / moved >= 0.95
    assert sum(abs(each) for each in days.values()) <= 1.05 * abs(moved) + 0.5


def scope(milestone: Milestone, _before: Milestone) -> None:
    more_tasks(milestone, 10)


def upstream(_milestone: Milestone, before: Milestone) -> None:
    more_tasks(before, 20)


def waits(milestone: Milestone, _before: Milestone) -> None:
    make_approval(milestone.launch, milestone.launch.owner, milestone=milestone)


def calendar(_milestone: Milestone, _before: Milestone) -> None:
    place = Workspace.objects.get()
    for n in range(4):
        place.holidays.create(day=date(2026, 12, 1) + timedelta(days=n), name="Free")


def corrections(milestone: Milestone, _before: Milestone) -> None:
    """Of the first ten days nothing was done after all."""
    rows = WorkDay.objects.filter(milestone=milestone).order_by("day").values_list("pk", flat=True)[:10]
    WorkDay.objects.filter(pk__in=list(rows)).update(completed=0)
    now = Milestone.objects.get(pk=milestone.pk)
    Milestone.objects.filter(pk=milestone.pk).update(tasks_done=now.tasks_done - 10)


INJECTED: dict[Cause, Callable[[Milestone, Milestone], None]] = {
    Cause.SCOPE: scope,
    Cause.UPSTREAM: upstream,
    Cause.WAITS: waits,
    Cause.CALENDAR: calendar,
    Cause.CORRECTIONS: corrections,
}


@pytest.mark.parametrize("cause", INJECTED)
def test_one_cause_gets_all_of_the_change(cause: Cause, ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    milestone = at_work(launch, "Copy", left=30)
    before = at_work(make_launch(ana), "Design", left=12)
    Dependency.objects.create(predecessor=before, successor=milestone, created_at=MONDAY)
    compute(launch)
    a_week_goes_by(clock, milestone, before)

    INJECTED[cause](milestone, before)

    gets_at_least_95_per_cent(explained(launch, milestone), cause)


@pytest.mark.parametrize("done", [0, 2])
def test_pace_gets_all_of_the_change(done: int, ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    milestone = at_work(launch, "Copy", left=30)
    compute(launch)
    a_week_goes_by(clock, milestone, done=done)
    gets_at_least_95_per_cent(explained(launch, milestone), Cause.PACE)
