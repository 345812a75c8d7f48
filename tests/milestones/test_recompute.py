"""A launch's computed columns: what they say, what they cost, and when they are looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from launches.actions.launches import LaunchFields, delete_launch, edit_launch, restore_launch
from launches.actions.summaries import wish_recompute
from launches.domain.types import StageCategory, Visibility
from launches.models import Launch
from luna.events.models import Event
from luna.lib.work import claim
from milestones.actions.progress import record_progress
from milestones.domain.progress import DayCount, TaskCounts
from milestones.models import Dependency, Milestone, Snapshot, WorkDay
from milestones.tasks import RECOMPUTE
from people.models import User
from tests.factories import make_approval, make_launch, make_milestone, make_risk, make_stage
from tests.milestones.computing import compute, compute_due
from tests.moving_clock import MovingClock

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _tuesday(clock: MovingClock) -> None:
    clock.set(TUESDAY)


def test_an_overdue_must_puts_its_launch_at_risk_with_the_reason(ana: User) -> None:
    launch = make_launch(ana)
    late = make_milestone(launch, "Beta", due=(TUESDAY - timedelta(days=9)).date(), owner=ana, progress_by_hand=10)

    summary = compute(launch)

    late.refresh_from_db()
    assert late.health == "at_risk"
    assert late.signals == [{"rule": "overdue", "level": "at_risk", "sentence": "Due Sun 15 Nov, 9 days late."}]
    assert summary.health == "at_risk"
    assert summary.signals == [
        {
            "rule": "overdue",
            "level": "at_risk",
            "sentence": "Beta: due Sun 15 Nov, 9 days late.",
            "milestone_id": late.pk,
        }
    ]


def test_counts_progress_and_the_next_date_are_written(ana: User) -> None:
    launch = make_launch(ana)
    make_milestone(launch, "Done", state="completed", completed_date=TUESDAY.date(), owner=ana)
    later = make_milestone(launch, "Later", due=(TUESDAY + timedelta(days=40)).date(), owner=ana)
    sooner = make_milestone(launch, "Sooner", due=(TUESDAY + timedelta(days=30)).date(), owner=ana, progress_by_hand=50)
    make_milestone(launch, "Dropped", state="cancelled")
    make_risk(launch)
    make_risk(launch, state="closed")

    summary = compute(launch)

    assert (summary.milestones_total, summary.milestones_completed) == (3, 1)
    assert summary.progress == pytest.approx(0.5)
    assert (summary.next_milestone_id, summary.next_milestone_name) == (sooner.pk, "Sooner")
    assert summary.next_milestone_date == sooner.due_date
    assert summary.open_risks == 1
    assert later.due_date


def test_approvals_of_what_is_deleted_or_cancelled_are_not_counted(ana: User) -> None:
    launch = make_launch(ana)
    make_approval(launch, ana, title="Go?")
    make_approval(launch, ana, milestone=make_milestone(launch, "Here"))
    make_approval(launch, ana, milestone=make_milestone(launch, "Deleted", deleted_at=TUESDAY))
    make_approval(launch, ana, milestone=make_milestone(launch, "Dropped", state="cancelled"))

    assert compute(launch).open_approvals == 2


@pytest.mark.parametrize(("fields", "word"), [({"status": "paused"}, "paused"), ({}, "completed")])
def test_a_paused_or_finished_launch_shows_that_word(ana: User, fields: dict[str, Any], word: str) -> None:
    stage = make_stage("Launched", StageCategory.COMPLETED) if word == "completed" else make_stage()
    launch = make_launch(ana, stage=stage, **fields)
    make_milestone(launch, "Late", due=(TUESDAY - timedelta(days=2)).date())

    assert compute(launch).health == word


def test_it_takes_few_statements_whatever_the_number_of_milestones(ana: User) -> None:
    launch = make_launch(ana)
    for number in range(25):
        make_milestone(launch, f"M{number}", due=(TUESDAY + timedelta(days=number)).date(), owner=ana)
    milestones = list(Milestone.objects.filter(launch=launch))
    for before, after in pairwise(milestones):
        Dependency.objects.create(predecessor=before, successor=after, created_at=TUESDAY)
    compute(launch)
    wish_recompute([launch.pk])
    held = claim(RECOMPUTE, launch.pk)
    assert held is not None

    with CaptureQueriesContext(connection) as captured:
        RECOMPUTE.handle(held)

    reads = [q for q in captured.captured_queries if q["sql"].startswith("SELECT")]
    writes = [q for q in captured.captured_queries if q["sql"].startswith(("UPDATE", "INSERT"))]
    assert len(reads) == 14
    assert len(writes) == 1, "nothing changed but the summary's own row"


def test_it_is_looked_at_again_at_the_next_midnight_of_the_workspace(ana: User) -> None:
    launch = make_launch(ana)
    make_milestone(launch, "Soon", due=TUESDAY.date(), owner=ana, progress_by_hand=90)

    assert compute(launch).due_at == datetime(2026, 11, 25, tzinfo=UTC)


def test_after_midnight_it_turns_overdue_by_itself_and_the_log_says_so(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    due_today = make_milestone(launch, "Soon", due=TUESDAY.date(), owner=ana, progress_by_hand=90)
    assert compute(launch).health == "on_track"
    assert not Event.objects.filter(verb__endswith="health_changed").exists(), "the first look is no change"

    clock.move(timedelta(days=1))
    compute_due()

    changed = Event.objects.get(verb="milestone.health_changed")
    assert (changed.subject_id, changed.through) == (due_today.pk, "computed")
    assert (changed.before, changed.after) == ({"health": "on_track"}, {"health": "at_risk"})
    assert changed.why == "Due Tue 24 Nov, 1 day late."
    assert Event.objects.get(verb="launch.health_changed").launch_id == launch.pk


def test_a_snapshot_is_taken_once_a_day(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    make_milestone(launch, "Soon", owner=ana, progress_by_hand=40)
    compute(launch)
    compute(launch)
    clock.move(timedelta(days=1))
    compute_due()

    assert list(Snapshot.objects.order_by("day").values_list("day", "progress")) == [
        (TUESDAY.date(), 0.4),
        (TUESDAY.date() + timedelta(days=1), 0.4),
    ]


def synced(total: int, done: int, at: datetime = TUESDAY) -> TaskCounts:
    return TaskCounts(total=total, done=done, in_progress=0, last_completed_on=at.date(), synced_at=at)


def test_progress_that_grew_stale_is_noticed_without_any_wish(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    linked = make_milestone(launch, "Linked", due=(TUESDAY + timedelta(days=30)).date(), owner=ana)
    record_progress(milestone_id=linked.pk, counts=synced(10, 4), work_days=[], sources_linked=1)
    compute_due()
    linked.refresh_from_db()
    assert linked.health == "on_track"

    clock.move(timedelta(hours=25, minutes=5))
    compute_due()

    linked.refresh_from_db()
    assert linked.health == "unknown"
    assert linked.signals[0]["sentence"] == "Its tasks were last read more than 25 hours ago; 24 is the limit."


def test_a_predecessor_in_a_private_launch_is_named_nowhere_else(ana: User) -> None:
    secret = make_launch(ana, private=True)
    hidden = make_milestone(secret, "Hush", due=(TUESDAY - timedelta(days=9)).date())
    launch = make_launch(ana)
    waiting = make_milestone(launch, "Open", due=(TUESDAY + timedelta(days=30)).date(), owner=ana)
    Dependency.objects.create(predecessor=hidden, successor=waiting, created_at=TUESDAY)

    compute(launch)

    waiting.refresh_from_db()
    assert waiting.signals == []


def launch_that_waits_for_another(ana: User) -> tuple[Launch, Milestone]:
    """A launch whose late milestone is a reason in the second one's health, and that second one's milestone."""
    other, launch = make_launch(ana), make_launch(ana)
    late = make_milestone(other, "Hush", due=(TUESDAY - timedelta(days=9)).date())
    waiting = make_milestone(launch, "Open", due=(TUESDAY + timedelta(days=30)).date(), owner=ana)
    Dependency.objects.create(predecessor=late, successor=waiting, created_at=TUESDAY)
    compute(launch)
    waiting.refresh_from_db()
    assert waiting.signals[0]["sentence"].startswith("Waits for a milestone of another launch")
    return other, waiting


def test_the_log_does_not_name_what_is_waited_for(ana: User) -> None:
    other, launch = make_launch(ana), make_launch(ana)
    late = make_milestone(other, "Hush", due=(TUESDAY - timedelta(days=9)).date())
    waiting = make_milestone(launch, "Open", due=(TUESDAY + timedelta(days=30)).date(), owner=ana)
    compute(launch)
    Dependency.objects.create(predecessor=late, successor=waiting, created_at=TUESDAY)
    compute(launch)
    events = Event.objects.filter(verb__endswith="health_changed", launch_id=launch.pk)
    assert {event.verb: event.why for event in events} == {
        "milestone.health_changed": "Waits for a milestone of another launch, 7 working days late.",
        "launch.health_changed": "Open: waits for a milestone of another launch, 7 working days late.",
    }


def test_when_a_launch_turns_private_others_stop_naming_its_milestones(ana: User) -> None:
    other, waiting = launch_that_waits_for_another(ana)
    private = LaunchFields(name=other.name, owner=ana, stage=other.stage, visibility=Visibility.PRIVATE)
    edit_launch(launch=other, version=other.version, fields=private, labels=(), actor=ana)

    compute_due()

    waiting.refresh_from_db()
    assert waiting.signals == []


def test_a_deleted_launch_is_no_reason_any_more_and_a_restored_one_is_again(ana: User) -> None:
    other, waiting = launch_that_waits_for_another(ana)
    for action, reasons in ((delete_launch, 0), (restore_launch, 1)):
        action(launch=other, actor=ana)
        compute_due()
        waiting.refresh_from_db()
        assert len(waiting.signals) == reasons


def test_counts_of_a_sync_are_written_with_one_event_only_when_they_changed(ana: User) -> None:
    milestone = make_milestone(make_launch(ana), "Linked")
    monday, tuesday = TUESDAY.date() - timedelta(days=1), TUESDAY.date()
    days = [DayCount(monday, 3, 0, 3), DayCount(tuesday, 1, 2, 4)]

    record_progress(milestone_id=milestone.pk, counts=synced(4, 2), work_days=days, sources_linked=1)
    record_progress(milestone_id=milestone.pk, counts=synced(4, 2), work_days=days, sources_linked=1)

    event = Event.objects.get(verb="milestone.progressed")
    assert (event.through, event.actor) == ("sync", None)
    assert event.after == {"sources_linked": 1, "tasks_total": 4, "tasks_done": 2}
    milestone.refresh_from_db()
    assert milestone.progress == 0.5
    assert milestone.version == 1, "a sync makes nobody's form stale"
    assert list(WorkDay.objects.values_list("day", "arrived", "completed", "scope")) == [
        (monday, 3, 0, 3),
        (tuesday, 1, 2, 4),
    ]


def test_work_days_are_rewritten(ana: User) -> None:
    milestone = make_milestone(make_launch(ana), "Linked")
    monday, tuesday = TUESDAY.date() - timedelta(days=1), TUESDAY.date()
    first = [DayCount(monday, 3, 0, 3), DayCount(tuesday, 1, 2, 4)]
    record_progress(milestone_id=milestone.pk, counts=synced(4, 2), work_days=first, sources_linked=1)

    record_progress(
        milestone_id=milestone.pk, counts=synced(5, 2), work_days=[DayCount(tuesday, 2, 2, 5)], sources_linked=1
    )

    assert list(WorkDay.objects.values_list("day", "arrived", "completed", "scope")) == [(tuesday, 2, 2, 5)]
