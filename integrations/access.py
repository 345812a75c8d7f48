"""The doors to connections and sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from integrations.models import Connection, DependencySuggestion, QuarantinedPayload, Task, TaskSource
from integrations.suggestions import readable_suggestions
from launches.access import Need, get_launch
from milestones.access import get_milestone

if TYPE_CHECKING:
    from milestones.models import Milestone
    from people.models import User


def get_connection(pk: int) -> Connection:
    """For admins, behind `admin_required`. Raises Http404."""
    found = Connection.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_payload(pk: int) -> QuarantinedPayload:
    """One that was set aside; for admins, behind `admin_required`. Raises Http404."""
    found = QuarantinedPayload.objects.filter(pk=pk).select_related("connection").first()
    if found is None:
        raise Http404
    return found


def get_source(user: User, key: str, milestone_pk: int, pk: int) -> TaskSource:
    """A source of this milestone of this launch, for editors. Raises Http404 or PermissionDenied."""
    milestone = get_milestone(user, key, milestone_pk, Need.EDIT)
    source = TaskSource.objects.filter(pk=pk, milestone=milestone).select_related("connection").first()
    if source is None:
        raise Http404
    source.milestone = milestone
    return source


def get_task(milestone: Milestone, pk: int) -> Task:
    """A task that a source of the milestone found. Raises Http404."""
    found = Task.objects.filter(pk=pk, links__source__milestone=milestone).first()
    if found is None:
        raise Http404
    return found


def get_suggestion(user: User, key: str, pk: int) -> DependencySuggestion:
    """For editors of the launch that would wait, who may read the other one. Raises Http404 or PermissionDenied."""
    launch = get_launch(user, key, Need.EDIT)
    found = readable_suggestions(user).filter(pk=pk, successor__launch=launch).first()
    if found is None:
        raise Http404
    return found
