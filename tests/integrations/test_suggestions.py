"""Task links that cross milestones become suggestions; people decide; only new links bring a decided one back."""

from __future__ import annotations

from datetime import timedelta
from itertools import combinations
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.actions.own_list import take_list
from integrations.actions.suggestions import confirm_suggestion, dismiss_suggestion, snooze_suggestion
from integrations.domain.types import SourceKind, SuggestionState, TaskState
from integrations.models import DependencySuggestion, Task, TaskBlocker, TaskSource
from integrations.sources.upload.listing import Listing
from integrations.suggestions import refresh_suggestions, suggestion_lines, unsupported, waiting_suggestions
from luna import clock as time
from luna.events.models import Event
from milestones.actions.dependencies import add_dependency, remove_dependency
from milestones.models import Dependency, Milestone
from people.models import User
from people.selectors import workspace
from tests.factories import make_connection, make_launch, make_milestone, make_source
from tests.integrations.crossings import cross, let_wait, make_task
from tests.integrations.world import link, sync
from tests.moving_clock import MovingClock

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(ana: User) -> tuple[Milestone, Milestone]:
    """Two milestones of Ana's launch."""
    launch = make_launch(ana, key="BOOK")
    return make_milestone(launch, "Calendar"), make_milestone(launch, "Booking")


def refresh(*milestones: Milestone) -> None:
    refresh_suggestions([one.pk for one in milestones])


def the_one() -> DependencySuggestion:
    return DependencySuggestion.objects.get()


def test_n_crossings_over_three_tools_are_exactly_n_suggestions(ana: User) -> None:
    launches = [make_launch(ana), make_launch(ana)]
    milestones = [make_milestone(launch) for launch in launches for _ in range(4)]
    tools = [
        make_connection(name, provider)
        for name, provider in (("Jira", "jira_cloud"), ("Asana", "asana"), ("ClickUp", "clickup"))
    ]
    known = []
    for number, (before, after) in enumerate(combinations(milestones, 2)):
        if number % 3 == 0:
            tool = tools[number % 2]
            cross(tool, before, after, f"X{number}")
            cross(tools[2], before, after, f"Y{number}")
            known.append((before.pk, after.pk))
    for number, milestone in enumerate(milestones):
        source = make_source(milestone, tools[number % 3], f"inside {number}")
        first = make_task(source, f"I{number}-1")
        let_wait(make_task(source, f"I{number}-2"), first.external_id)
    refresh(*milestones)
    found = DependencySuggestion.objects.values_list("predecessor_id", "successor_id")
    assert sorted(found) == sorted(known)
    assert all(len(row.evidence) == 2 for row in DependencySuggestion.objects.all())


def test_none_inside_a_milestone_though_the_tasks_count_for_others_too(two: tuple[Milestone, Milestone]) -> None:
    before, after = two
    tool = make_connection()
    near, far = make_source(before, tool, "near"), make_source(after, tool, "far")
    blocker, waiting = make_task(near, "T-1"), make_task(near, "T-2")
    make_task(far, waiting.external_id)
    let_wait(waiting, blocker.external_id)
    refresh(before, after)
    assert not DependencySuggestion.objects.exists()


@pytest.mark.parametrize("lost", ["removed", "cancelled", "not counted", "another tool", "recorded"])
def test_a_link_that_does_not_count_suggests_nothing(lost: str, two: tuple[Milestone, Milestone], ana: User) -> None:
    before, after = two
    link = cross(make_connection(), before, after, "X")
    blocker = Task.objects.get(key="X-1")
    match lost:
        case "removed":
            Task.objects.filter(pk=blocker.pk).update(removed_at=time.now())
        case "cancelled":
            Task.objects.filter(pk=link.task_id).update(state=TaskState.CANCELLED)
        case "not counted":
            blocker.links.update(is_counted=False)
        case "another tool":
            Task.objects.filter(pk=blocker.pk).update(connection=make_connection("Other"))
        case "recorded":
            add_dependency(predecessor=before, successor=after, actor=ana)
    refresh(before)
    assert not DependencySuggestion.objects.exists()


@pytest.mark.parametrize("touched", [0, 1])
def test_either_end_is_enough_to_see_it(touched: int, two: tuple[Milestone, Milestone]) -> None:
    cross(make_connection(), *two, "X")
    refresh(two[touched])
    row = the_one()
    assert (row.predecessor, row.successor) == two


def test_it_costs_two_statements_when_nothing_changed(two: tuple[Milestone, Milestone]) -> None:
    tool = make_connection()
    for number in range(5):
        cross(tool, *two, f"X{number}")
    refresh(*two)
    with CaptureQueriesContext(connection) as captured:
        refresh(*two)
    statements = [one["sql"].lstrip() for one in captured.captured_queries]
    assert len([sql for sql in statements if not sql.startswith(("SAVEPOINT", "RELEASE", "SET"))]) == 2
    assert len(the_one().evidence) == 5


def test_confirming_records_the_dependency_and_vanished_links_make_it_unsupported(
    two: tuple[Milestone, Milestone], ana: User
) -> None:
    link = cross(make_connection(), *two, "X")
    refresh(*two)
    confirm_suggestion(suggestion=the_one(), actor=ana)
    dependency = Dependency.objects.get()
    assert (dependency.predecessor, dependency.successor, dependency.lag_days) == (*two, 0)
    assert Event.objects.get(verb="suggestion.confirmed").launch_id == two[1].launch_id
    refresh(*two)
    assert not unsupported(two[1], ana)
    link.delete()
    refresh(*two)
    assert [row.predecessor for row in unsupported(two[1], ana)] == [two[0]]
    TaskBlocker.objects.create(task=Task.objects.get(key="X-2"), blocker_id_there="X-1")
    refresh(*two)
    assert not unsupported(two[1], ana)
    assert the_one().state == SuggestionState.CONFIRMED


def test_a_circle_is_refused_and_named_and_stays_open(two: tuple[Milestone, Milestone], ana: User) -> None:
    add_dependency(predecessor=two[1], successor=two[0], actor=ana)
    cross(make_connection(), *two, "X")
    refresh(*two)
    with pytest.raises(ValidationError, match="“Calendar” → “Booking” → “Calendar”"):
        confirm_suggestion(suggestion=the_one(), actor=ana)
    assert the_one().state == SuggestionState.OPEN


def test_dismissed_it_returns_on_new_evidence_alone(two: tuple[Milestone, Milestone], ana: User) -> None:
    tool = make_connection()
    link = cross(tool, *two, "X")
    refresh(*two)
    with pytest.raises(ValidationError):
        dismiss_suggestion(suggestion=the_one(), why="  ", actor=ana)
    dismiss_suggestion(suggestion=the_one(), why="They only share a name.", actor=ana)
    task, blocker = link.task, link.blocker_id_there
    link.delete()
    refresh(*two)
    let_wait(task, blocker)
    refresh(*two)
    assert the_one().state == SuggestionState.DISMISSED
    assert not waiting_suggestions(ana).exists()
    cross(tool, *two, "Y")
    refresh(*two)
    assert waiting_suggestions(ana).get().why == "They only share a name."


def test_snoozed_it_asks_again_on_its_day(two: tuple[Milestone, Milestone], ana: User, clock: MovingClock) -> None:
    cross(make_connection(), *two, "X")
    refresh(*two)
    today = workspace().today
    with pytest.raises(ValidationError):
        snooze_suggestion(suggestion=the_one(), until=today, actor=ana)
    snooze_suggestion(suggestion=the_one(), until=today + timedelta(days=3), actor=ana)
    refresh(*two)
    assert not waiting_suggestions(ana).exists()
    clock.move(timedelta(days=3))
    assert waiting_suggestions(ana).exists()
    dismiss_suggestion(suggestion=the_one(), why="No.", actor=ana)
    assert the_one().snoozed_until is None


def test_whoever_decides_second_is_told(two: tuple[Milestone, Milestone], ana: User) -> None:
    cross(make_connection(), *two, "X")
    refresh(*two)
    seen = the_one()
    dismiss_suggestion(suggestion=seen, why="No.", actor=ana)
    with pytest.raises(ValidationError, match="meanwhile"):
        confirm_suggestion(suggestion=seen, actor=ana)
    assert not Dependency.objects.exists()


def test_removing_a_confirmed_dependency_is_a_decision_too(two: tuple[Milestone, Milestone], ana: User) -> None:
    tool = make_connection()
    cross(tool, *two, "X")
    refresh(*two)
    confirm_suggestion(suggestion=the_one(), actor=ana)
    remove_dependency(dependency=Dependency.objects.get(), actor=ana)
    refresh(*two)
    assert not waiting_suggestions(ana).exists()
    cross(tool, *two, "Y")
    refresh(*two)
    assert waiting_suggestions(ana).exists()


def test_a_private_launch_is_shown_to_those_who_may_read_both(ana: User, ben: User, ada: User) -> None:
    secret = make_milestone(make_launch(ana, private=True), "Secret")
    seen = make_milestone(make_launch(ben), "Seen")
    tool = make_connection()
    cross(tool, secret, seen, "X")
    cross(tool, seen, secret, "Y")
    refresh(secret, seen)
    assert not waiting_suggestions(ben).exists()
    assert waiting_suggestions(ana).count() == 2
    can = {line.suggestion.successor.name: line.can_confirm for line in suggestion_lines(waiting_suggestions(ada))}
    assert can == {"Seen": False, "Secret": True}


def test_closed_and_deleted_milestones_are_not_asked_about(two: tuple[Milestone, Milestone], ana: User) -> None:
    cross(make_connection(), *two, "X")
    refresh(*two)
    Milestone.objects.filter(pk=two[0].pk).update(state="cancelled")
    assert not waiting_suggestions(ana).exists()
    Milestone.objects.filter(pk=two[0].pk).update(state="in_progress")
    assert waiting_suggestions(ana).exists()
    Milestone.objects.filter(pk=two[1].pk).update(deleted_at=time.now())
    assert not waiting_suggestions(ana).exists()


def test_a_sync_suggests_and_a_sync_that_finds_the_link_gone_takes_it_back(
    two: tuple[Milestone, Milestone], ada: User
) -> None:
    ours = make_connection("Ours", "upload", base_url="")
    for milestone, label in zip(two, ("calendar", "booking"), strict=True):
        source = link(milestone, ours, "all", SourceKind.LIST)
        TaskSource.objects.filter(pk=source.pk).update(counting={"label": {"only": [label]}})
    first: dict[str, Any] = {"external_id": "1", "title": "Sync it", "labels": ["calendar"]}
    second: dict[str, Any] = {"external_id": "2", "title": "Book it", "labels": ["booking"]}

    def give(*tasks: dict[str, Any]) -> None:
        listing = Listing()
        for task in tasks:
            listing.take("row", dict(task))
        take_list(connection=ours, listing=listing, replaces=False, actor=ada)
        sync(ours)

    give(first, second | {"blocked_by": ["1"]})
    row = waiting_suggestions(ada).get()
    assert (row.predecessor, row.successor) == two
    give(second | {"title": "Book it by phone"})
    assert not DependencySuggestion.objects.exists()
