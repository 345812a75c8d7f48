"""When a delivery may go: sections of a running document in order, messages of a channel with a second between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from integrations.domain.types import PlaceKind
from integrations.errors import ErrorKind
from luna import clock
from reports.domain.types import DeliveryState
from reports.models import Delivery
from reports.parcel import same_document

_NEXT_TURN_AFTER = timedelta(seconds=5)
EVENNESS = timedelta(seconds=1)
"""Slack takes about one message a second in a channel: https://docs.slack.dev/apis/web-api/rate-limits"""


@dataclass(frozen=True)
class Wait:
    """Until when; and why, where the service said so itself."""

    until: datetime
    sentence: str = ""


def wait_for_turn(delivery: Delivery) -> Wait | None:
    """How long it has to wait for others; None where it may go now."""
    if delivery.destination.kind == PlaceKind.RUNNING_DOCUMENT:
        return None if _is_its_turn(delivery) else Wait(clock.now() + _NEXT_TURN_AFTER)
    if delivery.destination.kind == PlaceKind.CHANNEL:
        return _wait_for_channel(delivery)
    return None


def _is_its_turn(delivery: Delivery) -> bool:
    """Whether no earlier edition is on its way into the same running document, and none at all may just be making it:
    sections come in order, and two deliveries never make two documents."""
    # A later one, too: an earlier edition that had failed may be tried again while the next one makes the document.
    before = Q(pk__lt=delivery.pk) | Q(state__in=[DeliveryState.SENDING, DeliveryState.UNKNOWN])
    return not same_document(delivery).filter(before, due_at__isnull=False).exists()


def _wait_for_channel(delivery: Delivery) -> Wait | None:
    """What Slack told one message to wait holds for the channel; those that queue for it get a second each."""
    now = clock.now()
    others = Delivery.objects.filter(destination_id=delivery.destination_id).exclude(pk=delivery.pk)
    refused = others.filter(state=DeliveryState.RETRY_WAIT, error_kind=ErrorKind.RATE_LIMITED, due_at__gt=now)
    told = refused.order_by("-due_at").values_list("due_at", "error_sentence").first()
    going = Q(state=DeliveryState.SENDING, lease_until__gt=now)
    just_now = Q(sending_at__gt=now - EVENNESS) | Q(sent_at__gt=now - EVENNESS)
    if told is not None and told[0] is not None:
        free_at, sentence = told[0], told[1]
    elif others.filter(going | just_now).exists():
        free_at, sentence = now + EVENNESS, ""
    else:
        return None
    queue = others.filter(state__in=[DeliveryState.QUEUED, DeliveryState.RETRY_WAIT], due_at__lte=free_at)
    return Wait(free_at + EVENNESS * queue.filter(pk__lt=delivery.pk).count(), sentence)
