"""Counting the mirror: rules, sizes and shares on milestones, and what is noted of their scope."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from integrations.actions import counting as actions
from integrations.actions.sources import unlink_source
from integrations.domain.counting import Pick, Rules
from integrations.domain.types import RemovedWhy, ScopeKind, TaskState
from integrations.models import ScopeChange, SourceTask, Task, TaskShare, TaskSource
from integrations.selectors_counting import preview_of, scope_since
from integrations.sources.base import TaskRecord
from integrations.sync.counting import count_milestone
from integrations.sync.freshness import note_oldest_reading
from integrations.sync.scope import note_estimates, note_leaving
from luna import clock as time
from luna.events.models import Event
from milestones.domain.types import ProgressUnit
from milestones.models import Milestone
from people.models import User
from tests.factories import make_connection, make_launch, make_milestone
from tests.integrations.counted import count, put, read_source
from tests.moving_clock import MovingClock

DONE = TaskState.DONE


@pytest.fixture
def two(ana: User) -> tuple[Milestone, Milestone]:
    launch = make_launch(ana, key="BOOK")
    return make_milestone(launch, "Calendar sync"), make_milestone(launch, "Public launch")


def test_only_what_the_rules_take_counts_and_at_once(milestone: Milestone, ben: User) -> None:
    source = read_source(milestone, make_connection())
    put(source, "T-1", DONE, kind="Bug")
    put(source, "T-2", kind="Story", labels=["Later"])
    put(source, "T-3", kind="Story", is_subtask=True)
    count(milestone)
    assert (milestone.tasks_done, milestone.tasks_total) == (1, 3)
    rules = Rules(label=Pick(("later",), leaves_out=True), with_subtasks=False)
    preview = preview_of(source, rules)
    assert (preview.counted, preview.left_out, [task.key for task in preview.sample]) == (1, 2, ["T-2", "T-3"])
    actions.change_rules(source=source, rules=rules, actor=ben)
    milestone.refresh_from_db()
    assert (milestone.tasks_done, milestone.tasks_total) == (1, 1)
    event = Event.objects.get(verb="source.rules_changed")
    assert event.after == {"counts": "without labels later; without sub-tasks"}
    left = {"added": 3, "removed": 0}
    scope = scope_since(milestone, time.now() - timedelta(days=1))
    assert {"added": scope.added, "removed": scope.removed} == left, "a person's rules are no change of scope"


def test_points_count_and_those_without_count_as_the_median(milestone: Milestone, ben: User) -> None:
    source = read_source(milestone, make_connection())
    for number, (state, points) in enumerate([(DONE, 3), (DONE, 5), ("to_do", 2), ("to_do", 8), ("to_do", None)]):
        put(source, f"T-{number}", TaskState(state), points=points)
    count(milestone)
    assert (milestone.counted.words, milestone.work_total) == ("2 of 5 tasks", None)
    actions.choose_unit(milestone=milestone, version=milestone.version, unit=ProgressUnit.POINTS, actor=ben)
    milestone.refresh_from_db()
    assert (milestone.counted.words, milestone.counted.by) == ("8 of 22 points", "points")
    assert milestone.progress == pytest.approx(8 / 22)
    assert (milestone.tasks_done, milestone.tasks_total) == (2, 5)


def test_estimates_are_said_in_hours(milestone: Milestone, ben: User) -> None:
    source = read_source(milestone, make_connection())
    put(source, "T-1", DONE, estimate_seconds=5400)
    put(source, "T-2", estimate_seconds=3600 * 8)
    actions.choose_unit(milestone=milestone, version=None, unit=ProgressUnit.ESTIMATE, actor=ben)
    count(milestone)
    assert milestone.moon_label == "16 % complete, 1.5 of 9.5 hours"


def test_a_unit_that_no_task_has_falls_back_to_their_number(milestone: Milestone, ben: User) -> None:
    put(read_source(milestone, make_connection()), "T-1", DONE)
    actions.choose_unit(milestone=milestone, version=None, unit=ProgressUnit.POINTS, actor=ben)
    count(milestone)
    assert (milestone.counted.words, milestone.progress) == ("1 of 1 tasks", 1.0)


def test_a_shared_task_counts_once_for_the_launch(two: tuple[Milestone, Milestone], ben: User) -> None:
    first, second = two
    tool = make_connection()
    mine, theirs = read_source(first, tool, "A"), read_source(second, tool, "B")
    both = put(mine, "T-1", DONE)
    put(mine, "T-2")
    put(theirs, "T-1")
    count(first, second)
    first.refresh_from_db()
    assert [(m.work_done, m.work_total) for m in (first, second)] == [(0.5, 1.5), (0.5, 0.5)]
    assert [m.tasks_total for m in (first, second)] == [2, 1]
    actions.move_share(task=both, milestone=first, percent=100, actor=ben)
    for each in two:
        each.refresh_from_db()
    assert [m.counted.words for m in two] == ["1 of 2 tasks", "0 of 0 tasks"]
    assert sorted(TaskShare.objects.values_list("share", flat=True)) == [0, 1]
    actions.move_share(task=both, milestone=second, percent=None, actor=ben)
    first.refresh_from_db()
    assert (first.counted.words, TaskShare.objects.count()) == ("0.5 of 1.5 tasks", 0)


def test_moving_a_share_changes_only_the_milestones_that_hold_the_task(
    two: tuple[Milestone, Milestone], ben: User
) -> None:
    third = make_milestone(two[0].launch, "Untouched")
    tool = make_connection()
    sources = [read_source(each, tool, each.name) for each in (*two, third)]
    task = put(sources[0], "T-1")
    put(sources[1], "T-1")
    put(sources[2], "T-9", DONE)
    count(*two, third)
    before = Event.objects.filter(verb="milestone.progressed", subject_id=third.pk).count()
    actions.move_share(task=task, milestone=two[0], percent=80, actor=ben)
    for each in (*two, third):
        each.refresh_from_db()
    assert [each.work_total for each in (*two, third)] == [0.8, 0.2, None]
    assert Event.objects.filter(verb="milestone.progressed", subject_id=third.pk).count() == before


def test_the_same_task_through_two_tools_is_one(two: tuple[Milestone, Milestone]) -> None:
    first, second = two
    here, there = make_connection(), make_connection("Other")
    address = "https://jira.example/browse/T-1"
    put(read_source(first, here), "T-1", url=address)
    newer = time.now() + timedelta(minutes=1)
    put(read_source(first, there), "777", DONE, remote_updated_at=newer, url=address)
    put(read_source(second, there, "B"), "777")
    count(first, second)
    first.refresh_from_db()
    assert [m.counted.words for m in two] == ["0.5 of 0.5 tasks", "0.5 of 0.5 tasks"]


def test_what_another_launch_counts_is_not_shared(milestone: Milestone, ana: User) -> None:
    other = make_milestone(make_launch(ana, key="OTHER"), "Elsewhere")
    tool = make_connection()
    put(read_source(milestone, tool, "A"), "T-1")
    put(read_source(other, tool, "B"), "T-1")
    count(milestone, other)
    assert (milestone.work_total, other.work_total, other.tasks_total) == (None, None, 1)


def test_who_shared_a_task_counts_all_of_it_when_the_other_lets_go(two: tuple[Milestone, Milestone], ben: User) -> None:
    first, second = two
    tool = make_connection()
    put(read_source(first, tool, "A"), "T-1")
    source = read_source(second, tool, "B")
    task = put(source, "T-1")
    count(first, second)
    first.refresh_from_db()
    assert first.counted.words == "0 of 0.5 tasks"
    unlink_source(source=source, actor=ben)
    first.refresh_from_db()
    assert first.counted.words == "0 of 1 tasks"
    with pytest.raises(ValidationError, match="No other milestone"):
        actions.move_share(task=task, milestone=first, percent=50, actor=ben)


def test_without_neighbours_nothing_is_asked_about_shares(milestone: Milestone) -> None:
    source = read_source(milestone, make_connection())
    for number in range(5):
        put(source, f"T-{number}")
    count(milestone)
    with CaptureQueriesContext(database) as statements:
        count(milestone)
    reading = [each["sql"] for each in statements if "integrations_sourcetask" in each["sql"].split("WHERE")[0]]
    assert len([sql for sql in reading if "dependencysuggestion" not in sql and "blocker" not in sql]) == 4, (
        "sizes, days of arrival, days of completion, and what came or left"
    )
    assert not any("integrations_taskshare" in each["sql"] for each in statements)


def changes(milestone: Milestone) -> list[tuple[str, str, str]]:
    rows = ScopeChange.objects.filter(milestone=milestone).order_by("pk")
    return [(row.kind, row.task.key, row.why) for row in rows.select_related("task")]


def test_what_comes_and_leaves_is_noted_with_its_reason(milestone: Milestone, clock: MovingClock) -> None:
    source = read_source(milestone, make_connection())
    first, second, third = (put(source, f"T-{number}") for number in range(3))
    SourceTask.objects.update(is_counted=True)
    count(milestone)
    assert changes(milestone) == []
    clock.move(timedelta(hours=1))
    made_at = time.now() - timedelta(minutes=20)
    put(source, "T-9", remote_created_at=made_at)
    Task.objects.filter(pk=first.pk).update(removed_at=time.now(), removed_why=RemovedWhy.DELETED)
    note_leaving([second.pk], RemovedWhy.MOVED, time.now(), source_id=source.pk)
    second.links.all().delete()
    Task.objects.filter(pk=third.pk).update(state=TaskState.CANCELLED)
    count(milestone)
    assert changes(milestone) == [
        ("removed", "T-1", "moved"),
        ("added", "T-9", ""),
        ("removed", "T-0", "deleted"),
    ]
    assert ScopeChange.objects.get(kind=ScopeKind.ADDED).at == made_at, "it is dated by the tool"
    count(milestone)
    assert len(changes(milestone)) == 3
    assert scope_since(milestone, time.now() - timedelta(days=7)).words == "+1, −2"


def test_a_first_read_and_a_second_source_that_finds_the_same_change_no_scope(milestone: Milestone) -> None:
    tool = make_connection()
    source = read_source(milestone, tool)
    source.counting = Rules(kind=Pick(("Bug",))).as_json()
    source.save()
    put(source, "T-1", kind="Story")
    put(source, "T-2", kind="Bug")
    SourceTask.objects.update(is_counted=True)
    source.full_read_at = None
    count_milestone(milestone.pk, synced_at=time.now(), just_read=source)
    milestone.refresh_from_db()
    assert (changes(milestone), milestone.tasks_total) == ([], 1)
    put(read_source(milestone, tool, "B"), "T-2")
    count(milestone)
    assert (changes(milestone), milestone.tasks_total) == ([], 1)


@pytest.mark.parametrize("is_other_stale", [False, True])
def test_scope_is_noted_and_dated_by_the_source_itself(
    milestone: Milestone, clock: MovingClock, *, is_other_stale: bool
) -> None:
    tool = make_connection()
    read_source(milestone, tool, "B")
    clock.move(timedelta(days=7))
    source = read_source(milestone, tool)
    source.counting = Rules(status=Pick(("Won't do",), leaves_out=True)).as_json()
    source.save()
    first = put(source, "T-1", status_word="Open")
    SourceTask.objects.update(is_counted=True)
    count(milestone)
    if is_other_stale:
        note_oldest_reading(milestone.pk)
    clock.move(timedelta(hours=1))
    Task.objects.filter(pk=first.pk).update(status_word="Won't do")
    put(source, "T-2", remote_created_at=time.now() - timedelta(days=3))
    moved_at = time.now()
    count_milestone(milestone.pk, synced_at=moved_at, just_read=source)
    assert changes(milestone) == [("added", "T-2", ""), ("removed", "T-1", "")]
    assert ScopeChange.objects.get(kind=ScopeKind.ADDED).at == moved_at, "it was there before, elsewhere"


def test_a_full_read_once_more_notes_what_the_rules_leave_out(milestone: Milestone, clock: MovingClock) -> None:
    source = read_source(milestone, make_connection())
    source.counting = Rules(status=Pick(("Won't do",), leaves_out=True)).as_json()
    source.save()
    task = put(source, "T-1", status_word="Open")
    SourceTask.objects.update(is_counted=True)
    count(milestone)
    clock.move(timedelta(hours=1))
    Task.objects.filter(pk=task.pk).update(status_word="Won't do")
    TaskSource.objects.filter(pk=source.pk).update(full_read_at=time.now())
    count_milestone(milestone.pk, synced_at=time.now(), just_read=source)
    assert changes(milestone) == [("removed", "T-1", "")]


def test_another_estimate_is_noted_in_the_unit_that_counts(milestone: Milestone, ben: User) -> None:
    source = read_source(milestone, make_connection())
    task = put(source, "T-1", points=3.0, estimate_seconds=60)
    count(milestone)
    now = time.now()
    record = TaskRecord("T-1", "T-1", "Task", "", TaskState.TO_DO, now, points=5.0, estimate_seconds=90)
    note_estimates(source.connection_id, [record], now)
    assert not ScopeChange.objects.filter(kind=ScopeKind.RE_ESTIMATED).exists(), "it goes by the number of tasks"
    actions.choose_unit(milestone=milestone, version=None, unit=ProgressUnit.POINTS, actor=ben)
    note_estimates(source.connection_id, [record], now)
    change = ScopeChange.objects.get(kind=ScopeKind.RE_ESTIMATED)
    assert (change.task, change.before, change.after) == (task, 3.0, 5.0)
    task.points = 5.0
    task.save()
    note_estimates(source.connection_id, [record], now)
    assert ScopeChange.objects.filter(kind=ScopeKind.RE_ESTIMATED).count() == 1
