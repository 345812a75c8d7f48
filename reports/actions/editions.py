"""Issuing: a frozen edition and one delivery for each destination, in one transaction."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.models import Destination
from launches.models import Launch
from luna import clock
from luna.events.log import record
from luna.events.models import Through
from luna.lib import work
from people.models import User
from reports.actions.previews import report_document
from reports.collect.portfolio_report import named_launches
from reports.content.document import Document, to_data
from reports.domain.places import place_words
from reports.domain.types import ALL_LAUNCHES, DeliveryState, ReportKind
from reports.models import Delivery, Edition, Schedule
from reports.selectors import last_told_at

DELIVERIES = "deliveries"
COMMENTARY_LIMIT = 600


@dataclass(frozen=True)
class Slot:
    """A slot of a schedule that is being issued."""

    schedule: Schedule
    key: str
    at: datetime
    late_words: str = ""
    """When it was due, in words, where it goes out late."""

    @property
    def local_at(self) -> datetime:
        """When it is due, in the schedule's own zone."""
        return self.at.astimezone(ZoneInfo(self.schedule.time_zone))


def preview_report(
    *, kind: ReportKind, launch: Launch | None, destinations: Sequence[Destination], commentary: str, author: User
) -> Document:
    """What `send_report` would send now. Writes nothing."""
    now = clock.now()
    since = last_told_at(kind, launch, list(destinations), now=now)
    return report_document(kind, launch=launch, at=now, since=since, commentary=commentary, commentary_by=author.name)


def send_report(
    *,
    kind: ReportKind = ReportKind.DIGEST,
    launch: Launch | None,
    destinations: Sequence[Destination],
    commentary: str = "",
    actor: User,
) -> Edition:
    """Issue the report on `launch`, or on all open ones, now.

    Raises ValidationError where a destination may not have it.
    """
    if not destinations:
        raise ValidationError("Choose at least one place.")
    check_audience(launch, destinations)
    edition = issue_edition(kind=kind, launch=launch, destinations=destinations, commentary=commentary, author=actor)
    if edition is None:  # a random slot key is new
        raise RuntimeError("the edition is there already")
    return edition


def issue_edition(
    *,
    kind: ReportKind = ReportKind.DIGEST,
    launch: Launch | None,
    destinations: Sequence[Destination],
    commentary: str = "",
    author: User | None = None,
    slot: Slot | None = None,
) -> Edition | None:
    """Freeze the report and queue its deliveries; None where the slot was issued before.

    `author` is who wrote the commentary, or who sends by hand.
    """
    now = clock.now()
    since = last_told_at(kind, launch, list(destinations), now=now)
    told = set(named_launches(launch))
    document = report_document(
        kind,
        launch=launch,
        at=now,
        since=since,
        commentary=commentary,
        commentary_by=author.name if author else "",
        was_due=slot.late_words if slot else "",
    )
    columns = {"kind": kind, "launch": launch, "commentary": commentary, "created_by": author, **_slot_columns(slot)}
    moments = {"since_at": since, "until_at": now, "created_at": now}
    with transaction.atomic():
        edition, is_new = Edition.objects.get_or_create(
            slot_key=slot.key if slot else f"person:{secrets.token_hex(8)}",
            defaults={**_frozen(document), **columns, **moments},
        )
        if not is_new:
            return None
        # Also what turned open while the report was made.
        edition.told_launches.set(told | set(named_launches(launch)))
        _queue(edition, destinations, is_late=bool(slot and slot.late_words))
        _record_issue(edition, destinations, author, slot)
    return edition


def skip_slot(*, destinations: Sequence[Destination], slot: Slot, why: str) -> None:
    """Keep a slot that nobody could serve in the history; nothing goes out. Does nothing for a slot that was issued."""
    now, schedule = clock.now(), slot.schedule
    name = schedule.launch.name if schedule.launch else ALL_LAUNCHES
    with transaction.atomic():
        edition, is_new = Edition.objects.get_or_create(
            slot_key=slot.key,
            defaults={
                **_frozen(Document()),
                "kind": schedule.kind,
                "launch": schedule.launch,
                "title": f"{name}, {slot.local_at:%-d %B %Y}"[:200],
                **_slot_columns(slot),
                "since_at": now,
                "until_at": now,
                "created_at": now,
                "skipped_at": now,
            },
        )
        if is_new:
            skipped = {"state": DeliveryState.SKIPPED, "error_kind": "slot_missed", "error_sentence": why}
            Delivery.objects.bulk_create([_delivery(edition, place, **skipped) for place in destinations])


def check_audience(launch: Launch | None, destinations: Sequence[Destination]) -> None:
    """Raise ValidationError where a private launch would be told in a place that more people can read."""
    if launch is None or not launch.is_private:
        return
    public = [place_words(place.kind, place.name) for place in destinations if not place.is_private]
    if public:
        names = " and ".join(public)
        raise ValidationError(
            f"{launch.name} is private, and more people than its participants can read {names}. "
            "Choose a private channel, or a folder that is shared with named people only."
        )


def idempotency_key(edition: Edition, destination: Destination, purpose: str = "digest") -> str:
    """The same for every try of one delivery, and for no other."""
    return hashlib.sha256(f"{edition.pk}:{destination.pk}:{purpose}".encode()).hexdigest()


def _frozen(document: Document) -> dict[str, Any]:
    content = to_data(document)
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return {
        "title": document.title[:200],
        "content": content,
        "content_sha256": hashlib.sha256(canonical.encode()).hexdigest(),
    }


def _slot_columns(slot: Slot | None) -> dict[str, Any]:
    return {"schedule": slot.schedule, "slot_at": slot.at} if slot else {}


def _queue(edition: Edition, destinations: Sequence[Destination], *, is_late: bool) -> None:
    Delivery.objects.bulk_create([_delivery(edition, place, is_late=is_late) for place in destinations])
    work.wish(DELIVERIES, edition.deliveries.all())


def _delivery(edition: Edition, destination: Destination, **fields: Any) -> Delivery:
    return Delivery(
        edition=edition,
        destination=destination,
        idempotency_key=idempotency_key(edition, destination),
        created_at=edition.created_at,
        **fields,
    )


def _record_issue(
    edition: Edition, destinations: Sequence[Destination], author: User | None, slot: Slot | None
) -> None:
    record(
        "edition.issued",
        edition,
        actor=None if slot else author,
        launch_id=edition.launch_id,
        through=Through.SCHEDULE if slot else Through.WEB,
        after={"destinations": [str(place) for place in destinations]},
    )
