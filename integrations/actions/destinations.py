"""The places that reports can go to, as the provider tells them."""

from __future__ import annotations

from django.db import transaction

from integrations.models import Connection, Destination
from integrations.registry import open_destination
from luna import clock


def read_places(*, connection: Connection) -> list[Destination]:
    """Ask the connection where one can send to, and keep what it says. Raises ProviderError; then nothing changes.

    A place that is no longer told stays: what was sent there is still shown, and the next delivery says what is wrong.
    """
    places = open_destination(connection).places()
    now = clock.now()
    rows = [
        Destination(
            connection=connection,
            external_id=place.external_id,
            name=place.name,
            is_private=place.is_private,
            checked_at=now,
        )
        for place in places
        if not place.is_archived
    ]
    with transaction.atomic():
        Destination.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["connection", "external_id"],
            update_fields=["name", "is_private", "checked_at"],
        )
    return list(Destination.objects.filter(connection=connection))
