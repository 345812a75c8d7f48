"""What people do to milestones, and what the log keeps of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from launches.models import Launch, LaunchSummary, Notice
from luna.events.models import Event
from luna.lib.versions import StaleVersionError
from milestones.actions.milestones import (
    ApprovalsUnmetError,
    add_milestones,
    change_state,
    delete_milestone,
    edit_milestone,
    freeze_baseline,
    move_milestone,
    restore_milestone,
)
from milestones.actions.progress import set_progress_by_hand
from milestones.domain.paste import Draft
from milestones.domain.types import ApprovalState, Priority, State
from milestones.models import Milestone
from people.models import User
from tests.factories import make_approval, make_launch, make_milestone
from tests.milestones.computing import compute
from tests.moving_clock import MovingClock

DUE = date(2026, 12, 4)


@pytest.fixture
def launch(ana: User, clock: MovingClock) -> Launch:
    clock.set(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    return make_launch(ana, key="BOOK", name="Booking")


def names(launch: Launch) -> list[str]:
    return list(Milestone.objects.existing().filter(launch=launch).order_by("position").values_list("name", flat=True))


def test_many_are_added_at_the_end_in_their_order(launch: Launch, ana: User) -> None:
    make_milestone(launch, "First")

    made = add_milestones(launch=launch, drafts=[Draft("Beta", DUE), Draft("Gamma")], actor=ana)

    assert names(launch) == ["First", "Beta", "Gamma"]
    assert made[0].due_date == DUE
    event = Event.objects.filter(verb="milestone.created").first()
    assert event is not None
    assert (event.subject_id, event.launch_id, event.after) == (made[0].pk, launch.pk, {"due_date": "2026-12-04"})
    assert LaunchSummary.objects.get(pk=launch.pk).due_at is not None


def test_an_edit_keeps_what_changed_and_why(launch: Launch, ana: User, ben: User) -> None:
    milestone = make_milestone(launch, "Beta", due=DUE)

    edit_milestone(
        milestone=milestone,
        version=1,
        fields={"name": "Beta", "due_date": date(2026, 12, 11), "owner": ben},
        why="The partner came a week late.",
        actor=ana,
    )

    milestone.refresh_from_db()
    assert (milestone.due_date, milestone.owner, milestone.version) == (date(2026, 12, 11), ben, 2)
    event = Event.objects.get(verb="milestone.edited")
    assert event.before == {"due_date": "2026-12-04", "owner": None}
    assert event.after == {"due_date": "2026-12-11", "owner": "Ben Berger"}
    assert event.why == "The partner came a week late."
    assert Notice.objects.get(user=ben).sentence == "Ana Alves made you the owner of “Beta” in Booking."


def test_a_due_date_moves_only_with_a_reason(launch: Launch, ana: User) -> None:
    milestone = make_milestone(launch, due=DUE)

    with pytest.raises(ValidationError) as refused:
        edit_milestone(milestone=milestone, version=1, fields={"due_date": None}, actor=ana)

    assert refused.value.message_dict == {"why": ["Say in a few words why the due date moves."]}
    first_date = make_milestone(launch)
    edit_milestone(milestone=first_date, version=1, fields={"due_date": DUE}, actor=ana)
    assert first_date.due_date == DUE


@pytest.mark.parametrize("field", ["version", "state", "health", "launch", "position"])
def test_only_what_is_meant_to_be_edited_can_be(launch: Launch, ana: User, field: str) -> None:
    with pytest.raises(ValueError, match=field):
        edit_milestone(milestone=make_milestone(launch), version=1, fields={field: "x"}, actor=ana)


def test_owner_and_unblocker_are_two_people_and_dates_run_forwards(launch: Launch, ana: User) -> None:
    milestone = make_milestone(launch, owner=ana, due=DUE)

    with pytest.raises(ValidationError, match="Someone other than the owner"):
        edit_milestone(milestone=milestone, version=1, fields={"unblocker": ana}, actor=ana)
    with pytest.raises(ValidationError, match="due before it starts"):
        edit_milestone(milestone=milestone, version=1, fields={"start_date": DUE + timedelta(days=1)}, actor=ana)


def test_a_stale_edit_is_refused_and_changes_nothing(launch: Launch, ana: User, ben: User) -> None:
    milestone = make_milestone(launch, "Beta")
    mine = Milestone.objects.get(pk=milestone.pk)
    edit_milestone(milestone=milestone, version=1, fields={"name": "Theirs"}, actor=ben)

    with pytest.raises(StaleVersionError) as stale:
        edit_milestone(milestone=mine, version=1, fields={"name": "Mine"}, actor=ana)

    assert str(stale.value.current) == "Theirs"
    assert names(launch) == ["Theirs"]
    assert Event.objects.filter(verb="milestone.edited").count() == 1


def test_whoever_is_named_on_a_private_launch_takes_part_in_it(ana: User, cleo: User) -> None:
    secret = make_launch(ana, private=True)
    milestone = make_milestone(secret)

    edit_milestone(milestone=milestone, version=1, fields={"owner": cleo}, actor=ana)

    assert Launch.objects.visible_to(cleo).filter(pk=secret.pk).exists()


def test_an_unmet_approval_keeps_it_from_being_completed(launch: Launch, ana: User, ben: User) -> None:
    milestone = make_milestone(launch, "Beta", due=DUE)
    legal = make_approval(launch, ben, title="Legal review", milestone=milestone)

    with pytest.raises(ApprovalsUnmetError) as unmet:
        change_state(milestone=milestone, version=1, state=State.COMPLETED, actor=ana)

    assert str(unmet.value) == "It can’t be completed while this approval is not met: “Legal review”."
    milestone.refresh_from_db()
    assert milestone.state == State.NOT_STARTED

    legal.state = ApprovalState.APPROVED
    legal.save(update_fields=["state"])
    change_state(milestone=milestone, version=1, state=State.COMPLETED, actor=ana)

    milestone.refresh_from_db()
    assert (milestone.state, milestone.completed_date) == (State.COMPLETED, date(2026, 11, 24))
    assert compute(launch).milestones_completed == 1


def test_a_completed_milestone_can_be_opened_again(launch: Launch, ana: User) -> None:
    milestone = make_milestone(launch)
    change_state(milestone=milestone, version=1, state=State.COMPLETED, actor=ana)
    change_state(milestone=milestone, version=2, state=State.IN_PROGRESS, why="A case was missed.", actor=ana)

    milestone.refresh_from_db()
    assert milestone.completed_date is None
    verbs = list(Event.objects.order_by("pk").values_list("verb", "why"))
    assert verbs == [("milestone.completed", ""), ("milestone.reopened", "A case was missed.")]


def test_votes_are_asked_for_again_when_the_date_moves_in_review(launch: Launch, ana: User, ben: User) -> None:
    milestone = make_milestone(launch, due=DUE, state=State.IN_REVIEW)
    approval = make_approval(launch, ben, milestone=milestone, state=ApprovalState.APPROVED)

    edit_milestone(milestone=milestone, version=1, fields={"due_date": date(2026, 12, 9)}, why="Holiday.", actor=ana)

    approval.refresh_from_db()
    assert (approval.state, approval.round) == (ApprovalState.STALE, 2)


def test_the_order_changes_in_one_statement(launch: Launch, ana: User) -> None:
    a, b, c = (make_milestone(launch, name) for name in "abc")

    move_milestone(milestone=c, before=a, actor=ana)
    assert names(launch) == ["c", "a", "b"]
    move_milestone(milestone=c, before=None, actor=ana)
    assert names(launch) == ["a", "b", "c"]
    move_milestone(milestone=b, before=c, actor=ana)
    assert names(launch) == ["a", "b", "c"]

    moved = Event.objects.filter(verb="milestone.moved").order_by("pk")
    assert [(e.before, e.after) for e in moved] == [
        ({"position": 3}, {"position": 1}),
        ({"position": 1}, {"position": 3}),
    ]


def test_a_deleted_milestone_leaves_the_plan_and_comes_back(launch: Launch, ana: User) -> None:
    a, _ = make_milestone(launch, "a"), make_milestone(launch, "b")

    delete_milestone(milestone=a, actor=ana)
    assert names(launch) == ["b"]
    assert compute(launch).milestones_total == 1

    restore_milestone(milestone=a, actor=ana)
    assert names(launch) == ["a", "b"]
    assert compute(launch).milestones_total == 2


def test_the_baseline_is_frozen_on_purpose_and_stays_when_dates_move(launch: Launch, ana: User) -> None:
    milestone = make_milestone(launch, due=DUE)
    make_milestone(launch, "undated")

    assert freeze_baseline(launch=launch, why="Plan agreed.", actor=ana) == 1
    milestone.refresh_from_db()
    edit_milestone(milestone=milestone, version=1, fields={"due_date": date(2026, 12, 9)}, why="Late.", actor=ana)

    milestone.refresh_from_db()
    assert (milestone.baseline_due_date, milestone.due_date) == (DUE, date(2026, 12, 9))
    assert Event.objects.get(verb="launch.baseline_frozen").why == "Plan agreed."


def test_progress_by_hand_only_where_no_tasks_are_linked(launch: Launch, ana: User) -> None:
    by_hand = make_milestone(launch)
    set_progress_by_hand(milestone=by_hand, version=1, percent=40, actor=ana)
    assert by_hand.progress == 0.4
    event = Event.objects.get(verb="milestone.progressed")
    assert (event.before, event.after) == ({"progress_by_hand": None}, {"progress_by_hand": 40})

    linked = make_milestone(launch, sources_linked=1, tasks_total=4)
    with pytest.raises(ValidationError, match="comes from linked tasks"):
        set_progress_by_hand(milestone=linked, version=1, percent=40, actor=ana)
    with pytest.raises(ValidationError, match="0 to 100"):
        set_progress_by_hand(milestone=by_hand, version=2, percent=101, actor=ana)


def test_what_waits_in_another_launch_is_judged_again_when_a_date_moves(launch: Launch, ana: User) -> None:
    from_here = make_milestone(launch, due=DUE)
    other = make_launch(ana)
    waiting = make_milestone(other, priority=Priority.MUST)
    waiting.predecessor_links.create(predecessor=from_here, created_at=waiting.created_at)
    compute(other)

    edit_milestone(milestone=from_here, version=1, fields={"due_date": date(2027, 1, 9)}, why="Late.", actor=ana)

    due_at = LaunchSummary.objects.get(pk=other.pk).due_at
    assert due_at is not None
    assert due_at <= datetime(2026, 11, 24, 9, 1, tzinfo=UTC)
