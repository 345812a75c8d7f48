"""Taking over what a sync counted, and progress that a person sets by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from launches.actions.summaries import wish_recompute
from launches.models import LaunchSummary
from luna.events.log import changed_fields, record
from luna.events.models import Through
from luna.lib.versions import save_version
from milestones.domain.progress import DayCount, TaskCounts
from milestones.domain.thresholds import FRESH_HOURS
from milestones.domain.types import ProgressUnit, State
from milestones.models import Milestone, WorkDay
from milestones.models.milestone import UNIT_WORDS

if TYPE_CHECKING:
    from people.models import User


def record_progress(
    *,
    milestone_id: int,
    counts: TaskCounts,
    work_days: Iterable[DayCount],
    sources_linked: int,
    actor: User | None = None,
) -> None:
    """Write a milestone's counts and work days after a committed sync; one event, and only when a number changed.

    Rewrites the work days: what is not among `work_days` goes. Without an actor it is the sync that speaks.
    """
    with transaction.atomic():
        milestone: Milestone = Milestone.objects.select_for_update(no_key=True).get(pk=milestone_id)
        new = {"sources_linked": sources_linked, **_counted(counts)}
        before, after = changed_fields({name: getattr(milestone, name) for name in new}, new)
        for name, value in new.items():
            setattr(milestone, name, value)
        milestone.last_task_completed_on = counts.last_completed_on
        milestone.tasks_synced_at = counts.synced_at if sources_linked else None
        milestone.save(update_fields=[*new, "last_task_completed_on", "tasks_synced_at"])
        _rewrite_work_days(milestone, work_days)
        if after:
            through = Through.SYNC if actor is None else Through.WEB
            record(
                "milestone.progressed",
                milestone,
                actor=actor,
                launch_id=milestone.launch_id,
                through=through,
                before=before,
                after=after,
                occurred_at=counts.synced_at,
            )
        wish_recompute([milestone.launch_id])


def _counted(counts: TaskCounts) -> dict[str, float | None]:
    return {
        "tasks_total": counts.total,
        "tasks_done": counts.done,
        "tasks_in_progress": counts.in_progress,
        "work_total": counts.work_total,
        "work_done": counts.work_done,
    }


def note_freshness(*, milestone_id: int, synced_at: datetime) -> None:
    """Its tasks were read and none had changed: no event, and nothing is computed unless it had gone stale."""
    with transaction.atomic():
        milestones = Milestone.objects.filter(pk=milestone_id)
        old, launch_id = milestones.values_list("tasks_synced_at", "launch_id").get()
        milestones.update(tasks_synced_at=synced_at)
        if old is None or synced_at - old > timedelta(hours=FRESH_HOURS):
            wish_recompute([launch_id])
        else:
            LaunchSummary.objects.filter(launch_id=launch_id, synced_at__lt=synced_at).update(synced_at=synced_at)


def _rewrite_work_days(milestone: Milestone, work_days: Iterable[DayCount]) -> None:
    """Only the days that differ are written."""
    wanted = {count.day: (count.arrived, count.completed, count.scope) for count in work_days}
    existing = {row.day: row for row in WorkDay.objects.filter(milestone=milestone)}
    gone = [row.pk for day, row in existing.items() if day not in wanted]
    if gone:
        WorkDay.objects.filter(pk__in=gone).delete()
    changed = []
    for day, numbers in wanted.items():
        row = existing.get(day)
        if row is None or (row.arrived, row.completed, row.scope) != numbers:
            arrived, completed, scope = numbers
            changed.append(WorkDay(milestone=milestone, day=day, arrived=arrived, completed=completed, scope=scope))
    WorkDay.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["milestone", "day"],
        update_fields=["arrived", "completed", "scope"],
        batch_size=500,
    )


def choose_unit(*, milestone: Milestone, version: int | None, unit: ProgressUnit, actor: User) -> None:
    """Say by what its progress counts; the caller counts it anew. Raises StaleVersionError."""
    before = ProgressUnit(milestone.progress_unit)
    if before == unit:
        return
    with transaction.atomic():
        save_version(milestone, expected=version, progress_unit=unit)
        record(
            "milestone.edited",
            milestone,
            actor=actor,
            launch_id=milestone.launch_id,
            before={"progress_unit": UNIT_WORDS[before]},
            after={"progress_unit": UNIT_WORDS[unit]},
        )


def set_progress_by_hand(*, milestone: Milestone, version: int | None, percent: int | None, actor: User) -> None:
    """Say how far a milestone is where no tasks are linked. Raises ValidationError and StaleVersionError."""
    if milestone.sources_linked:
        raise ValidationError("Its progress comes from linked tasks. Unlink them first to set it by hand.")
    if milestone.state in {State.COMPLETED, State.CANCELLED}:
        raise ValidationError("It is no longer open. Open it again first to set its progress.")
    if percent is not None and not 0 <= percent <= 100:
        raise ValidationError("Progress is a whole number from 0 to 100.")
    old = milestone.progress_by_hand
    if old == percent:
        return
    with transaction.atomic():
        save_version(milestone, expected=version, progress_by_hand=percent)
        record(
            "milestone.progressed",
            milestone,
            actor=actor,
            launch_id=milestone.launch_id,
            before={"progress_by_hand": old},
            after={"progress_by_hand": percent},
        )
        wish_recompute([milestone.launch_id])
