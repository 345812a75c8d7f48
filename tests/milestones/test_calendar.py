"""Another working week, zone or holiday is computed with at once."""

from __future__ import annotations

from datetime import date

from launches.models import LaunchSummary
from luna.lib.work import drain
from people.actions.workspace import change_workspace
from people.models import User
from people.selectors import workspace
from tests.factories import make_launch


def test_a_changed_calendar_computes_every_launch_anew(ada: User, ana: User) -> None:
    for _ in range(2):
        make_launch(ana)  # not due: nothing was changed through an action
    workspace()
    drain()
    assert not LaunchSummary.objects.filter(computed_at__isnull=False).exists()
    change_workspace(
        name="Fernhill",
        time_zone="Europe/Lisbon",
        working_weekdays=[0, 1, 2, 3],
        holidays={date(2026, 12, 25): "Christmas"},
        actor=ada,
    )
    drain("calendar", "recompute")
    assert LaunchSummary.objects.filter(computed_at__isnull=False).count() == 2
    assert workspace().due_at is None


def test_saving_what_is_there_already_computes_nothing(ada: User, ana: User) -> None:
    make_launch(ana)
    here = workspace()
    drain()
    change_workspace(name=here.name, time_zone=here.time_zone, working_weekdays=here.working_weekdays, actor=ada)
    assert workspace().due_at is None
