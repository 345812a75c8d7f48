"""The workspace's own settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction

from luna.events.log import changed_fields, record
from luna.lib import work
from luna.lib.mail import send_mail
from people.models import Holiday, User, Workspace
from people.selectors import workspace

CALENDAR = "calendar"


def change_workspace(
    *,
    name: str,
    time_zone: str,
    working_weekdays: Sequence[int],
    holidays: Mapping[date, str] | None = None,
    actor: User,
) -> Workspace:
    """Name, zone, working week and, where given, all holidays (day → name). What is computed from them is due then."""
    with transaction.atomic():
        here = workspace()
        old = _facts(here)
        here.name, here.time_zone, here.working_weekdays = name, time_zone, sorted(set(working_weekdays))
        here.save(update_fields=["name", "time_zone", "working_weekdays"])
        if holidays is not None:
            here.holidays.all().delete()
            Holiday.objects.bulk_create(
                Holiday(workspace=here, day=day, name=called) for day, called in sorted(holidays.items())
            )
        here = workspace()
        before, after = changed_fields(old, _facts(here))
        if after:
            record("workspace.changed", here, actor=actor, before=before, after=after)
            work.wish(CALENDAR, Workspace.objects.all())
    return here


def send_test_mail(*, actor: User) -> str:
    """Send the actor a mail. Returns why it did not go, or nothing when the mail server took it."""
    problem = send_mail(
        to=[actor.email],
        subject="A test mail from Luna",
        text="This is the test mail that you asked for. Mail from Luna works.\n",
    )
    with transaction.atomic():
        record("workspace.test_mail_sent", workspace(), actor=actor, after={"problem": problem})
    return problem


def _facts(here: Workspace) -> dict[str, object]:
    return {
        "name": here.name,
        "time_zone": here.time_zone,
        "working_weekdays": list(here.working_weekdays),
        "holidays": [f"{holiday.day.isoformat()} {holiday.name}".strip() for holiday in here.holidays.all()],
    }
