"""What a delivery carries: the edition drawn for its kind of place, the key, and what it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from integrations.destinations.base import Parcel
from integrations.domain.types import PlaceKind
from integrations.registry import PROVIDERS
from reports.content.document import Document, Meta, from_data
from reports.domain.types import FOUND_BY_HAND, ReportKind
from reports.media import Setting, draw
from reports.models import Delivery, Edition

_RUNNING = {
    ReportKind.DIGEST: "weekly digests",
    ReportKind.PROGRESS: "progress reports",
    ReportKind.ROADMAP: "roadmaps",
}


def parcel_of(delivery: Delivery) -> Parcel:
    """The delivery's edition, ready to be sent."""
    edition, place = delivery.edition, delivery.destination
    kind, document = PlaceKind(place.kind), from_data(edition.content)
    is_running = kind is PlaceKind.RUNNING_DOCUMENT
    return Parcel(
        external_id=place.external_id,
        kind=kind,
        key=delivery.idempotency_key,
        title=running_title(edition) if is_running else edition.title,
        payload=_drawn(document, delivery),
        subtitle=next((block.text for block in document.blocks if isinstance(block, Meta)), ""),
        is_private=edition.is_private,
        series=_series(delivery) if is_running else "",
        known_id=_known_id(delivery) if is_running else "",
    )


def running_title(edition: Edition) -> str:
    """The name of the document that holds all editions of this kind."""
    return f"{edition.scope_name}: {_RUNNING[ReportKind(edition.kind)]}"[:200]


def _drawn(document: Document, delivery: Delivery) -> Mapping[str, Any]:
    """In the form that its place takes: the provider's own, else that of the kind of place. A text comes as `text`."""
    place = delivery.destination
    setting = Setting(settings.BASE_URL, delivery.edition.path, delivery.idempotency_key)
    drawn = draw(PROVIDERS[place.connection.provider].form or _FORMS[PlaceKind(place.kind)], document, setting)
    return {"text": drawn} if isinstance(drawn, str) else drawn


_FORMS: dict[PlaceKind, str] = {
    PlaceKind.CHANNEL: "slack",
    PlaceKind.DOCUMENT: "google-docs",
    PlaceKind.RUNNING_DOCUMENT: "google-docs",
    PlaceKind.DECK: "google-slides",
}


def _series(delivery: Delivery) -> str:
    """One folder may be open to several connections: each keeps a document of its own there."""
    edition = delivery.edition
    return f"{delivery.destination_id}:{edition.scope_key}:{edition.kind}"


def _known_id(delivery: Delivery) -> str:
    """The document of the last edition, filled or not yet: Luna's own memory is quicker than Google's search."""
    made = same_document(delivery).exclude(remote_id__in=["", FOUND_BY_HAND])
    return str(made.order_by("-pk").values_list("remote_id", flat=True).first() or "")


def same_document(delivery: Delivery) -> QuerySet[Delivery]:
    """The other deliveries into the same running document."""
    edition = delivery.edition
    return Delivery.objects.filter(
        destination_id=delivery.destination_id, edition__launch=edition.launch, edition__kind=edition.kind
    ).exclude(pk=delivery.pk)
