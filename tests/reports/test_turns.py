"""Messages of one channel go a second apart, and what Slack told one of them holds for all of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.urls import reverse

from luna.lib.work import drain
from reports.domain.types import DeliveryState
from reports.models import Delivery
from tests.reports.slack import make_channel, queue_digest

if TYPE_CHECKING:
    from integrations.models import Connection, Destination
    from launches.models import Launch
    from people.models import User
    from sandbox.control import SandboxControl
    from tests.moving_clock import MovingClock

pytestmark = pytest.mark.django_db(transaction=True)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def _states(*deliveries: Delivery) -> list[str]:
    """After working what is due now."""
    drain("deliveries")
    for delivery in deliveries:
        delivery.refresh_from_db()
    return [delivery.state for delivery in deliveries]


def test_a_channel_gets_one_message_a_second(
    book: Launch, launches_channel: Destination, ana: User, clock: MovingClock
) -> None:
    three = [queue_digest(book, launches_channel, sender=ana) for _ in range(3)]
    assert _states(*three) == ["done", "queued", "queued"]
    first, second, third = three
    assert first.sent_at
    assert second.due_at
    assert third.due_at
    assert second.due_at >= first.sent_at + SECOND
    assert third.due_at >= second.due_at + SECOND, "the queue is given a second each"
    clock.move(2 * SECOND)
    assert _states(*three)[:2] == ["done", "done"]
    clock.move(4 * SECOND)
    assert _states(*three)[2] == "done"
    assert third.attempts == 1, "waiting is no try"


@pytest.fixture
def paused(
    book: Launch, launches_channel: Destination, slack: Connection, ana: User, sandbox_control: SandboxControl
) -> tuple[Delivery, Delivery, Delivery]:
    """One that Slack told to wait a day, one behind it, and one to another channel."""
    limited = {"ok": False, "error": "ratelimited"}
    sandbox_control.add_fault(
        "slack", "status", match="chat.postMessage", status=429, headers={"Retry-After": "86400"}, body=limited
    )
    other = make_channel(slack, "C02BOOK", "launch-book")
    return (
        queue_digest(book, launches_channel, sender=ana),
        queue_digest(book, launches_channel, sender=ana),
        queue_digest(book, other, sender=ana),
    )


def test_a_pause_holds_for_its_channel_alone(
    paused: tuple[Delivery, Delivery, Delivery], clock: MovingClock, sandbox_control: SandboxControl
) -> None:
    assert _states(*paused) == ["retry_wait", "queued", "done"]
    clock.move(DAY - timedelta(minutes=1))
    assert _states(*paused) == ["retry_wait", "queued", "done"]
    assert sandbox_control.post_count("launches") == 0
    clock.move(timedelta(minutes=2))
    assert _states(*paused)[0] == DeliveryState.DONE
    clock.move(10 * SECOND)
    assert _states(*paused) == ["done"] * 3
    assert sandbox_control.post_count("launches") == 2


def test_the_page_says_until_when_it_is_paused(
    paused: tuple[Delivery, Delivery, Delivery], client: Client, book: Launch, ana: User
) -> None:
    _states(*paused)
    client.force_login(ana)
    page = client.get(reverse("reports:launch_reports", args=[book.key])).content.decode()
    assert page.count("paused until") == 2
    assert page.count("tomorrow") == 2
