"""Telling a person that something waits for them."""

from __future__ import annotations

from django.db import models

from launches.domain.types import NoticeReason
from launches.models import Launch, Notice
from luna import clock
from luna.lib import work
from people.models import User

NOTICES = "notices"


def notify(
    *,
    user: User,
    reason: NoticeReason,
    subject: models.Model,
    sentence: str,
    path: str,
    launch: Launch | None,
    actor: User | None,
) -> None:
    """Write the notice (once per person, reason and thing; unread again when repeated), never to the actor.

    Runs in the caller's transaction. E-mail goes out later, after rights are checked again.
    """
    if user == actor or not user.is_active:
        return
    now = clock.now()
    notice, _ = Notice.objects.update_or_create(
        user=user,
        reason=reason,
        subject_kind=subject._meta.model_name or "",
        subject_id=subject.pk,
        defaults={
            "launch": launch,
            "sentence": sentence[:300],
            "path": path,
            "created_at": now,
            "read_at": None,
            "mailed_at": None,
        },
    )
    work.wish(NOTICES, Notice.objects.filter(pk=notice.pk))


def settle_notices(*, subject: models.Model, reason: NoticeReason | None = None, user: User | None = None) -> None:
    """In the caller's transaction: what was asked is done (by `user`, or for everyone), so nothing is left to read.

    Without a `reason` whatever was said about the subject: it is gone.
    """
    about = {"subject_kind": subject._meta.model_name or "", "subject_id": subject.pk}
    waiting = Notice.objects.filter(**about, read_at__isnull=True)
    if reason is not None:
        waiting = waiting.filter(reason=reason)
    if user is not None:
        waiting = waiting.filter(user=user)
    waiting.update(read_at=clock.now())
