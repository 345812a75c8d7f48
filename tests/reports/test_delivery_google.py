"""Deliveries into Google Drive: made once, filled once, whatever happens between; the others of an edition go on."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError

from integrations.domain.types import ConnectionState, PlaceKind
from integrations.models import Connection, Destination
from luna.lib.work import drain
from reports.actions.deliveries import confirm_arrived, send_again
from reports.domain.types import DeliveryState
from reports.models import Delivery
from tests.google import (
    BOARD,
    HANDBOOK,
    LAUNCHES,
    PRESS,
    GoogleSandbox,
    connect_google,
    counted,
    make_folder,
    open_to_google,
)
from tests.reports.slack import queue_digest

if TYPE_CHECKING:
    from django.conf import LazySettings

    from launches.models import Launch
    from people.models import User
    from sandbox.control import SandboxControl
    from sandbox.server import SandboxServer
    from tests.moving_clock import MovingClock

CREATE, BATCH, SEARCH = "POST /google/drive/v3/files", ":batchUpdate", "GET /google/drive/v3/files$"
KINDS = [PlaceKind.DOCUMENT, PlaceKind.RUNNING_DOCUMENT, PlaceKind.DECK]
# What differs between kinds differs in no database: every kind on SQLite, one of them on PostgreSQL.
UNCLEAR_KINDS = KINDS[:1] if os.environ["LUNA_TEST_DB"] == "postgres" else KINDS
ONCE = {"create": 1, "batchUpdate": 1}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def google(sandbox: SandboxServer, settings: LazySettings, clock: MovingClock) -> GoogleSandbox:
    return open_to_google(sandbox, settings)


@pytest.fixture
def drive(google: GoogleSandbox) -> Connection:
    """Connected with the service account's key."""
    return connect_google(google)


def _work(delivery: Delivery) -> Delivery:
    drain("deliveries")
    delivery.refresh_from_db()
    return delivery


def _work_for(delivery: Delivery, clock: MovingClock, *, minutes: int = 90, step: int = 1) -> Delivery:
    """Let time pass until nothing is due any more."""
    for _ in range(0, minutes, step):
        if _work(delivery).due_at is None:
            break
        clock.move(timedelta(minutes=step))
    return delivery


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_made_and_filled_once(
    kind: PlaceKind, book: Launch, drive: Connection, google: GoogleSandbox, ana: User, sandbox_control: SandboxControl
) -> None:
    delivery = _work(queue_digest(book, make_folder(drive, kind), sender=ana))
    assert delivery.state == DeliveryState.DONE
    assert delivery.remote_id in delivery.remote_url
    assert counted(sandbox_control) == ONCE
    [file] = google.files()
    assert file["app_properties"]["luna_k"] == delivery.idempotency_key
    assert "Calendar sync" in file["text"]
    assert [one.phase for one in delivery.tries.all()] == ["send", "fill"]


@pytest.mark.parametrize("kind", UNCLEAR_KINDS)
@pytest.mark.parametrize("call", [CREATE, BATCH])
@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "status"])
def test_an_unclear_answer_ends_in_exactly_one_file(
    kind: PlaceKind,
    call: str,
    fault: str,
    book: Launch,
    drive: Connection,
    google: GoogleSandbox,
    ana: User,
    clock: MovingClock,
    sandbox_control: SandboxControl,
) -> None:
    sandbox_control.add_fault("google", fault, match=call, status=503)
    delivery = _work_for(queue_digest(book, make_folder(drive, kind), sender=ana), clock)
    assert delivery.state == DeliveryState.DONE
    assert counted(sandbox_control) == ONCE
    assert len(google.files()) == 1


def test_what_search_does_not_show_yet_is_waited_for(
    book: Launch,
    drive: Connection,
    google: GoogleSandbox,
    ana: User,
    clock: MovingClock,
    sandbox_control: SandboxControl,
) -> None:
    sandbox_control.add_fault("google", "reset_after", match=CREATE)
    sandbox_control.add_fault("google", "index_lag", seconds=480)
    delivery = queue_digest(book, make_folder(drive, PlaceKind.DOCUMENT), sender=ana)
    assert _work_for(delivery, clock, minutes=7).state == DeliveryState.UNKNOWN
    assert _work_for(delivery, clock).state == DeliveryState.DONE
    assert counted(sandbox_control) == ONCE


def test_without_an_answer_it_is_made_again_only_after_the_grace_time(
    book: Launch, drive: Connection, ana: User, clock: MovingClock, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("google", "reset_before", match=CREATE)
    delivery = queue_digest(book, make_folder(drive, PlaceKind.DECK), sender=ana)
    assert _work_for(delivery, clock, minutes=9).state == DeliveryState.UNKNOWN
    assert counted(sandbox_control)["create"] == 0
    assert _work_for(delivery, clock, minutes=3).state == DeliveryState.DONE
    assert counted(sandbox_control) == ONCE


def test_a_limit_met_between_making_and_filling_is_waited_for(
    book: Launch, drive: Connection, ana: User, clock: MovingClock, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("google", "status", match=BATCH, status=429)
    delivery = _work(queue_digest(book, make_folder(drive, PlaceKind.DOCUMENT), sender=ana))
    assert delivery.state == DeliveryState.CREATED
    assert "slow down" in delivery.error_sentence
    clock.move(timedelta(seconds=61))
    assert _work(delivery).state == DeliveryState.DONE
    assert delivery.error_sentence == ""
    assert counted(sandbox_control) == ONCE


def test_eight_tries_to_fill_are_enough_and_trying_again_fills_the_same_file(
    book: Launch, drive: Connection, ana: User, clock: MovingClock, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("google", "status", match=BATCH, status=429, times=50)
    delivery = _work_for(queue_digest(book, make_folder(drive, PlaceKind.DOCUMENT), sender=ana), clock, minutes=400)
    assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, 8)
    sandbox_control.clear_faults()
    send_again(delivery=delivery, actor=ana)
    assert _work(delivery).state == DeliveryState.DONE
    assert counted(sandbox_control) == ONCE


def test_a_file_deleted_before_it_was_filled_is_said_and_made_anew_only_by_a_person(
    book: Launch,
    drive: Connection,
    google: GoogleSandbox,
    ana: User,
    clock: MovingClock,
    sandbox_control: SandboxControl,
) -> None:
    sandbox_control.add_fault("google", "status", match=BATCH, status=429)
    delivery = _work(queue_digest(book, make_folder(drive, PlaceKind.DOCUMENT), sender=ana))
    google.delete(delivery.remote_id)
    clock.move(timedelta(seconds=61))
    assert _work(delivery).state == DeliveryState.FAILED
    assert "was deleted" in delivery.error_sentence
    assert counted(sandbox_control)["create"] == 1
    send_again(delivery=delivery, actor=ana)
    assert _work(delivery).state == DeliveryState.DONE
    assert len(google.files()) == 1


def test_editions_of_a_running_document_come_in_order_into_one(
    book: Launch,
    drive: Connection,
    google: GoogleSandbox,
    ana: User,
    clock: MovingClock,
    sandbox_control: SandboxControl,
) -> None:
    folder = make_folder(drive, PlaceKind.RUNNING_DOCUMENT)
    sandbox_control.add_fault("google", "reset_after", match=CREATE)
    sandbox_control.add_fault("google", "index_lag", seconds=300)
    first, second = (queue_digest(book, folder, sender=ana) for _ in range(2))
    assert _work(first).state == DeliveryState.UNKNOWN
    second.refresh_from_db()
    assert second.state == DeliveryState.QUEUED
    _work_for(first, clock)
    assert _work_for(second, clock).state == DeliveryState.DONE
    first.refresh_from_db()
    assert first.remote_id == second.remote_id
    assert counted(sandbox_control) == {"create": 1, "batchUpdate": 2}
    [file] = google.files()
    assert file["name"] == "Patient self-booking: weekly digests"


def test_an_earlier_edition_that_is_tried_again_waits_for_a_later_one_that_may_have_made_the_document(
    book: Launch,
    drive: Connection,
    google: GoogleSandbox,
    ana: User,
    clock: MovingClock,
    sandbox_control: SandboxControl,
) -> None:
    folder = make_folder(drive, PlaceKind.RUNNING_DOCUMENT)
    sandbox_control.add_fault("google", "status", match=CREATE, status=403)
    first = _work(queue_digest(book, folder, sender=ana))
    assert first.state == DeliveryState.FAILED
    sandbox_control.add_fault("google", "reset_after", match=CREATE)
    sandbox_control.add_fault("google", "index_lag", seconds=300)
    second = _work(queue_digest(book, folder, sender=ana))
    assert second.state == DeliveryState.UNKNOWN
    send_again(delivery=first, actor=ana)
    assert _work(first).state == DeliveryState.QUEUED
    _work_for(first, clock)
    assert _work_for(second, clock).state == DeliveryState.DONE
    assert (first.state, first.remote_id) == (DeliveryState.DONE, second.remote_id)
    assert counted(sandbox_control) == {"create": 1, "batchUpdate": 2}


@pytest.mark.parametrize(
    ("external_id", "words"), [("folder-nowhere", "no such folder"), (HANDBOOK, "Content manager"),
                               ("folder-ines-drafts", "no storage")],
)  # fmt: skip
def test_the_other_destinations_of_an_edition_still_arrive(
    external_id: str,
    words: str,
    book: Launch,
    drive: Connection,
    launches_channel: Destination,
    google: GoogleSandbox,
    ana: User,
    sandbox_control: SandboxControl,
    sandbox: SandboxServer,
    settings: LazySettings,
) -> None:
    bad = make_folder(drive, PlaceKind.DOCUMENT, external_id)
    good = make_folder(drive, PlaceKind.DECK, LAUNCHES)
    refused = _work(queue_digest(book, bad, launches_channel, good, sender=ana))
    assert refused.state == DeliveryState.FAILED
    assert words in refused.error_sentence
    others = Delivery.objects.exclude(pk=refused.pk)
    assert {one.state for one in others} == {DeliveryState.DONE}
    assert sandbox_control.post_count("launches") == 1
    assert counted(sandbox_control) == ONCE


@pytest.mark.parametrize(("folder", "state"), [(BOARD, "done"), (PRESS, "failed"), (HANDBOOK, "failed")])
def test_a_private_launch_goes_only_where_named_people_read(
    folder: str,
    state: str,
    book: Launch,
    drive: Connection,
    ana: User,
    sandbox_control: SandboxControl,
) -> None:
    book.visibility = "private"
    book.save()
    drive.account = "ines@fernhill.example"
    drive.save()
    place = make_folder(drive, PlaceKind.DOCUMENT, folder, is_private=True)
    delivery = _work(queue_digest(book, place, sender=ana))
    assert delivery.state == state
    assert counted(sandbox_control)["create"] == (state == "done")
    assert ("private" in delivery.error_sentence) == (state == "failed")


def test_a_deleted_key_fails_and_the_connection_needs_someone(
    book: Launch, google: GoogleSandbox, ana: User, ada: User, sandbox_control: SandboxControl
) -> None:
    connection = connect_google(google, account="deleted")
    delivery = _work(queue_digest(book, make_folder(connection, PlaceKind.DECK), sender=ana))
    assert delivery.state == DeliveryState.FAILED
    connection.refresh_from_db()
    assert connection.state == ConnectionState.NEEDS_ATTENTION
    assert counted(sandbox_control)["create"] == 0


@pytest.mark.parametrize("kind", [PlaceKind.DOCUMENT, PlaceKind.DECK])
def test_a_held_file_is_looked_for_again_and_never_made_twice(
    kind: PlaceKind, book: Launch, drive: Connection, ana: User, clock: MovingClock, sandbox_control: SandboxControl
) -> None:
    sandbox_control.add_fault("google", "reset_after", match=CREATE)
    sandbox_control.add_fault("google", "status", match=SEARCH, status=503, times=500)
    delivery = _work_for(queue_digest(book, make_folder(drive, kind), sender=ana), clock, step=30)
    assert delivery.state == DeliveryState.HELD
    with pytest.raises(ValidationError, match="Look again"):
        confirm_arrived(delivery=delivery, actor=ana)
    sandbox_control.clear_faults()
    send_again(delivery=delivery, actor=ana)
    assert delivery.state == DeliveryState.UNKNOWN
    assert _work_for(delivery, clock).state == DeliveryState.DONE
    assert counted(sandbox_control) == ONCE


def test_two_connections_that_share_a_folder_keep_a_running_document_each(
    book: Launch, drive: Connection, google: GoogleSandbox, ana: User, sandbox_control: SandboxControl
) -> None:
    other = connect_google(google, name="Second Google")
    for connection in (drive, other):
        place = make_folder(connection, PlaceKind.RUNNING_DOCUMENT)
        assert _work(queue_digest(book, place, sender=ana)).state == DeliveryState.DONE
    assert counted(sandbox_control) == {"create": 2, "batchUpdate": 2}
