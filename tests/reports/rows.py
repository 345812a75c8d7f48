"""Rows of reports for tests that need one of each and no Slack."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from integrations.models import Connection, Destination
from luna import clock
from reports.models import Delivery, Edition, Schedule

if TYPE_CHECKING:
    from launches.models import Launch


def make_destination(launch: Launch | None) -> Destination:
    """A private channel of a connection that leads nowhere."""
    connection, _ = Connection.objects.get_or_create(
        name="Slack", defaults={"provider": "slack", "created_at": clock.now()}
    )
    name = launch.key if launch else "ALL"
    place, _ = Destination.objects.get_or_create(
        connection=connection, external_id=f"C-{name}", defaults={"name": name.lower(), "is_private": True}
    )
    return place


def make_schedule(launch: Launch | None) -> Schedule:
    """Mondays at nine."""
    now = clock.now()
    return Schedule.objects.create(launch=launch, local_time=time(9), counts_from_at=now, created_at=now)


def make_edition(launch: Launch | None) -> Edition:
    """An edition that says nothing."""
    now = clock.now()
    return Edition.objects.create(
        launch=launch,
        slot_key=f"person:{Edition.objects.count()}",
        title="Digest",
        content={"schema": 1, "blocks": []},
        since_at=now,
        until_at=now,
        created_at=now,
    )


def make_delivery(launch: Launch | None) -> Delivery:
    """An edition on its way."""
    edition = make_edition(launch)
    return Delivery.objects.create(
        edition=edition,
        destination=make_destination(launch),
        idempotency_key=f"key-{edition.pk}",
        created_at=edition.created_at,
    )
