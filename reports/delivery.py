"""The delivery's state machine: at most one creating call without a clear answer, and after it a look first of all
(docs/decisions/0007-deliveries-arrive-once.md).

Queued or waiting → rights checked again → *sending* saved → the creating call → done, or *created* where it has yet to
be filled; failed, waiting or *unknown*.
Created → filled, as often as it takes: filling looks first → done.
Sending or unknown → the place is asked for the key → done or created; queued again, when it is not there after the
place's grace time; held for a person, when it can't be looked up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from integrations.destinations.base import DestinationClient, Parcel, Sent
from integrations.domain.types import ConnectionState, PlaceKind
from integrations.errors import (
    AmbiguousError,
    CannotLookUpError,
    ErrorKind,
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
from reports.domain.types import DeliveryState
from reports.models import Delivery, DeliveryAttempt, Edition
from reports.notices import tell_of_delivery
from reports.parcel import parcel_of
from reports.selectors import tells_of_private_launches
from reports.turns import Wait, wait_for_turn

MOST_TRIES = 8
_FIRST_LOOK_AFTER = timedelta(seconds=5)
_LOOK_EVERY = timedelta(seconds=60)
_LONGEST_WAIT = timedelta(hours=1)
_HOLD_AFTER = timedelta(hours=1)
"""So long a look-up that does not work is tried before a person is asked."""
_MAY_BE_THERE = (DeliveryState.SENDING, DeliveryState.UNKNOWN)
_NOTHING_SENT = (DeliveryState.QUEUED, DeliveryState.RETRY_WAIT)


def work_delivery(claim: Claim[Delivery]) -> None:
    """Take the delivery one step on."""
    delivery = _with_everything(claim.row)
    if delivery.state in _MAY_BE_THERE:
        _look_up(claim, delivery)
    elif delivery.state in {*_NOTHING_SENT, DeliveryState.CREATED}:
        _go_on(claim, delivery)


def give_up_delivery(claim: Claim[Delivery], why: str) -> None:
    """After crashes: what may have been sent is held for a person, the rest has failed."""
    delivery = _with_everything(claim.row)
    if delivery.state in _MAY_BE_THERE:
        _hold(claim, delivery, f"Luna can't tell whether it arrived ({why}). Look there yourself and say.")
    elif delivery.state in _NOTHING_SENT:
        _fail(claim, delivery, "crashed", f"Luna could not send it: {why}. Try again.")
    elif delivery.state == DeliveryState.CREATED:
        _fail(claim, delivery, "crashed", f"It is there, and empty: Luna could not fill it ({why}). Try again.")


def _with_everything(row: Delivery) -> Delivery:
    related = Delivery.objects.select_related("edition__launch", "edition__created_by", "destination__connection")
    return related.get(pk=row.pk)


def _go_on(claim: Claim[Delivery], delivery: Delivery) -> None:
    """Rights first; then create what is not there yet, or fill what was created."""
    reason = _why_not(delivery)
    if reason:
        _fail(claim, delivery, "not_allowed", reason)
        return
    if wait := wait_for_turn(delivery):
        _queue(claim, delivery, wait)
        return
    place = delivery.destination
    delivery.attempts += 1
    try:
        client = open_destination(place.connection)
        if delivery.edition.is_private and not _is_private_now(client, place):
            _fail(claim, delivery, "public_channel", _public_sentence(delivery))
            return
        parcel = parcel_of(delivery)
    except ProviderError as error:
        _not_done(claim, delivery, error, phase="send")
        return
    if delivery.remote_id:
        _fill(claim, delivery, client, parcel)
    else:
        _create(claim, delivery, client, parcel)


def _create(claim: Claim[Delivery], delivery: Delivery, client: DestinationClient, parcel: Parcel) -> None:
    crashpoint("delivery.before_claim_save")
    claim.renew()
    if wait := _take_turn(claim, delivery):
        _queue(claim, delivery, wait)
        return
    try:
        crashpoint("delivery.before_call")
        sent = client.create(parcel)
        crashpoint("delivery.after_call")
    except AmbiguousError as error:
        _note(delivery, "send", error.sentence)
        fields = {"error_kind": error.kind, "error_sentence": error.sentence}
        claim.finish(again_at=clock.now() + _FIRST_LOOK_AFTER, state=DeliveryState.UNKNOWN, **fields)
    except ProviderError as error:
        _not_done(claim, delivery, error, phase="send")
    else:
        _created(claim, delivery, sent, "send", "sent" if sent.is_whole else "created")
        if not sent.is_whole:
            _fill(claim, delivery, client, parcel)


def _take_turn(claim: Claim[Delivery], delivery: Delivery) -> Wait | None:
    """Save that it is being sent, unless another delivery to the place was quicker."""
    with transaction.atomic():
        Destination.objects.select_for_update(no_key=True).get(pk=delivery.destination_id)
        wait = wait_for_turn(delivery)
        if wait is None:
            claim.save(state=DeliveryState.SENDING, sending_at=clock.now(), attempts=delivery.attempts)
    return wait


def _queue(claim: Claim[Delivery], delivery: Delivery, wait: Wait) -> None:
    """Behind others: what it was itself told to wait is over."""
    fields = {"error_kind": ErrorKind.RATE_LIMITED, "error_sentence": wait.sentence} if wait.sentence else {}
    state = delivery.state if delivery.state == DeliveryState.CREATED else DeliveryState.QUEUED
    claim.finish(again_at=wait.until, state=state, **fields)


def _created(claim: Claim[Delivery], delivery: Delivery, sent: Sent, phase: str, outcome: str) -> None:
    """Keep what came of the creating call: the delivery is done with it, or has yet to be filled."""
    if sent.is_whole:
        _done(claim, delivery, sent, phase=phase, outcome=outcome)
        return
    with transaction.atomic():
        _note(delivery, phase, outcome)
        claim.save(state=DeliveryState.CREATED, remote_id=sent.remote_id, remote_url=sent.url)
    delivery.state, delivery.remote_id, delivery.remote_url = DeliveryState.CREATED, sent.remote_id, sent.url
    crashpoint("delivery.after_create_save")


def _fill(claim: Claim[Delivery], delivery: Delivery, client: DestinationClient, parcel: Parcel) -> None:
    """Fill what was created. No clear answer is no trouble here: the next try looks first."""
    claim.renew()
    try:
        crashpoint("delivery.before_fill")
        sent = client.fill(parcel, delivery.remote_id)
        crashpoint("delivery.after_fill")
    except AmbiguousError as error:
        again = RetryLaterError(error.sentence, kind=error.kind, detail=error.detail)
        _not_done(claim, delivery, again, phase="fill")
    except ProviderError as error:
        _not_done(claim, delivery, error, phase="fill")
    else:
        _done(claim, delivery, sent, phase="fill", outcome="filled")


def _not_done(claim: Claim[Delivery], delivery: Delivery, error: ProviderError, *, phase: str) -> None:
    """Nothing was sent, or what was created is still empty."""
    if isinstance(error, RetryLaterError):
        _wait(claim, delivery, error, phase)
        return
    if isinstance(error, NeedsAttentionError):
        mark_broken(delivery.destination.connection, error)
    # What is gone can't be filled: another try makes it anew.
    forgotten = {"remote_id": "", "remote_url": ""} if error.kind is ErrorKind.FILE_GONE else {}
    _fail(claim, delivery, error.kind, error.sentence, attempts=delivery.attempts, **forgotten)


def _look_up(claim: Claim[Delivery], delivery: Delivery) -> None:
    since = delivery.sending_at or delivery.created_at
    try:
        claim.renew()
        client = open_destination(delivery.destination.connection)
        found = client.find(parcel_of(delivery), since=since)
    except CannotLookUpError as error:
        _hold(claim, delivery, error.sentence)
    except ProviderError as error:
        _look_again(claim, delivery, error, since)
    else:
        if found:
            _created(claim, delivery, found, "look_up", "found: it had arrived" if found.is_whole else "found")
            if not found.is_whole:
                claim.finish(again_at=clock.now())
        elif clock.now() < since + client.look_up_grace:
            again_at = min(since + client.look_up_grace, clock.now() + _LOOK_EVERY)
            claim.finish(again_at=again_at, state=DeliveryState.UNKNOWN)
        elif delivery.attempts >= MOST_TRIES:
            why = f"{MOST_TRIES} tries had no clear answer, and it is not there. Try again."
            _fail(claim, delivery, "no_answer", why)
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
    claim.finish(again_at=max(until or now, now + _LOOK_EVERY), state=DeliveryState.UNKNOWN, **fields)


def _why_not(delivery: Delivery) -> str:
    """Checked again before each call: why it may not go out any more, or nothing."""
    edition = delivery.edition
    if reason := _why_not_any_more(edition):
        return reason
    if delivery.destination.connection.state == ConnectionState.DISCONNECTED:
        return f"{delivery.destination.connection.name} is disconnected. Connect it again, then try again."
    if delivery.destination.removed_at is not None:
        name = _name_of(delivery.destination)
        return f"{name} is no longer open for reports. Ask an admin, or choose another place."
    if edition.slot_at is None and edition.created_by and not edition.created_by.is_active:
        return f"{edition.created_by.name}, who sent it, can’t sign in any more. Send it anew."
    return ""


def _why_not_any_more(edition: Edition) -> str:
    """What became of the launches of which it tells."""
    launch = edition.launch
    if tells_of_private_launches(edition):
        return "A launch that it names has become private. Send it anew: private launches are left out."
    if launch and launch.deleted_at is not None:
        return "The launch was deleted before it was sent."
    if launch and launch.archived_at is not None:
        return "The launch was archived before it was sent."
    return ""


def _is_private_now(client: DestinationClient, place: Destination) -> bool:
    """Ask the place itself, and keep what it says."""
    now = client.place(place.external_id, PlaceKind(place.kind))
    fields = {"is_private": now.is_private, "name": now.name, "checked_at": clock.now()}
    Destination.objects.filter(pk=place.pk).update(**fields)
    return now.is_private


def _public_sentence(delivery: Delivery) -> str:
    place, launch = delivery.destination, delivery.edition.scope_name
    if place.kind == PlaceKind.CHANNEL:
        return f"{launch} is private, and everyone in Slack can read {_name_of(place)} now. Choose a private channel."
    return (
        f"{launch} is private, and the folder of {_name_of(place)} is open to everyone with the link or in the "
        "organisation, or Google does not say to whom. Choose a folder that is shared with named people only."
    )


def _name_of(place: Destination) -> str:
    return f"#{place.name.removeprefix('#')}" if place.kind == PlaceKind.CHANNEL else f"“{place.name}”"


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


def _wait(claim: Claim[Delivery], delivery: Delivery, error: RetryLaterError, phase: str) -> None:
    """Later, not before the provider allows it, and longer each time."""
    tries = delivery.attempts
    if tries >= MOST_TRIES:
        _fail(claim, delivery, error.kind, f"{error.sentence} Luna tried {MOST_TRIES} times.", attempts=tries)
        return
    now = clock.now()
    later = now + min(timedelta(seconds=15 * 2 ** (tries - 1)), _LONGEST_WAIT)
    _note(delivery, phase, error.sentence)
    claim.finish(
        again_at=max(error.until or later, later if error.until is None else now),
        state=DeliveryState.CREATED if delivery.remote_id else DeliveryState.RETRY_WAIT,
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
