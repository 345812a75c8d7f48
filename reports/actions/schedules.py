"""When reports go out, and where to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import TypedDict

from django.core.exceptions import ValidationError
from django.db import transaction

from integrations.models import Destination
from launches.models import Launch
from luna import clock
from luna.events.log import changed_fields, record
from luna.lib.dates import WeeklyRule, next_slot
from luna.lib.versions import save_version
from people.models import User
from reports.actions.editions import check_audience
from reports.domain.types import ReportKind
from reports.models import Schedule


class ScheduleFields(TypedDict):
    """What a person says about a schedule."""

    weekday: int
    local_time: time
    time_zone: str


def create_schedule(
    *,
    kind: ReportKind = ReportKind.DIGEST,
    launch: Launch | None,
    fields: ScheduleFields,
    destinations: Sequence[Destination],
    actor: User,
) -> Schedule:
    """A weekly report on `launch`, or on all open ones, from its next slot on.

    Raises ValidationError where a destination may not have it.
    """
    _check(launch, destinations)
    now = clock.now()
    with transaction.atomic():
        schedule = Schedule.objects.create(
            kind=kind,
            launch=launch,
            created_by=actor,
            created_at=now,
            counts_from_at=now,
            due_at=next_slot(_rule(fields), now)[1],
            **fields,
        )
        schedule.destinations.set(destinations)
        after = {"report": kind.value, **_as_data(fields, destinations)}
        record("schedule.created", schedule, actor=actor, launch_id=schedule.launch_id, after=after)
    return schedule


def edit_schedule(
    *, schedule: Schedule, version: int, fields: ScheduleFields, destinations: Sequence[Destination], actor: User
) -> None:
    """Another time or other places. Raises ValidationError and StaleVersionError."""
    _check(schedule.launch, destinations)
    was: ScheduleFields = {
        "weekday": schedule.weekday,
        "local_time": schedule.local_time,
        "time_zone": schedule.time_zone,
    }
    before, after = changed_fields(
        _as_data(was, list(schedule.destinations.all())), _as_data(fields, list(destinations))
    )
    if not after:
        return
    now = clock.now()
    moved = {} if was == fields else {"counts_from_at": now}
    if moved and schedule.paused_at is None:
        moved["due_at"] = next_slot(_rule(fields), now)[1]
    with transaction.atomic():
        save_version(schedule, expected=version, **fields, **moved)
        schedule.destinations.set(destinations)
        record("schedule.edited", schedule, actor=actor, launch_id=schedule.launch_id, before=before, after=after)


def pause_schedule(*, schedule: Schedule, actor: User) -> None:
    """Nothing goes out until it is resumed."""
    if schedule.paused_at is not None:
        return
    with transaction.atomic():
        save_version(schedule, expected=None, paused_at=clock.now(), due_at=None)
        record("schedule.paused", schedule, actor=actor, launch_id=schedule.launch_id)


def resume_schedule(*, schedule: Schedule, actor: User) -> None:
    """Goes on with the next slot; those of the pause are not made up for."""
    if schedule.paused_at is None:
        return
    now = clock.now()
    with transaction.atomic():
        save_version(
            schedule, expected=None, paused_at=None, counts_from_at=now, due_at=next_slot(schedule.rule, now)[1]
        )
        record("schedule.resumed", schedule, actor=actor, launch_id=schedule.launch_id)


def delete_schedule(*, schedule: Schedule, actor: User) -> None:
    """Take it away; what it issued stays."""
    with transaction.atomic():
        record("schedule.deleted", schedule, actor=actor, launch_id=schedule.launch_id)
        schedule.delete()


def keep_commentary(*, schedule: Schedule, text: str, actor: User) -> None:
    """What is to be said in the next edition; it is taken by it."""
    with transaction.atomic():
        save_version(schedule, expected=None, commentary=text, commentary_by=actor if text else None)
        record("schedule.commented", schedule, actor=actor, launch_id=schedule.launch_id)


def _check(launch: Launch | None, destinations: Sequence[Destination]) -> None:
    if not destinations:
        raise ValidationError("Choose at least one place.")
    check_audience(launch, destinations)


def _rule(fields: ScheduleFields) -> WeeklyRule:
    return WeeklyRule(fields["weekday"], fields["local_time"], fields["time_zone"])


def _as_data(fields: ScheduleFields, destinations: Sequence[Destination]) -> dict[str, object]:
    return {
        "weekday": fields["weekday"],
        "local_time": f"{fields['local_time']:%H:%M}",
        "time_zone": fields["time_zone"],
        "destinations": sorted(str(place) for place in destinations),
    }
