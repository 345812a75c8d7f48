"""What a person does about a delivery: answers for it, tries it again, or lets it be."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.domain.types import PlaceKind
from launches.actions.notices import settle_notices
from luna import clock
from luna.events.log import record
from luna.lib import work
from people.models import User
from reports.actions.editions import DELIVERIES
from reports.domain.types import FOUND_BY_HAND, DeliveryState
from reports.models import Delivery, DeliveryAttempt

_STOPPABLE = (DeliveryState.QUEUED, DeliveryState.RETRY_WAIT, DeliveryState.HELD, DeliveryState.FAILED)
_ANSWERABLE = (DeliveryState.HELD, DeliveryState.FAILED)


def confirm_arrived(*, delivery: Delivery, url: str = "", actor: User) -> None:
    """“It is there”: a person found what Luna could not look up. Raises ValidationError when nobody asks any more.

    Of a file nobody can tell by its being there whether the report is in it: Luna looks again (`send_again`).
    """
    if _makes_files(delivery):
        raise ValidationError("Luna has to look into the file itself. Choose “Look again”.")
    _change(
        delivery,
        [DeliveryState.HELD],
        verb="delivery.confirmed",
        said="It is there",
        actor=actor,
        state=DeliveryState.DONE,
        remote_id=FOUND_BY_HAND,
        remote_url=url,
        sent_at=delivery.sending_at or clock.now(),
        due_at=None,
    )


def send_again(*, delivery: Delivery, actor: User) -> None:
    """“It is not there”, or “try again”. Raises ValidationError when it is in no such state.

    A file that may have been made is looked for once more, for as long as at first: its mark finds it for certain.
    """
    fields: dict[str, Any] = {"said": "Send again", "state": DeliveryState.QUEUED}
    if delivery.state == DeliveryState.HELD and _makes_files(delivery):
        fields = {"said": "Look again", "state": DeliveryState.UNKNOWN, "sending_at": clock.now()}
    with transaction.atomic():
        _change(
            delivery,
            [delivery.state] if delivery.state in _ANSWERABLE else [],
            verb="delivery.sent_again",
            actor=actor,
            attempts=0,
            crashes=0,
            **fields,
        )
        work.wish(DELIVERIES, Delivery.objects.filter(pk=delivery.pk))


def cancel_delivery(*, delivery: Delivery, actor: User) -> None:
    """Let it be. Raises ValidationError for what is being sent at this moment, or over."""
    _change(
        delivery,
        _STOPPABLE,
        verb="delivery.cancelled",
        said="Cancelled",
        actor=actor,
        state=DeliveryState.CANCELLED,
        due_at=None,
    )


def _makes_files(delivery: Delivery) -> bool:
    return PlaceKind(delivery.destination.kind).makes_files


def _change(
    delivery: Delivery, allowed: Any, *, verb: str, said: str, actor: User, state: DeliveryState, **fields: Any
) -> None:
    """Compare and swap: the row must be in one of the `allowed` states, and in nobody's hands."""
    with transaction.atomic():
        mine = Delivery.objects.filter(pk=delivery.pk, state__in=allowed, lease_token="")
        cleared = {"error_kind": "", "error_sentence": ""}
        if not mine.update(state=state, **cleared, **fields):
            raise ValidationError("This delivery has moved on meanwhile. Look at its state again.")
        DeliveryAttempt.objects.create(
            delivery=delivery, phase="answer", at=clock.now(), outcome=f"{said}: {actor.name}"
        )
        record(
            verb,
            delivery,
            actor=actor,
            launch_id=delivery.edition.launch_id,
            before={"state": delivery.state},
            after={"state": state.value},
        )
        settle_notices(subject=delivery)
    delivery.state = state
