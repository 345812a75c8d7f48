"""Telling people: who hears of a delivery in trouble, and notices by e-mail after rights are checked again."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from launches.actions.notices import notify
from launches.domain.types import NoticeReason
from launches.models import Launch, Notice
from luna import clock
from luna.lib.mail import send_mail
from luna.lib.text import clean_line
from luna.lib.work import Claim
from reports.domain.types import DeliveryState
from reports.models import Delivery


def tell_of_delivery(delivery: Delivery, sentence: str) -> None:
    """Whoever sent it, else the launch's owner, is told that it is held or failed. In the caller's transaction."""
    launch, edition = delivery.edition.launch, delivery.edition
    is_held = delivery.state == DeliveryState.HELD
    said = "needs your answer" if is_held else "was not sent"
    sender = edition.created_by
    notify(
        user=sender if sender and sender.is_active else launch.owner,
        reason=NoticeReason.DELIVERY_HELD if is_held else NoticeReason.DELIVERY_FAILED,
        subject=delivery,
        sentence=f"{edition.title} {said}: {sentence}",
        path=reverse("reports:launch_reports", args=[launch.key]),
        launch=launch,
        actor=None,
    )


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
        return notice.user.is_admin
    visible = Launch.objects.visible_to(notice.user).filter(pk=notice.launch_id)
    return bool(visible.exists())
