"""A place is one folder and one line: a toy is added, connected through the page, chosen, and a report arrives once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from integrations import registry
from integrations.models import Connection, Destination
from integrations.registry import PROVIDERS, ProviderEntry
from luna.lib import work
from reports.actions.editions import send_report
from reports.models import Delivery
from tests.integrations.destinations.toy.destination import PINNED, ToyBoard

if TYPE_CHECKING:
    from django.test import Client

    from launches.models import Launch
    from people.models import User
    from tests.moving_clock import MovingClock


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The one line."""
    folder = "tests.integrations.destinations.toy"
    monkeypatch.setitem(PROVIDERS, "toy", ProviderEntry("Toy board", "Pins notes.", folder, "board", "markdown"))
    monkeypatch.setattr(ToyBoard, "answers_lost", 0)
    yield "toy"
    registry.part.cache_clear()
    PINNED.clear()


def test_a_new_place_needs_a_folder_and_a_line(
    board: str, signed_in: Callable[[User], Client], ada: User, ana: User, book: Launch, clock: MovingClock
) -> None:
    admin = signed_in(ada)
    assert "Toy board" in admin.get(reverse("integrations:choose_provider")).content.decode()
    connect = reverse("integrations:connect", args=[board])
    assert "The board refuses this token" in admin.post(connect, {"name": "Toys", "token": "wrong"}).content.decode()
    offer = admin.post(connect, {"name": "Toys", "token": "toy-token"}).headers["Location"]
    admin.post(offer, {"chosen": ["B1"], "version": Connection.objects.get().version})
    page = admin.get(reverse("integrations:connection", args=[Connection.objects.get().pk])).content.decode()
    assert "1 board" in page
    send_report(launch=book, destinations=[Destination.objects.get()], actor=ana)
    work.drain("deliveries")
    clock.move(timedelta(seconds=10))
    work.drain("deliveries")
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.remote_url) == ("done", f"https://toys.example/{delivery.idempotency_key}")
    [note] = PINNED.values()
    assert "# Patient self-booking" in note
