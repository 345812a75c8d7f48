"""Rows of reports for tests that need one of each and no Slack."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from integrations.models import Connection, Destination
from luna import clock
from reports.models import Delivery, Edition, Schedule

if TYPE_CHECKING:
    from launches.models import Launch


def make_destination(launch: Launch) -> Destination:
    """A private channel of a connection that leads nowhere."""
    connection, _ = Connection.objects.get_or_create(
        name="Slack", defaults={"provider": "slack", "created_at": clock.now()}
    )
    return Destination.objects.create(
        connection=connection, external_id=f"C-{launch.key}", name=launch.key.lower(), is_private=True
    )


def make_schedule(launch: Launch) -> Schedule:
    """Mondays at nine."""
    now = clock.now()
    return Schedule.objects.create(launch=launch, local_time=time(9), counts_from_at=now, created_at=now)


def make_edition(launch: Launch) -> Edition:
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


def make_delivery(launch: Launch) -> Delivery:
    """An edition on its way."""
    edition = make_edition(launch)
    return Delivery.objects.create(
        edition=edition,
        destination=make_destination(launch),
        idempotency_key=f"key-{edition.pk}",
        created_at=edition.created_at,
    )
