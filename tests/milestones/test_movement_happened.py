"""Which entries of the log stand behind a milestone's movement: its own, however many there are of others."""

from __future__ import annotations

import pytest

from integrations.actions.sources import unlink_source
from launches.models import Launch
from luna import clock
from luna.events.log import record
from luna.events.models import Event, Through
from milestones.actions.dependencies import add_dependency, change_lag, remove_dependency
from milestones.domain.mixture import Cause
from milestones.models import Milestone
from milestones.selectors_movements import MOST_EVENTS, happened
from people.models import User
from tests.factories import make_approval, make_launch, make_milestone, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def launch(ana: User) -> Launch:
    return make_launch(ana, key="APOLLO")


def told(launch: Launch, milestone: Milestone | None) -> dict[Cause, list[str]]:
    today = clock.now().date()
    found = happened(launch, milestone, today, today, zone="UTC", today=today)
    return {cause: [one.words for one in lines] for cause, lines in found.items()}


def without_ids() -> None:
    """The log as it was written at first."""
    for event in Event.objects.all():
        sides = ({k: v for k, v in side.items() if not k.endswith("_id")} for side in (event.before, event.after))
        before, after = sides
        Event.objects.filter(pk=event.pk).update(before=before, after=after)


def many_entries(milestone: Milestone, number: int) -> None:
    now, given = clock.now(), {"subject_kind": "milestone", "subject_id": milestone.pk, "through": Through.SYNC}
    given |= {"launch_id": milestone.launch_id, "recorded_at": now, "occurred_at": now, "after": {"tasks_done": 1}}
    Event.objects.bulk_create(Event(verb="milestone.progressed", **given) for _ in range(number))


def test_many_entries_of_other_milestones_hide_none_of_its_own(launch: Launch, ana: User) -> None:
    copy, busy = make_milestone(launch, "Copy"), make_milestone(launch, "Busy")
    record("milestone.edited", copy, actor=ana, launch_id=launch.pk, after={"estimate_days": 5})
    record("launch.edited", launch, actor=ana, launch_id=launch.pk, after={"target_date": "2026-12-01"})
    many_entries(busy, MOST_EVENTS)
    assert len(told(launch, copy)[Cause.SCOPE]) == 1
    assert len(told(launch, None)[Cause.TARGET]) == 1
    assert Cause.PACE not in told(launch, copy)


def test_two_of_one_name_do_not_share_what_is_still_there(launch: Launch, ana: User) -> None:
    first, second, design = (make_milestone(launch, name) for name in ("Copy", "Copy", "Design"))
    add_dependency(predecessor=design, successor=first, actor=ana)
    source = make_source(first)
    linked = {"milestone": "Copy", "connection": "Jira", "query": "CAL-2"}
    record("source.linked", source, actor=ana, launch_id=launch.pk, after=linked)
    approval = make_approval(launch, ana, milestone=first)
    record("approval.asked", approval, actor=ana, launch_id=launch.pk, after={"milestone": "Copy"})
    said = told(launch, first)
    assert [len(said[cause]) for cause in (Cause.PLAN, Cause.SCOPE, Cause.WAITS)] == [1, 1, 1]
    assert told(launch, second) == {}


def test_two_of_one_name_do_not_share_what_is_gone(launch: Launch, ana: User) -> None:
    first, second, design = (make_milestone(launch, name) for name in ("Copy", "Copy", "Design"))
    dependency = add_dependency(predecessor=design, successor=first, actor=ana)
    change_lag(dependency=dependency, lag_days=2, actor=ana)
    remove_dependency(dependency=dependency, actor=ana)
    unlink_source(source=make_source(first), actor=ana)
    said = told(launch, first)
    assert (len(said[Cause.PLAN]), len(said[Cause.SCOPE])) == (3, 1)
    assert told(launch, second) == told(launch, design) == {}


def test_an_older_entry_without_an_id_is_told_of_the_milestone_that_a_later_one_of_the_same_row_names(
    launch: Launch, ana: User
) -> None:
    first, second, design = (make_milestone(launch, name) for name in ("Copy", "Copy", "Design"))
    dependency = add_dependency(predecessor=design, successor=first, actor=ana)
    Event.objects.update(after={"predecessor": "Design", "successor": "Copy", "lag_days": 0})
    remove_dependency(dependency=dependency, actor=ana)
    assert len(told(launch, first)[Cause.PLAN]) == 2
    assert told(launch, second) == {}


def test_what_went_before_ids_were_kept_is_told_by_the_name_of_its_milestone(launch: Launch, ana: User) -> None:
    copy, design = make_milestone(launch, "Copy"), make_milestone(launch, "Design")
    dependency = add_dependency(predecessor=design, successor=copy, actor=ana)
    remove_dependency(dependency=dependency, actor=ana)
    unlink_source(source=make_source(copy), actor=ana)
    without_ids()
    said = told(launch, copy)
    assert (len(said[Cause.PLAN]), len(said[Cause.SCOPE])) == (2, 1)
    assert told(launch, design) == {}
