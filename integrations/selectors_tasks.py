"""The tasks behind a milestone's progress: what is left first, and whoever reads it sees what stands where."""

from __future__ import annotations

from django.db.models import Case, Exists, IntegerField, OuterRef, QuerySet, Value, When

from integrations.domain.types import TaskState
from integrations.models import SourceTask, Task
from milestones.models import Milestone

SHOWN_TASKS = 10
"""In place; the rest stands on the page of all tasks."""
_ORDER = (TaskState.IN_PROGRESS, TaskState.TO_DO, TaskState.DONE, TaskState.CANCELLED)


def tasks_of(milestone: Milestone) -> QuerySet[Task]:
    """Those that count for the milestone: the open ones first, of each state those that changed last.

    What a source's rules leave out is not among them; what is cancelled is, at the end.
    """
    counted = SourceTask.objects.filter(task=OuterRef("pk"), source__milestone=milestone, is_counted=True)
    place = Case(
        *(When(state=state.value, then=Value(number)) for number, state in enumerate(_ORDER)),
        default=Value(len(_ORDER)),
        output_field=IntegerField(),
    )
    here = Task.objects.filter(Exists(counted), removed_at__isnull=True).select_related("connection")
    return here.order_by(place, "-remote_updated_at", "pk")
