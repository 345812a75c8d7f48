"""The one door to launches: 404 for what one may not know of, 403 for what one may see but not change."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from launches.domain.types import LaunchRole
from launches.models import Comment, Launch, Participant, Update
from launches.registry import SUBJECTS, existing_rows
from luna import clock

if TYPE_CHECKING:
    from django.db import models

    from people.models import User

UNDO_FOR = timedelta(days=1)
"""How long what was deleted can be brought back."""


class Need(StrEnum):
    """What someone wants to do in a launch."""

    READ = "read"
    """See it, and comment."""
    CONTRIBUTE = "contribute"
    """Add updates, risks and decisions: everyone who sees it but guests."""
    EDIT = "edit"
    """Owner, editors and admins."""
    OWN = "own"
    """Owner and admins: delete it."""


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


def get_deleted_launch(user: User, key: str) -> Launch:
    """For its owner and admins, within a day of its deletion. Raises Http404."""
    launch = Launch.objects.filter(key=key.upper(), deleted_at__gte=clock.now() - UNDO_FOR).first()
    if launch is None or not may(user, launch, Need.OWN):
        raise Http404
    found: Launch = launch
    return found


def get_participant(user: User, key: str, pk: int) -> Participant:
    """Someone who takes part in the launch, for its editors. Raises Http404 or PermissionDenied."""
    launch = get_launch(user, key, Need.EDIT)
    participant: Participant = _child(Participant.objects.select_related("user", "team"), launch, pk)
    return participant


def get_update(user: User, key: str, pk: int, *, deleted: bool = False) -> Update:
    """An update, or a deleted one, for its author and editors. Raises Http404 or PermissionDenied."""
    launch = get_launch(user, key, Need.CONTRIBUTE)
    update: Update = _child(_existing_or_deleted(Update.objects.all(), deleted=deleted), launch, pk)
    if update.author_id != user.pk and not can_edit(user, launch):
        raise PermissionDenied
    return update


def get_comment(user: User, key: str, pk: int, *, deleted: bool = False) -> Comment:
    """A comment, or a deleted one, for its author and admins. Raises Http404 or PermissionDenied."""
    launch = get_launch(user, key)
    comment: Comment = _child(_existing_or_deleted(Comment.objects.all(), deleted=deleted), launch, pk)
    if comment.author_id != user.pk and not user.is_admin:
        raise PermissionDenied
    return comment


def get_subject(launch: Launch, kind: str, pk: int) -> models.Model:
    """What is to be commented on, if it belongs to the launch. Raises Http404."""
    subject = SUBJECTS.get(kind)
    found: models.Model | None = existing_rows(subject, launch.pk).filter(pk=pk).first() if subject else None
    if found is None:
        raise Http404
    return found


def may(user: User, launch: Launch, need: Need) -> bool:
    """Whether someone who may see the launch may also do `need` there."""
    match need:
        case Need.READ:
            return True
        case Need.CONTRIBUTE:
            return not user.is_guest
        case Need.OWN:
            return user.is_admin or launch.owner_id == user.pk
        case Need.EDIT:
            return can_edit(user, launch)


def can_edit(user: User, launch: Launch) -> bool:
    """Owner, participants with the role editor (themselves or by team; never guests), and admins."""
    if user.is_admin or launch.owner_id == user.pk:
        return True
    if user.is_guest:
        return False
    mine = Participant.objects.filter(launch=launch, role=LaunchRole.EDITOR)
    return mine.filter(user=user).exists() or mine.filter(team__members=user).exists()


def _child(rows: models.QuerySet[Any], launch: Launch, pk: int) -> Any:
    row = rows.filter(launch=launch, pk=pk).first()
    if row is None:
        raise Http404
    row.launch = launch
    return row


def _existing_or_deleted(rows: models.QuerySet[Any], *, deleted: bool) -> models.QuerySet[Any]:
    if deleted:
        return rows.filter(deleted_at__gte=clock.now() - UNDO_FOR)
    return rows.filter(deleted_at__isnull=True)
