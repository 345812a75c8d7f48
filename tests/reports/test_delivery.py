"""The delivery's state machine against the sandbox's Slack: exactly one message, by the sandbox's ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from integrations.domain.types import ConnectionState
from integrations.models import Connection, Destination
from launches.domain.types import NoticeReason
from launches.models import Notice
from luna.lib.work import drain
from reports.actions.deliveries import cancel_delivery, confirm_arrived, send_again
from reports.domain.types import DeliveryState
from reports.models import Delivery
from reports.selectors import troubled_deliveries
from tests.reports.slack import NARROW_TOKEN, connect_slack, make_channel, queue_digest

if TYPE_CHECKING:
    from launches.models import Launch
    from people.models import User
    from sandbox.control import SandboxControl
    from sandbox.server import SandboxServer
    from tests.moving_clock import MovingClock

POST = "POST .*chat.postMessage"
HISTORY = "conversations.history"

pytestmark = pytest.mark.django_db(transaction=True)


def _work(delivery: Delivery) -> Delivery:
    drain("deliveries")
    delivery.refresh_from_db()
    return delivery


def _work_for(delivery: Delivery, clock: MovingClock, *, minutes: int = 90) -> Delivery:
    """Let time pass until nothing is due any more."""
    for _ in range(minutes):
        _work(delivery)
        if delivery.due_at is None:
            break
        clock.move(timedelta(minutes=1))
    return delivery


def test_it_arrives_once_with_its_address(
    book: Launch, launches_channel: Destination, ana: User, sandbox_control: SandboxControl
) -> None:
    delivery = _work(queue_digest(book, launches_channel, sender=ana))
    assert delivery.state == DeliveryState.DONE
    assert delivery.remote_id
    assert "/slack/channels/C01LAUNCHES" in delivery.remote_url
    assert sandbox_control.post_count("launches") == 1
    message = sandbox_control.messages("launches")[-1]
    assert message["metadata"]["event_payload"] == {"k": delivery.idempotency_key}
    assert message["blocks"][0]["text"]["text"].startswith("Patient self-booking, week ")


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("reset_before", 0),
        ("reset_after", 0),
        ("cut", 0),
        ("html", 0),
        ("bad_json", 0),
        ("status", 500),
        ("status", 503),
    ],
)
def test_an_unclear_answer_ends_in_exactly_one_message(
    book: Launch,
    launches_channel: Destination,
    ana: User,
    clock: MovingClock,
    sandbox_control: SandboxControl,
    kind: str,
    status: int,
) -> None:
    sandbox_control.add_fault("slack", kind, match=POST, status=status or 500, count_bytes=10)
    delivery = _work_for(queue_digest(book, launches_channel, sender=ana), clock)
    assert delivery.state == DeliveryState.DONE
    assert sandbox_control.post_count("launches") == 1


def test_a_failing_look_up_says_nothing_about_the_message(
    book: Launch, launches_channel: Destination, ana: User, clock: MovingClock, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("slack", "reset_after", match=POST)
    sandbox_control.add_fault("slack", "status", match=HISTORY, times=3)
    delivery = _work_for(queue_digest(book, launches_channel, sender=ana), clock)
    assert delivery.state == DeliveryState.DONE
    assert sandbox_control.post_count("launches") == 1


def test_what_is_asked_to_wait_waits(
    book: Launch, launches_channel: Destination, ana: User, clock: MovingClock, sandbox_control: SandboxControl
) -> None:
    limited = {"ok": False, "error": "ratelimited"}
    sandbox_control.add_fault("slack", "status", match=POST, status=429, headers={"Retry-After": "300"}, body=limited)
    delivery = _work(queue_digest(book, launches_channel, sender=ana))
    assert delivery.state == DeliveryState.RETRY_WAIT
    assert "slow down" in delivery.error_sentence
    clock.move(timedelta(seconds=200))
    assert _work(delivery).state == DeliveryState.RETRY_WAIT
    clock.move(timedelta(seconds=120))
    assert _work(delivery).state == DeliveryState.DONE
    assert delivery.error_sentence == ""
    assert sandbox_control.post_count("launches") == 1


def test_eight_temporary_errors_are_enough(
    book: Launch, launches_channel: Destination, ana: User, clock: MovingClock, sandbox_control: SandboxControl
) -> None:
    limited = {"ok": False, "error": "ratelimited"}
    sandbox_control.add_fault("slack", "status", match=POST, status=429, times=50, body=limited)
    delivery = _work_for(queue_digest(book, launches_channel, sender=ana), clock, minutes=400)
    assert delivery.state == DeliveryState.FAILED
    assert delivery.attempts == 8
    assert sandbox_control.post_count("launches") == 0
    assert Notice.objects.filter(user=ana, reason=NoticeReason.DELIVERY_FAILED).exists()


@pytest.mark.parametrize(
    ("channel", "words"), [("C07RANDOM", "/invite"), ("C99NOWHERE", "no such channel"), ("C08OLD", "archived")]
)
def test_a_clear_refusal_ends_it_at_once(
    slack: Connection, book: Launch, ana: User, sandbox_control: SandboxControl, channel: str, words: str
) -> None:
    delivery = _work(queue_digest(book, make_channel(slack, channel, "somewhere"), sender=ana))
    assert delivery.state == DeliveryState.FAILED
    assert words in delivery.error_sentence
    assert delivery.attempts == 1


def test_a_failed_one_can_be_let_be_and_nobody_is_asked_any_more(slack: Connection, book: Launch, ana: User) -> None:
    delivery = _work(queue_digest(book, make_channel(slack, "C08OLD", "somewhere"), sender=ana))
    assert list(troubled_deliveries(ana)) == [delivery]
    assert Notice.objects.get(user=ana).read_at is None
    cancel_delivery(delivery=delivery, actor=ana)
    assert not troubled_deliveries(ana).exists()
    assert Notice.objects.get(user=ana).read_at is not None


def test_the_owner_is_told_where_the_sender_cannot_sign_in_any_more(
    launches_channel: Destination, book: Launch, ana: User, ben: User
) -> None:
    delivery = queue_digest(book, launches_channel, sender=ben)
    ben.is_active = False
    ben.save(update_fields=["is_active"])
    assert _work(delivery).state == DeliveryState.FAILED
    assert Notice.objects.get().user == ana


def test_a_revoked_token_fails_and_admins_are_told(
    sandbox: SandboxServer, slack: Connection, book: Launch, ana: User, ada: User, sandbox_control: SandboxControl
) -> None:
    revoked = connect_slack(sandbox.url, token="xoxb-revoked", name="Old Slack")
    delivery = _work(queue_digest(book, make_channel(revoked, "C01LAUNCHES", "launches"), sender=ana))
    assert delivery.state == DeliveryState.FAILED
    assert "revoked" in delivery.error_sentence
    assert Connection.objects.get(pk=revoked.pk).state == ConnectionState.NEEDS_ATTENTION
    assert Notice.objects.filter(user=ada, reason=NoticeReason.CONNECTION_BROKEN).exists()
    assert sandbox_control.post_count("launches") == 0


def _held(sandbox: SandboxServer, launch: Launch, ana: User, control: SandboxControl, clock: MovingClock) -> Delivery:
    connection = connect_slack(sandbox.url, token=NARROW_TOKEN)
    control.add_fault("slack", "reset_after", match=POST)
    delivery = queue_digest(launch, make_channel(connection, "C01LAUNCHES", "launches"), sender=ana)
    return _work_for(delivery, clock)


@pytest.fixture
def held(
    sandbox: SandboxServer, launches_channel: Destination, book: Launch, ana: User, sandbox_control: SandboxControl,
    clock: MovingClock,
) -> Delivery:  # fmt: skip
    """A delivery that can't be looked up, because the token may not read the history."""
    Destination.objects.all().delete()
    launches_channel.connection.delete()
    return _held(sandbox, book, ana, sandbox_control, clock)


def test_what_cannot_be_looked_up_is_held_for_a_person(
    held: Delivery, ana: User, sandbox_control: SandboxControl
) -> None:
    assert held.state == DeliveryState.HELD
    assert sandbox_control.post_count("launches") == 1
    assert Notice.objects.get(user=ana).reason == NoticeReason.DELIVERY_HELD
    confirm_arrived(delivery=held, url="https://fernhill.slack.com/x", actor=ana)
    assert _work(held).state == DeliveryState.DONE
    assert held.remote_url == "https://fernhill.slack.com/x"
    assert sandbox_control.post_count("launches") == 1


def test_a_person_may_have_a_held_one_sent_again(held: Delivery, ana: User, sandbox_control: SandboxControl) -> None:
    send_again(delivery=held, actor=ana)
    assert _work(held).state == DeliveryState.DONE
    assert sandbox_control.post_count("launches") == 2


def test_a_queued_one_can_be_cancelled(
    book: Launch, launches_channel: Destination, ana: User, sandbox_control: SandboxControl
) -> None:
    delivery = queue_digest(book, launches_channel, sender=ana)
    cancel_delivery(delivery=delivery, actor=ana)
    assert _work(delivery).state == DeliveryState.CANCELLED
    assert sandbox_control.post_count("launches") == 0


def test_a_deleted_launch_is_not_told(
    book: Launch, launches_channel: Destination, ana: User, clock: MovingClock, sandbox_control: SandboxControl
) -> None:
    delivery = queue_digest(book, launches_channel, sender=ana)
    book.deleted_at = clock.now()
    book.save()
    assert _work(delivery).state == DeliveryState.FAILED
    assert sandbox_control.post_count("launches") == 0


def test_a_launch_made_private_is_not_told_in_public(
    book: Launch, launches_channel: Destination, ana: User, sandbox_control: SandboxControl
) -> None:
    delivery = queue_digest(book, launches_channel, sender=ana)
    book.visibility = "private"
    book.save()
    assert _work(delivery).state == DeliveryState.FAILED
    assert "private" in delivery.error_sentence
    assert sandbox_control.post_count("launches") == 0


def test_a_private_launch_goes_to_a_private_channel(
    book: Launch, slack: Connection, ana: User, sandbox_control: SandboxControl
) -> None:
    book.visibility = "private"
    book.save()
    channel = make_channel(slack, "C05EUDATA", "launch-eudata", is_private=True)
    assert _work(queue_digest(book, channel, sender=ana)).state == DeliveryState.DONE
    assert sandbox_control.post_count("launch-eudata") == 1


def test_who_may_not_sign_in_any_more_sends_nothing(
    book: Launch, launches_channel: Destination, ben: User, sandbox_control: SandboxControl
) -> None:
    delivery = queue_digest(book, launches_channel, sender=ben)
    ben.is_active = False
    ben.save()
    assert _work(delivery).state == DeliveryState.FAILED
    assert sandbox_control.post_count("launches") == 0
