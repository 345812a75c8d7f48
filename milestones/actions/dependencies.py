"""Dependencies: which milestone waits for which, and how many working days after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from launches.actions.summaries import wish_recompute
from launches.domain.types import Visibility
from luna import clock
from luna.events.log import record
from milestones.domain.graph import cycle_closed_by, cycle_sentence, successors_of
from milestones.models import Dependency, Milestone
from milestones.selectors import names_for
from people.models import Workspace
from people.selectors import workspace

if TYPE_CHECKING:
    from people.models import User

MOST_LAG_DAYS = 365


def add_dependency(*, predecessor: Milestone, successor: Milestone, lag_days: int = 0, actor: User) -> Dependency:
    """Let `successor` wait for `predecessor`, `lag_days` working days more. Raises ValidationError: a cycle is named.

    A private launch's milestones may be waited for in that launch alone: elsewhere their names would be told.
    """
    _check_lag(lag_days)
    elsewhere = predecessor.launch_id != successor.launch_id
    if elsewhere and predecessor.launch.visibility == Visibility.PRIVATE:
        raise ValidationError("Milestones of a private launch can only be waited for inside that launch.")
    with transaction.atomic():
        # One at a time in the whole workspace: two at once could close a circle that neither sees.
        Workspace.objects.select_for_update(no_key=True).get(pk=workspace().pk)
        graph = successors_of(Dependency.objects.values_list("predecessor_id", "successor_id"))
        if circle := cycle_closed_by(graph, predecessor.pk, successor.pk):
            raise ValidationError(cycle_sentence(names_for(circle, actor)))
        dependency, is_new = Dependency.objects.get_or_create(
            predecessor=predecessor, successor=successor, defaults={"lag_days": lag_days, "created_at": clock.now()}
        )
        if not is_new:
            raise ValidationError(f"It waits for “{predecessor.name}” already.")
        record("dependency.added", dependency, actor=actor, launch_id=successor.launch_id, after=_as_data(dependency))
        wish_recompute([successor.launch_id])
    return dependency


def change_lag(*, dependency: Dependency, lag_days: int, actor: User) -> None:
    """Let the successor wait longer or shorter. Raises ValidationError."""
    _check_lag(lag_days)
    before = dependency.lag_days
    if before == lag_days:
        return
    with transaction.atomic():
        dependency.lag_days = lag_days
        dependency.save(update_fields=["lag_days"])
        record(
            "dependency.changed",
            dependency,
            actor=actor,
            launch_id=dependency.successor.launch_id,
            before={"lag_days": before},
            after={"lag_days": lag_days},
        )
        wish_recompute([dependency.successor.launch_id])


def remove_dependency(*, dependency: Dependency, actor: User) -> None:
    """The successor waits no longer."""
    with transaction.atomic():
        launch_id = dependency.successor.launch_id
        record("dependency.removed", dependency, actor=actor, launch_id=launch_id, before=_as_data(dependency))
        dependency.delete()
        wish_recompute([launch_id])


def _as_data(dependency: Dependency) -> dict[str, Any]:
    return {
        "predecessor": dependency.predecessor_words,
        "successor": dependency.successor.name,
        "successor_id": dependency.successor_id,
        "lag_days": dependency.lag_days,
    }


def _check_lag(lag_days: int) -> None:
    if not 0 <= lag_days <= MOST_LAG_DAYS:
        raise ValidationError(f"The lag is 0 to {MOST_LAG_DAYS} working days.")
