"""The sample company's schedules and its first digests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time

from integrations.domain.types import PlaceKind
from integrations.models import Destination
from launches.models import Launch
from luna.demo.company import ZONE, Plan
from people.models import User
from reports.actions.editions import send_report
from reports.actions.schedules import ScheduleFields, create_schedule
from reports.domain.types import ReportKind

MONDAY_AT_NINE = ScheduleFields(weekday=0, local_time=time(9), time_zone=ZONE)
FRIDAY_AT_FOUR = ScheduleFields(weekday=4, local_time=time(16), time_zone=ZONE)
PORTFOLIO_CHANNEL = "launches"
EVERYWHERE = "BOOK"
"""The launch whose digest becomes a message, a document and slides; the others' is a message."""


def schedule_and_send(*, plans: Sequence[Plan], places: Mapping[str, Destination], people: dict[str, User]) -> None:
    """A weekly digest for each launch that has a channel, sent once now; on Fridays how all launches do."""
    for plan in plans:
        if plan.channel:
            chosen = [places[plan.channel]]
            if plan.key == EVERYWHERE:
                chosen += [places[PlaceKind.DOCUMENT], places[PlaceKind.DECK]]
            launch, owner = Launch.objects.get(key=plan.key), people[plan.owner]
            create_schedule(launch=launch, fields=MONDAY_AT_NINE, destinations=chosen, actor=owner)
            send_report(launch=launch, destinations=chosen, actor=owner)
    create_schedule(
        kind=ReportKind.PROGRESS,
        launch=None,
        fields=FRIDAY_AT_FOUR,
        destinations=[places[PORTFOLIO_CHANNEL], places[PlaceKind.DECK]],
        actor=people["ines"],
    )
