"""Settings that are read out of one address."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SAY = "from luna import settings as s; print(s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_USER, s.EMAIL_HOST_PASSWORD)"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("smtp+tls://luna%40example.com:p%2Fss%23w@mail.example:2525", "mail.example 2525 luna@example.com p/ss#w"),
        ("smtps://luna:word@mail.example", "mail.example 465 luna word"),
        ("smtp+tls://luna:word@mail.example", "mail.example 587 luna word"),
    ],
)
def test_the_mail_server_is_read_out_of_its_address(url: str, said: str) -> None:
    environment = os.environ | {"LUNA_EMAIL_URL": url}
    answer = subprocess.run([sys.executable, "-c", SAY], env=environment, capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == said
