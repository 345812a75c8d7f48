"""Sending mail where mail is set, and saying in words why it did not go."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from email.errors import HeaderParseError

from django.conf import settings
from django.core.mail import EmailMessage


def mail_is_set() -> bool:
    """Whether the operator gave Luna a mail server."""
    return bool(settings.EMAIL_URL)


def send_mail(*, to: Sequence[str], subject: str, text: str) -> str:
    """Send one plain-text mail. Returns why it did not go in one sentence, or nothing when the server took it."""
    if not mail_is_set():
        return "Mail is not set up: LUNA_EMAIL_URL is empty."
    try:
        EmailMessage(" ".join(subject.split()), text, to=list(to)).send()
    except (OSError, smtplib.SMTPException, HeaderParseError, ValueError) as error:
        return _without_secrets(_reason(error))
    return ""


def _reason(error: Exception) -> str:
    """What to tell the person who set mail up. smtplib's errors are OSErrors too, so they come first."""
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    if isinstance(error, smtplib.SMTPException):
        return f"{server} {_answer(error)}"
    match error:
        case ssl.SSLError():
            return f"No safe connection to {server}: {error.reason or error}. Check the port, and smtps or smtp+tls."
        case TimeoutError():
            return f"{server} did not answer within {settings.EMAIL_TIMEOUT} seconds."
        case ConnectionRefusedError():
            return f"Nothing listens on {server}."
        case OSError():
            return f"{server} can't be reached: {error.strerror or error}"
        case _:
            return f"The mail could not be written: {error}"


def _answer(error: smtplib.SMTPException) -> str:
    match error:
        case smtplib.SMTPAuthenticationError():
            return f"refused the user name or the password: {_said(error.smtp_code, error.smtp_error)}"
        case smtplib.SMTPRecipientsRefused():
            answers = "; ".join(_said(code, words) for code, words in error.recipients.values())
            return f"refused the address that the mail goes to: {answers}"
        case smtplib.SMTPSenderRefused():
            return f"refused the sender {error.sender}: {_said(error.smtp_code, error.smtp_error)}"
        case smtplib.SMTPResponseException():
            return f"answered: {_said(error.smtp_code, error.smtp_error)}"
        case _:
            return f"did not take the mail: {error}"


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"[:300]


def _without_secrets(sentence: str) -> str:
    secret = settings.EMAIL_HOST_PASSWORD
    return sentence.replace(secret, "…") if secret else sentence
