"""`manage.py publish`: send an edition, or the current slot of a schedule, and see it through in the foreground."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from luna import clock
from luna.lib import work
from luna.management.command import LunaCommand
from reports.actions.publishing import publish_schedule
from reports.domain.places import place_words
from reports.domain.types import DeliveryState
from reports.models import Delivery, Edition, Schedule

DELIVERIES = "deliveries"
LOOK_EVERY_SECONDS = 0.5
LONGEST_REST_SECONDS = 900.0
"""Longer than a place needs until what it took is found by a look-up; beyond it the worker goes on alone."""


class Command(LunaCommand):
    """Safe beside a worker and to run again: a slot is issued once, and a delivery arrives once."""

    help = "Send an edition's deliveries, or issue a schedule's current slot, and wait until everything has arrived."
    wait: Callable[[float], None] = staticmethod(time.sleep)

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--edition", type=int, metavar="ID", help="an edition: the number at the end of its address")
        which.add_argument("--schedule", type=int, metavar="ID", help="a schedule: the number in its address")

    def handle(self, *_args: Any, edition: int | None = None, schedule: int | None = None, **_options: Any) -> None:
        """A link for each place; it leaves with 1 unless everything has arrived."""
        chosen = self._issued(schedule) if schedule is not None else _edition(edition or 0)
        deliveries = list(chosen.deliveries.select_related("destination").order_by("pk"))
        if not deliveries:
            raise CommandError("It goes nowhere: no place was chosen for it.")
        self._see_through(deliveries)
        for delivery in deliveries:
            self._tell(delivery)
        missing = sum(delivery.state != DeliveryState.DONE for delivery in deliveries)
        if missing:
            where = f"{settings.BASE_URL}{chosen.path}"
            raise CommandError(f"{missing} of {len(deliveries)} did not arrive. What can be done stands at {where}")

    def _issued(self, pk: int) -> Edition:
        """The schedule's current edition. Raises CommandError."""
        row = Schedule.objects.select_related("launch", "commentary_by").filter(pk=pk).first()
        if row is None:
            raise CommandError(f"There is no schedule {pk}.")
        try:
            edition, is_new = publish_schedule(row)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        if not is_new:
            self.stdout.write(f"{edition.title} was issued before; nothing is sent twice.")
        return edition

    def _see_through(self, deliveries: list[Delivery]) -> None:
        """Work what Luna itself can still do, until nothing is left or the rest is long."""
        queue = work.queues()[DELIVERIES]
        while moving := [row for row in deliveries if row.is_moving]:
            worked = [work.run_row(queue, row.pk) for row in moving]
            for row in moving:
                row.refresh_from_db(fields=["state", "remote_url", "error_sentence", "due_at"])
            if any(worked):
                continue
            rests = [(row.due_at - clock.now()).total_seconds() if row.due_at else 0.0 for row in moving]
            if min(rests) > LONGEST_REST_SECONDS:
                return
            self.wait(max(min(rests), LOOK_EVERY_SECONDS))

    def _tell(self, delivery: Delivery) -> None:
        place = place_words(delivery.destination.kind, delivery.destination.name)
        if delivery.state == DeliveryState.DONE:
            self.stdout.write(f"{place}: {delivery.remote_url or 'arrived'}")
            return
        at = f", next at {delivery.due_at:%H:%M} UTC" if delivery.is_moving and delivery.due_at else ""
        self.stderr.write(f"{place}: {delivery.shown_state.replace('_', ' ')}{at}. {delivery.error_sentence}".strip())


def _edition(pk: int) -> Edition:
    """Raises CommandError where there is none, or it was skipped."""
    found = Edition.objects.select_related("launch").filter(pk=pk).first()
    if found is None:
        raise CommandError(f"There is no edition {pk}.")
    if found.skipped_at is not None:
        raise CommandError(f"{found.title} was skipped: it was due too long ago, and holds nothing.")
    return found
