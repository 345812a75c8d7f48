"""How django-allauth meets Luna: no sign-up, mail only where mail is set, links that lead to Luna's own address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.urls import reverse

from luna.lib.mail import mail_is_set, send_mail

if TYPE_CHECKING:
    from django.http import HttpRequest

_PLAIN_TO_SEE = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}

_log = structlog.get_logger(__name__)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Closed to sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  the adapter's signature
        """People are invited by an admin."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """Without the site's name in front."""
        return subject

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        """No news about what everybody sees: that they are in, or out."""
        if message_template not in _PLAIN_TO_SEE:
            super().add_message(request, level, message_template, *args, **kwargs)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002  the adapter's signature
        """Back to the profile."""
        return reverse("people:profile")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the mail: on the address that the operator set, not on the one that the request claims."""
        path = urlsplit(super().get_reset_password_from_key_url(key)).path
        return f"{settings.BASE_URL}{path}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send if mail is set. A failure is logged alone: the page's answer must not tell who has an account."""
        if not mail_is_set():
            return
        message = self.render_mail(template_prefix, email, {"email": email, **context})
        problem = send_mail(to=[email], subject=message.subject, text=str(message.body))
        if problem:
            _log.warning("mail not sent", problem=problem)
