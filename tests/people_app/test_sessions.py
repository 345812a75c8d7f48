"""Whose session is over or unknown stands at the door; a session that holds is read by one statement."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from people.models import User

pytestmark = pytest.mark.django_db


def test_a_session_holds_until_it_is_over(ana: User, client: Client) -> None:
    client.force_login(ana)
    assert client.get("/").status_code == 200
    Session.objects.update(expire_date=datetime(2020, 1, 1, tzinfo=UTC))
    assert client.get("/").headers["Location"].startswith("/account/login/")


def test_an_unknown_session_is_nobodys(ana: User, client: Client) -> None:
    client.force_login(ana)
    Session.objects.all().delete()
    assert client.get("/").headers["Location"].startswith("/account/login/")
