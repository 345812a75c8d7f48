"""The delivery's state machine: at most one creating call without a clear answer, and after it a look first of all
(docs/decisions/0007-deliveries-arrive-once.md).

Queued or waiting → rights checked again → *sending* saved → the call → done, failed, waiting or *unknown*.
Sending or unknown → the place is asked for the key → done; queued again, when it is not there after the grace time;
held for a person, when it can't be looked up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from integrations.destinations.base import DestinationClient, Sent
from integrations.domain.types import ConnectionState
from integrations.errors import (
    AmbiguousError,
    CannotLookUpError,
    NeedsAttentionError,
    ProviderError,
    RetryLaterError,
)
from integrations.models import Destination
from integrations.registry import open_destination
from integrations.sync.condition import mark_broken
from luna import clock
from luna.lib.crashpoint import crashpoint
from luna.lib.work import Claim
from reports.content.document import from_data
from reports.domain.types import DeliveryState
from reports.models import Delivery, DeliveryAttempt
from reports.notices import tell_of_delivery
from reports.renderers.slack import render_slack

MOST_TRIES = 8
LOOK_UP_GRACE = timedelta(seconds=60)
"""So long a message that was accepted may take to be found by a look-up."""
_FIRST_LOOK_AFTER = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(hours=1)
_HOLD_AFTER = timedelta(hours=1)
"""So long a look-up that does not work is tried before a person is asked."""


def work_delivery(claim: Claim[Delivery]) -> None:
    """Take the delivery one step on."""
    delivery = _with_everything(claim.row)
    if delivery.state in {DeliveryState.SENDING, DeliveryState.UNKNOWN}:
        _look_up(claim, delivery)
    elif delivery.state in {DeliveryState.QUEUED, DeliveryState.RETRY_WAIT}:
        _send(claim, delivery)


def give_up_delivery(claim: Claim[Delivery], why: str) -> None:
    """After crashes: what may have been sent is held for a person, the rest has failed."""
    delivery = _with_everything(claim.row)
    if delivery.state in {DeliveryState.SENDING, DeliveryState.UNKNOWN}:
        _hold(claim, delivery, f"Luna can't tell whether it arrived ({why}). Look into the channel and say.")
    elif delivery.state in {DeliveryState.QUEUED, DeliveryState.RETRY_WAIT}:
        _fail(claim, delivery, "crashed", f"Luna could not send it: {why}. Try again.")


def _with_everything(row: Delivery) -> Delivery:
    related = Delivery.objects.select_related("edition__launch", "edition__created_by", "destination__connection")
    return related.get(pk=row.pk)


def _send(claim: Claim[Delivery], delivery: Delivery) -> None:
    reason = _why_not(delivery)
    if reason:
        _fail(claim, delivery, "not_allowed", reason)
        return
    place = delivery.destination
    tries = delivery.attempts + 1
    try:
        client = open_destination(place.connection)
        if delivery.edition.launch.is_private and not _is_private_now(client, place):
            _fail(claim, delivery, "public_channel", _public_sentence(delivery))
            return
        payload = _payload(delivery)
        crashpoint("delivery.before_claim_save")
        claim.renew()
        claim.save(state=DeliveryState.SENDING, sending_at=clock.now(), attempts=tries)
        crashpoint("delivery.before_call")
        sent = client.send(place.external_id, payload, key=delivery.idempotency_key)
        crashpoint("delivery.after_call")
    except AmbiguousError as error:
        _note(delivery, "send", error.sentence)
        fields = {"error_kind": error.kind, "error_sentence": error.sentence}
        claim.finish(again_at=clock.now() + _FIRST_LOOK_AFTER, state=DeliveryState.UNKNOWN, **fields)
    except RetryLaterError as error:
        _wait(claim, delivery, error, tries)
    except ProviderError as error:
        if isinstance(error, NeedsAttentionError):
            mark_broken(place.connection, error)
        _fail(claim, delivery, error.kind, error.sentence)
    else:
        _done(claim, delivery, sent, phase="send", outcome="sent")


def _look_up(claim: Claim[Delivery], delivery: Delivery) -> None:
    place, since = delivery.destination, delivery.sending_at or delivery.created_at
    try:
        claim.renew()
        found = open_destination(place.connection).find(place.external_id, key=delivery.idempotency_key, since=since)
    except CannotLookUpError as error:
        _hold(claim, delivery, error.sentence)
    except ProviderError as error:
        _look_again(claim, delivery, error, since)
    else:
        if found:
            _done(claim, delivery, found, phase="look_up", outcome="found: it had arrived")
        elif clock.now() < since + LOOK_UP_GRACE:
            claim.finish(again_at=since + LOOK_UP_GRACE, state=DeliveryState.UNKNOWN)
        elif delivery.attempts >= MOST_TRIES:
            _fail(
                claim, delivery, "no_answer", f"{MOST_TRIES} tries had no clear answer, and it is not there. Try again."
            )
        else:
            _note(delivery, "look_up", "not there: it is sent again")
            claim.finish(again_at=clock.now(), state=DeliveryState.QUEUED)


def _look_again(claim: Claim[Delivery], delivery: Delivery, error: ProviderError, since: datetime) -> None:
    """A look-up that failed says nothing about the message: try for an hour, then ask a person."""
    now = clock.now()
    if now >= since + _HOLD_AFTER:
        _hold(claim, delivery, error.sentence)
        return
    _note(delivery, "look_up", error.sentence)
    until = error.until if isinstance(error, RetryLaterError) else None
    fields = {"error_kind": error.kind, "error_sentence": error.sentence}
    claim.finish(again_at=max(until or now, now + LOOK_UP_GRACE), state=DeliveryState.UNKNOWN, **fields)


def _why_not(delivery: Delivery) -> str:
    """Checked again before each call: why it may not go out any more, or nothing."""
    launch, edition = delivery.edition.launch, delivery.edition
    if launch.deleted_at is not None:
        return "The launch was deleted before it was sent."
    if launch.archived_at is not None:
        return "The launch was archived before it was sent."
    if delivery.destination.connection.state == ConnectionState.DISCONNECTED:
        return f"{delivery.destination.connection.name} is disconnected. Connect it again, then try again."
    if delivery.destination.removed_at is not None:
        name = delivery.destination.name.removeprefix("#")
        return f"#{name} is no longer open for reports. Ask an admin, or choose another channel."
    if edition.slot_at is None and edition.created_by and not edition.created_by.is_active:
        return f"{edition.created_by.name}, who sent it, can’t sign in any more. Send it anew."
    return ""


def _is_private_now(client: DestinationClient, place: Destination) -> bool:
    """Ask the place itself, and keep what it says."""
    now = client.place(place.external_id)
    fields = {"is_private": now.is_private, "name": now.name, "checked_at": clock.now()}
    Destination.objects.filter(pk=place.pk).update(**fields)
    return now.is_private


def _public_sentence(delivery: Delivery) -> str:
    place, launch = delivery.destination.name.removeprefix("#"), delivery.edition.launch.name
    return f"{launch} is private, and everyone in Slack can read #{place} now. Choose a private channel."


def _payload(delivery: Delivery) -> dict[str, Any]:
    edition = delivery.edition
    more = reverse("reports:edition", args=[edition.launch.key, edition.pk])
    return render_slack(from_data(edition.content), base_url=settings.BASE_URL, more_path=more)


def _done(claim: Claim[Delivery], delivery: Delivery, sent: Sent, *, phase: str, outcome: str) -> None:
    crashpoint("delivery.before_save")
    with transaction.atomic():
        _note(delivery, phase, outcome)
        claim.finish(
            state=DeliveryState.DONE,
            remote_id=sent.remote_id,
            remote_url=sent.url,
            sent_at=(delivery.sending_at if phase == "look_up" else None) or clock.now(),
            error_kind="",
            error_sentence="",
        )
    crashpoint("delivery.after_save")


def _wait(claim: Claim[Delivery], delivery: Delivery, error: RetryLaterError, tries: int) -> None:
    """Nothing was sent: later, not before the provider allows it, and longer each time."""
    if tries >= MOST_TRIES:
        _fail(claim, delivery, error.kind, f"{error.sentence} Luna tried {MOST_TRIES} times.", attempts=tries)
        return
    now = clock.now()
    later = now + min(timedelta(seconds=15 * 2 ** (tries - 1)), _LONGEST_WAIT)
    _note(delivery, "send", error.sentence)
    claim.finish(
        again_at=max(error.until or later, later if error.until is None else now),
        state=DeliveryState.RETRY_WAIT,
        attempts=tries,
        error_kind=error.kind,
        error_sentence=error.sentence,
    )


def _fail(claim: Claim[Delivery], delivery: Delivery, kind: str, sentence: str, **fields: Any) -> None:
    _stop(claim, delivery, DeliveryState.FAILED, kind, sentence, **fields)


def _hold(claim: Claim[Delivery], delivery: Delivery, sentence: str) -> None:
    _stop(claim, delivery, DeliveryState.HELD, "held", sentence)


def _stop(
    claim: Claim[Delivery], delivery: Delivery, state: DeliveryState, kind: str, sentence: str, **fields: Any
) -> None:
    """Nothing more by itself: somebody is told."""
    with transaction.atomic():
        _note(delivery, "send", sentence)
        claim.finish(state=state, error_kind=kind[:32], error_sentence=sentence[:500], **fields)
        delivery.state = state
        tell_of_delivery(delivery, sentence)


def _note(delivery: Delivery, phase: str, outcome: str) -> None:
    DeliveryAttempt.objects.create(delivery=delivery, phase=phase, at=clock.now(), outcome=outcome[:200])
