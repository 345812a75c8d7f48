"""Talking about a launch and what is in it."""

from __future__ import annotations

from django.db import transaction

from launches.access import get_subject
from launches.actions.notices import notify, settle_notices
from launches.domain.mentions import Person, mentioned
from launches.domain.types import NoticeReason
from launches.models import Comment, Launch
from launches.registry import SUBJECTS
from launches.selectors import people_who_see
from luna import clock
from luna.events.log import record
from people.models import User


def add_comment(*, launch: Launch, subject_kind: str, subject_id: int, text: str, actor: User) -> Comment:
    """Say something about a thing of this launch, and tell those whom the text mentions and who may see it.

    Raises Http404 when the thing is another launch's.
    """
    with transaction.atomic():
        subject = get_subject(launch, subject_kind, subject_id)
        comment = Comment.objects.create(
            launch=launch,
            subject_kind=subject_kind,
            subject_id=subject_id,
            author=actor,
            text=text,
            created_at=clock.now(),
        )
        # About the thing, without the text: the log keeps for ever, and a comment can be taken back.
        record("comment.added", subject, actor=actor, launch_id=launch.pk)
        path = SUBJECTS[subject_kind].path(launch.key, subject_id)
        for user in _mentioned_in(text, launch):
            notify(
                user=user,
                reason=NoticeReason.MENTIONED,
                subject=comment,
                sentence=f"{actor.name} mentioned you about “{subject}” in {launch.name}.",
                path=path,
                launch=launch,
                actor=actor,
            )
    return comment


def delete_comment(*, comment: Comment, actor: User) -> None:
    """Take it back; for a day it can be restored."""
    with transaction.atomic():
        comment.deleted_at = clock.now()
        comment.save(update_fields=["deleted_at"])
        record("comment.deleted", comment, actor=actor, launch_id=comment.launch_id)
        settle_notices(subject=comment)


def restore_comment(*, comment: Comment, actor: User) -> None:
    """Bring a deleted comment back."""
    with transaction.atomic():
        comment.deleted_at = None
        comment.save(update_fields=["deleted_at"])
        record("comment.restored", comment, actor=actor, launch_id=comment.launch_id)


def _mentioned_in(text: str, launch: Launch) -> list[User]:
    if "@" not in text:
        return []
    people = list(people_who_see(launch))
    named = mentioned(text, [Person(user.pk, user.name, user.email) for user in people])
    return [user for user in people if user.pk in named]
