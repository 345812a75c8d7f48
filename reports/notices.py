"""Telling people: who hears of a delivery in trouble, and notices by e-mail after rights are checked again."""

from __future__ import annotations

from django.conf import settings

from launches.actions.notices import notify
from launches.domain.types import NoticeReason
from launches.models import Launch, Notice
from luna import clock
from luna.lib.mail import send_mail
from luna.lib.text import clean_line
from luna.lib.work import Claim
from people.domain.types import Role
from people.models import User
from reports.domain.types import DeliveryState
from reports.models import Delivery, Edition


def tell_of_delivery(delivery: Delivery, sentence: str) -> None:
    """Whoever sent it, else who answers for it, is told that it is held or failed. In the caller's transaction."""
    edition = delivery.edition
    is_held = delivery.state == DeliveryState.HELD
    said = "needs your answer" if is_held else "was not sent"
    reader = _who_answers(edition)
    if reader is None:
        return
    notify(
        user=reader,
        reason=NoticeReason.DELIVERY_HELD if is_held else NoticeReason.DELIVERY_FAILED,
        subject=delivery,
        sentence=f"{edition.title} {said}: {sentence}",
        path=edition.list_path,
        launch=edition.launch,
        actor=None,
    )


def _who_answers(edition: Edition) -> User | None:
    """The sender; else the launch's owner, or whoever made the schedule; in the end an admin."""
    people = [edition.created_by]
    people += [edition.launch.owner] if edition.launch else []
    people += [edition.schedule.created_by] if edition.schedule else []
    able = (person for person in people if person and person.is_active)
    return next(able, None) or User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk").first()


def mail_notice(claim: Claim[Notice]) -> None:
    """Send the notice by e-mail once, where mail is set and its reader may still see what it is about."""
    notice = Notice.objects.select_related("user", "launch").get(pk=claim.row.pk)
    if not settings.EMAIL_URL or notice.read_at or notice.mailed_at or not _may_read(notice):
        claim.finish()
        return
    # Saved before the call: a notice may be lost in a crash, and is never mailed twice; it stands in the app anyway.
    claim.save(mailed_at=clock.now())
    text = f"{notice.sentence}\n\n{settings.BASE_URL}{notice.path}\n"
    problem = send_mail(to=[notice.user.email], subject=clean_line(notice.sentence, limit=120), text=text)
    if problem:
        claim.save(mailed_at=None)
        raise NoticeNotMailedError(problem)
    claim.finish()


class NoticeNotMailedError(Exception):
    """The mail server did not take it; the queue tries again."""


def _may_read(notice: Notice) -> bool:
    if not notice.user.is_active:
        return False
    if notice.launch_id is None:
        about_reports = notice.reason in {NoticeReason.DELIVERY_HELD, NoticeReason.DELIVERY_FAILED}
        return notice.user.is_admin or (about_reports and notice.user.can_create_launches)
    visible = Launch.objects.visible_to(notice.user).filter(pk=notice.launch_id)
    return bool(visible.exists())
