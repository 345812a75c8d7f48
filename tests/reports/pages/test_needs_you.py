"""“Needs you” on the portfolio: what waits for a reader, and when it goes away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from integrations.errors import NeedsAttentionError
from integrations.models import Connection
from integrations.sync.condition import mark_broken, mark_well
from launches.actions.launches import LaunchFields, create_launch
from luna import clock as lunas_clock
from people.domain.types import Role
from people.models import User
from tests.factories import make_connection, make_launch
from tests.moving_clock import MovingClock

SignedIn = Callable[[User], Client]


@pytest.fixture
def broken(ada: User) -> Connection:
    """A connection that needs someone, of which Ada, the admin, is told."""
    make_launch(ada)
    connection = make_connection("Our Jira")
    mark_broken(connection, NeedsAttentionError("The token has expired."))
    return connection


def portfolio(client: Client) -> str:
    return client.get("/launches/").content.decode()


def test_admins_are_told_of_a_broken_connection_until_it_is_mended(
    broken: Connection, ada: User, cleo: User, signed_in: SignedIn
) -> None:
    assert "Our Jira needs someone" in portfolio(signed_in(ada))
    assert "Our Jira" not in portfolio(signed_in(cleo))
    mark_well(broken, synced_at=lunas_clock.now())
    assert "Our Jira" not in portfolio(signed_in(ada))


def test_who_is_no_admin_any_more_is_not_told(broken: Connection, ada: User, signed_in: SignedIn) -> None:
    ada.role = Role.MEMBER
    ada.save(update_fields=["role"])
    assert "Our Jira" not in portfolio(signed_in(ada))


def test_what_asks_for_nothing_is_news_for_a_week(
    ana: User, ada: User, clock: MovingClock, signed_in: SignedIn
) -> None:
    create_launch(fields=LaunchFields(name="Apollo", owner=ana), actor=ada)
    assert "made you the owner" in portfolio(signed_in(ana))
    clock.move(timedelta(days=9))
    assert "made you the owner" not in portfolio(signed_in(ana))
