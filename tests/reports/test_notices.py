"""Notices by e-mail: only where mail is set, once, and only to who may still read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core import mail

from launches.actions.notices import notify
from launches.domain.types import NoticeReason, Visibility
from launches.models import Notice
from luna.lib.work import drain
from people.domain.types import Role
from tests.factories import make_connection

if TYPE_CHECKING:
    from pytest_django import Settings

    from launches.models import Launch
    from people.models import User


@pytest.fixture
def told(book: Launch, cleo: User, ana: User) -> Notice:
    """Cleo is asked for her vote."""
    notify(
        user=cleo,
        reason=NoticeReason.VOTE_ASKED,
        subject=book,
        sentence="Ana Alves asks for your vote on Go?",
        path="/launches/BOOK/approvals/",
        launch=book,
        actor=ana,
    )
    return Notice.objects.get()


@pytest.fixture
def mail_is_set(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://mail.luna.test:25"
    settings.BASE_URL = "https://luna.test"


def test_a_notice_is_mailed_once(mail_is_set: None, told: Notice) -> None:
    drain("notices")
    drain("notices")
    (message,) = mail.outbox
    assert message.to == ["cleo@luna.test"]
    assert message.subject == "Ana Alves asks for your vote on Go?"
    assert "https://luna.test/launches/BOOK/approvals/" in message.body
    assert Notice.objects.get().mailed_at is not None


def test_without_mail_it_stays_in_the_app(told: Notice) -> None:
    drain("notices")
    assert mail.outbox == []
    assert Notice.objects.get().due_at is None


def test_who_may_not_see_the_launch_any_more_hears_nothing(mail_is_set: None, told: Notice, book: Launch) -> None:
    book.visibility = Visibility.PRIVATE
    book.save()
    drain("notices")
    assert mail.outbox == []


def test_who_may_not_sign_in_any_more_hears_nothing(mail_is_set: None, told: Notice, cleo: User) -> None:
    cleo.is_active = False
    cleo.save()
    drain("notices")
    assert mail.outbox == []


def test_who_is_no_admin_any_more_hears_nothing_of_connections(mail_is_set: None, ada: User) -> None:
    notify(
        user=ada,
        reason=NoticeReason.CONNECTION_BROKEN,
        subject=make_connection(),
        sentence="Jira needs someone: the token has expired.",
        path="/settings/integrations/1/",
        launch=None,
        actor=None,
    )
    ada.role = Role.MEMBER
    ada.save(update_fields=["role"])
    drain("notices")
    assert mail.outbox == []


def test_what_was_read_is_not_mailed(mail_is_set: None, told: Notice) -> None:
    Notice.objects.update(read_at=told.created_at)
    drain("notices")
    assert mail.outbox == []


def test_a_mail_server_that_fails_is_tried_again_and_then_left(
    mail_is_set: None, told: Notice, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    drain("notices")
    again = Notice.objects.get()
    assert again.mailed_at is None
    assert again.due_at is not None
