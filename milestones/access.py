"""The door to milestones, always through their launch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404

from launches.access import UNDO_FOR, Need, can_edit, get_launch
from launches.models import Launch
from luna import clock
from milestones.models import Dependency
from milestones.selectors import deleted_milestone, milestones_of

if TYPE_CHECKING:
    from milestones.models import Milestone
    from people.models import User


def get_milestone(user: User, key: str, pk: int, need: Need = Need.READ) -> Milestone:
    """The milestone with its launch and people. Raises Http404, also for another launch's, or PermissionDenied."""
    launch = get_launch(user, key, need)
    milestone = milestones_of(launch).filter(pk=pk).first()
    if milestone is None:
        raise Http404
    milestone.launch = launch
    return milestone


def get_milestone_to_work_on(user: User, key: str, pk: int) -> Milestone:
    """For its owner, its unblocker and the launch's editors. Raises Http404 or PermissionDenied."""
    milestone = get_milestone(user, key, pk)
    if not can_work_on(user, milestone):
        raise PermissionDenied
    return milestone


def get_deleted_milestone(user: User, key: str, pk: int) -> Milestone:
    """For editors, within a day. Raises Http404 or PermissionDenied."""
    launch = get_launch(user, key, Need.EDIT)
    milestone = deleted_milestone(launch, pk)
    if milestone is None or milestone.deleted_at is None or milestone.deleted_at < clock.now() - UNDO_FOR:
        raise Http404
    milestone.launch = launch
    return milestone


def get_dependency(user: User, key: str, pk: int) -> Dependency:
    """A dependency of this launch's milestones, for editors who may see both ends. Raises Http404, PermissionDenied."""
    launch = get_launch(user, key, Need.EDIT)
    known = Dependency.objects.filter(predecessor__launch__in=Launch.objects.visible_to(user))
    found = known.filter(pk=pk, successor__launch=launch, successor__deleted_at__isnull=True)
    dependency = found.select_related("predecessor__launch", "successor").first()
    if dependency is None:
        raise Http404
    dependency.successor.launch = launch
    return dependency


def can_work_on(user: User, milestone: Milestone) -> bool:
    """Whether `user`, who may see it, may change its state and progress: its owner, its unblocker, and editors."""
    return user.pk in {milestone.owner_id, milestone.unblocker_id} or can_edit(user, milestone.launch)
