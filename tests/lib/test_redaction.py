"""Credentials in other people's text, and secrets that don't show themselves."""

from __future__ import annotations

import pickle

import pytest

from luna.lib.redaction import Secret, redact

SECRET = "s3cr3t-value-0123456789"  # what must not be seen


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: Basic {SECRET}",
        f"authorization=Bearer {SECRET}",
        f"sent with Bearer {SECRET} to them",
        f"GET /x?token={SECRET}&page=2",
        f'{{"access_token": "{SECRET}", "ok": true}}',
        f"password={SECRET}",
        f"secret: {SECRET}",
        f"xoxb-{SECRET}",
        f"https://user:{SECRET}@host.example/",
        f"ATATT{SECRET}",
        f"pk_12345_{SECRET}",
        f"ya29.{SECRET}",
        f"Not Found: /hooks/{SECRET}/",
        f'"POST /invitations/{SECRET}/ HTTP/1.1"',
        f"https://luna.example/setup/{SECRET}",
    ],
)
def test_credentials_are_masked(text: str) -> None:
    assert SECRET not in redact(text)
    assert "***" in redact(text)


@pytest.mark.parametrize("text", ["page=2&size=50", "a basic question", "tokens: none", "https://host.example/a@b"])
def test_other_text_stays(text: str) -> None:
    assert redact(text) == text


def test_a_secret_shows_itself_to_nobody_who_does_not_ask() -> None:
    secret = Secret(SECRET)
    assert SECRET not in f"{secret} {secret!r} {[secret]}"
    assert secret.reveal() == SECRET
    with pytest.raises(TypeError):
        pickle.dumps(secret)
