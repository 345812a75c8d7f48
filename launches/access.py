"""The one door to launches: 404 for what one may not know of, 403 for what one may see but not change."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404

from launches.domain.types import LaunchRole
from launches.models import Launch, Participant

if TYPE_CHECKING:
    from people.models import User


class Need(StrEnum):
    """What someone wants to do in a launch."""

    READ = "read"
    """See it, and comment."""
    CONTRIBUTE = "contribute"
    """Add updates, risks and decisions: everyone who sees it but guests."""
    EDIT = "edit"
    """Owner, editors and admins."""


def get_launch(user: User, key: str, need: Need = Need.READ) -> Launch:
    """The launch with its owner, stage and summary. Raises Http404 or PermissionDenied."""
    launch: Launch | None = (
        Launch.objects.visible_to(user).select_related("owner", "stage", "summary").filter(key=key.upper()).first()
    )
    if launch is None:
        raise Http404
    if not may(user, launch, need):
        raise PermissionDenied
    return launch


def may(user: User, launch: Launch, need: Need) -> bool:
    """Whether someone who may see the launch may also do `need` there."""
    if need is Need.READ:
        return True
    if need is Need.CONTRIBUTE:
        return not user.is_guest
    return can_edit(user, launch)


def can_edit(user: User, launch: Launch) -> bool:
    """Owner, participants with the role editor (themselves or by team; never guests), and admins."""
    if user.is_admin or launch.owner_id == user.pk:
        return True
    if user.is_guest:
        return False
    mine = Participant.objects.filter(launch=launch, role=LaunchRole.EDITOR)
    return mine.filter(user=user).exists() or mine.filter(team__members=user).exists()
