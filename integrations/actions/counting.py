"""What people decide about what counts: a source's rules, the unit of a milestone's progress, a task's shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from integrations.domain.counting import Rules, moved_shares
from integrations.models import TaskShare
from integrations.selectors_counting import holders_of
from integrations.sync.counting import one_at_a_time, recount, sharers_of
from luna import clock
from luna.events.log import record
from milestones.actions import progress

if TYPE_CHECKING:
    from integrations.models import Task, TaskSource
    from milestones.domain.types import ProgressUnit
    from milestones.models import Milestone
    from people.models import User


def change_rules(*, source: TaskSource, rules: Rules, actor: User) -> None:
    """Let other tasks of the source count, at once. What is in the mirror is counted; nothing is read anew."""
    before, milestone, now = Rules.from_json(source.counting), source.milestone, clock.now()
    if before == rules:
        return
    with transaction.atomic():
        one_at_a_time([milestone.pk])
        formerly = sharers_of(milestone.pk, now)
        source.counting = rules.as_json()
        source.save(update_fields=["counting"])
        record(
            "source.rules_changed",
            source,
            actor=actor,
            launch_id=milestone.launch_id,
            before={"counts": before.words or "everything"},
            after={"counts": rules.words or "everything"},
        )
        recount(milestone.pk, formerly=formerly, now=now, actor=actor)


def choose_unit(*, milestone: Milestone, version: int | None, unit: ProgressUnit, actor: User) -> None:
    """Count the milestone's progress by another unit, at once. Raises StaleVersionError."""
    with transaction.atomic():
        one_at_a_time([milestone.pk])
        progress.choose_unit(milestone=milestone, version=version, unit=unit, actor=actor)
        if milestone.sources_linked:
            recount(milestone.pk, now=clock.now(), actor=actor)


def move_share(*, task: Task, milestone: Milestone, percent: int | None, actor: User) -> None:
    """Let so many per cent of a shared task count for this milestone; None shares it equally again.

    The other milestones of the launch that hold it keep their proportions. Raises ValidationError where none does.
    """
    now = clock.now()
    with transaction.atomic():
        one_at_a_time([milestone.pk])
        current = holders_of(task, milestone, now)
        if not current:
            raise ValidationError("No other milestone of this launch counts this task any more.")
        same = Q(task=task) | Q(task__url=task.url) if task.url else Q(task=task)
        TaskShare.objects.filter(same, milestone__launch_id=milestone.launch_id).delete()
        if percent is not None:
            moved = moved_shares(current, milestone.pk, percent / 100)
            TaskShare.objects.bulk_create(
                TaskShare(task=task, milestone_id=pk, share=min(share, 1.0), set_by=actor, set_at=now)
                for pk, share in moved.items()
            )
        record(
            "milestone.share_moved",
            milestone,
            actor=actor,
            launch_id=milestone.launch_id,
            before={"task": task.key, "share": f"{current[milestone.pk]:.0%}"},
            after={"task": task.key, "share": "equal" if percent is None else f"{percent}%"},
        )
        recount(milestone.pk, formerly=current, now=now, actor=actor)
