"""Why a date moved, from the database through what is kept to the stored parts: one cause gets what is its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from launches.models import Launch
from luna.lib.work import drain
from milestones.actions.forecasts import refresh_forecasts, save_forecasts
from milestones.actions.movements import ask_movement
from milestones.domain.inputs_codec import unpack
from milestones.domain.mixture import Cause
from milestones.models import DateMovement, Dependency, Forecast, KeptInputs, Milestone, Since, WorkDay
from milestones.selectors_health import this_moment
from people.models import User, Workspace
from tests.factories import make_approval, make_launch
from tests.milestones.computing import compute
from tests.milestones.weeks import MONDAY, a_week_goes_by, at_work, explained, more_tasks
from tests.moving_clock import MovingClock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _monday(clock: MovingClock) -> None:
    clock.set(MONDAY)


def days_of(row: DateMovement) -> dict[str, float]:
    found: dict[str, float] = {}
    for share in row.shares:
        found[share["cause"]] = found.get(share["cause"], 0) + share["days"]
    return found


def gets_at_least_95_per_cent(row: DateMovement, cause: Cause) -> None:
    days = days_of(row)
    assert row.before is not None
    assert row.after is not None
    moved = (row.after - row.before).days
    assert abs(moved) >= 4
    assert days[cause] / moved >= 0.95
    assert sum(abs(each) for each in days.values()) <= 1.05 * abs(moved) + 0.5


def scope(milestone: Milestone, _before: Milestone) -> None:
    more_tasks(milestone, 10)


def upstream(_milestone: Milestone, before: Milestone) -> None:
    more_tasks(before, 20)


def waits(milestone: Milestone, _before: Milestone) -> None:
    """Approvals here take twelve weeks, longer than the work that is left."""
    long_ago = {"asked_at": MONDAY - timedelta(weeks=13), "met_at": MONDAY - timedelta(weeks=1), "state": "met"}
    for n in range(20):
        make_approval(milestone.launch, title=f"Past {n}", **long_ago)
    make_approval(milestone.launch, milestone.launch.owner, milestone=milestone)


def calendar(_milestone: Milestone, _before: Milestone) -> None:
    place = Workspace.objects.get()
    for n in range(4):
        place.holidays.create(day=date(2026, 12, 1) + timedelta(days=n), name="Free")


def corrections(milestone: Milestone, _before: Milestone) -> None:
    """Of the first ten days nothing was done after all."""
    rows = WorkDay.objects.filter(milestone=milestone).order_by("day").values_list("pk", flat=True)[:10]
    WorkDay.objects.filter(pk__in=list(rows)).update(completed=0)
    now = Milestone.objects.get(pk=milestone.pk)
    Milestone.objects.filter(pk=milestone.pk).update(tasks_done=now.tasks_done - 10)


INJECTED: dict[Cause, Callable[[Milestone, Milestone], None]] = {
    Cause.SCOPE: scope,
    Cause.UPSTREAM: upstream,
    Cause.WAITS: waits,
    Cause.CALENDAR: calendar,
    Cause.CORRECTIONS: corrections,
}


@pytest.mark.parametrize("cause", INJECTED)
def test_one_cause_gets_all_of_the_change(cause: Cause, ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    milestone = at_work(launch, "Copy", left=30)
    before = at_work(make_launch(ana), "Design", left=12)
    Dependency.objects.create(predecessor=before, successor=milestone, created_at=MONDAY)
    compute(launch)
    a_week_goes_by(clock, milestone, before)

    INJECTED[cause](milestone, before)

    gets_at_least_95_per_cent(explained(launch, milestone), cause)


@pytest.mark.parametrize("done", [0, 2])
def test_pace_gets_all_of_the_change(done: int, ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    milestone = at_work(launch, "Copy", left=30)
    compute(launch)
    a_week_goes_by(clock, milestone, done=done)
    gets_at_least_95_per_cent(explained(launch, milestone), Cause.PACE)


def test_a_target_moves_the_chance_and_never_the_date(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana, target_date=date(2027, 3, 1))
    milestone = at_work(launch, "Copy", left=30, due=date(2027, 3, 1))
    compute(launch)
    a_week_goes_by(clock, milestone)
    more_tasks(milestone, 10)
    Milestone.objects.update(due_date=date(2026, 12, 18))
    Launch.objects.update(target_date=date(2026, 12, 18))
    for row in (explained(launch, milestone), explained(launch, None)):
        target = next(share for share in row.shares if share["cause"] == Cause.TARGET)
        assert target["days"] == 0
        assert target["chance"] < -0.9


def test_a_launch_is_moved_by_its_milestones(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    late, steady = at_work(launch, "Late", left=30), at_work(launch, "Steady", left=10)
    compute(launch)
    a_week_goes_by(clock, late, steady)
    more_tasks(late, 10)
    row = explained(launch, None)
    assert row.before is not None
    assert row.after is not None
    assert [(share["cause"], share["ids"]) for share in row.shares] == [("upstream", [late.pk])]
    assert row.went is None
    assert 0 < row.forecasts <= 2 + 2 * 8


def test_the_forecast_can_be_made_again_from_what_is_kept(ana: User) -> None:
    launch = make_launch(ana, target_date=date(2027, 1, 15))
    milestone = at_work(launch, "Copy", left=30, due=date(2027, 1, 15))
    make_approval(launch, ana, milestone=milestone)
    summary = compute(launch)
    kept = KeptInputs.objects.get()
    inputs = unpack(bytes(kept.inputs))
    assert (kept.day, kept.p85, kept.chance) == (MONDAY.date(), summary.p85, summary.chance)
    assert kept.milestones == {str(milestone.pk): str(Forecast.objects.get().p85)}
    assert (inputs.today, inputs.targets) == (MONDAY.date(), {launch.pk: date(2027, 1, 15)})
    assert [one.planned.name for one in inputs.milestones.values()] == [""]


def test_the_last_of_a_day_is_kept_and_explained(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    milestone = at_work(launch, "Copy", left=30)
    compute(launch)
    clock.move(timedelta(days=1))
    Milestone.objects.update(tasks_total=80)
    first = explained(launch, milestone, Since.CHANGE)
    Milestone.objects.update(tasks_total=90)
    last = explained(launch, milestone, Since.CHANGE)
    assert KeptInputs.objects.count() == 2
    assert first.pk == last.pk
    assert first.after is not None
    assert last.after is not None
    assert last.after > first.after

    Milestone.objects.update(state="cancelled")
    compute(launch)
    assert not DateMovement.objects.filter(milestone=milestone).exists()


def test_the_last_change_stays_while_nothing_moves(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    milestone = at_work(launch, "Copy", left=30, id=1)  # its random numbers come from its id
    compute(launch)
    clock.move(timedelta(days=1))
    Milestone.objects.update(tasks_total=80)
    changed = explained(launch, milestone, Since.CHANGE)
    WorkDay.objects.create(milestone=milestone, day=changed.after_day, completed=1, scope=80)
    Milestone.objects.update(tasks_done=41)
    clock.move(timedelta(days=1))
    compute(launch)
    kept = DateMovement.objects.get(milestone=milestone, since=Since.CHANGE)
    assert (kept.before_day, kept.after_day) == (changed.before_day, changed.after_day)
    assert kept.due_at is None


def test_a_last_change_is_forgotten_when_the_date_crept_on(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    milestone = at_work(launch, "Copy", left=30, id=1)  # its random numbers come from its id
    compute(launch)
    clock.move(timedelta(days=1))
    Milestone.objects.update(tasks_total=80)
    changed = explained(launch, milestone, Since.CHANGE)
    clock.move(timedelta(days=1))
    for tasks in range(77, 84):  # one of them makes it a day later or earlier, too little to explain
        Milestone.objects.update(tasks_total=tasks)
        compute(launch)
        now = Forecast.objects.get().p85
        if now and changed.after and abs((now - changed.after).days) == 1:
            break
    else:
        pytest.fail("none moved the date by a day")
    assert not DateMovement.objects.filter(milestone=milestone).exists()


def test_what_was_explained_today_is_not_explained_again_while_the_date_stays(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana, target_date=date(2027, 3, 1))
    milestone = at_work(launch, "Copy", left=30)
    compute(launch)
    clock.move(timedelta(days=1))
    Milestone.objects.update(tasks_total=80)
    explained(launch, milestone, Since.CHANGE)
    Launch.objects.update(target_date=date(2027, 4, 1))
    compute(launch)
    assert KeptInputs.objects.get(day=MONDAY.date() + timedelta(days=1)).chance == 1.0
    assert not DateMovement.objects.filter(due_at__isnull=False).exists()


def test_old_days_are_let_go(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    at_work(launch, "Copy", left=30)
    clock.move(timedelta(days=-50))
    for _ in range(20):
        compute(launch)
        clock.move(timedelta(days=1))
    clock.move(timedelta(days=30))
    compute(launch)
    days = list(KeptInputs.objects.values_list("day", flat=True))
    weekly = [date(2026, 10, 4), date(2026, 10, 5), date(2026, 10, 12)]
    assert days == [*weekly, *(date(2026, 10, n) for n in range(19, 24)), date(2026, 11, 23)]


def test_keeping_takes_the_same_number_of_statements_for_one_milestone_and_for_twenty(
    ana: User, clock: MovingClock
) -> None:
    counts = []
    for number in (1, 20):
        launch = make_launch(ana)
        rows = [at_work(launch, f"M{n}", left=30) for n in range(number)]
        for day in (MONDAY, MONDAY + timedelta(days=7)):
            clock.set(day)
            refreshed = refresh_forecasts(compute(launch), this_moment())
        Milestone.objects.filter(pk__in=[row.pk for row in rows]).update(tasks_total=90)
        refreshed = refresh_forecasts(launch.summary, this_moment())
        with CaptureQueriesContext(
            connection,
        ) as asked:
            save_forecasts(launch.pk, refreshed)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_chosen_day_is_compared_once_and_again_when_today_changes(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    milestone = at_work(launch, "Copy", left=30)
    compute(launch)
    clock.move(timedelta(days=3))
    compute(launch)
    first = ask_movement(launch=launch, milestone=milestone, before_day=MONDAY.date(), actor=ana)
    assert ask_movement(launch=launch, milestone=milestone, before_day=MONDAY.date(), actor=ana) == first
    drain("movements")
    first.refresh_from_db()
    assert first.shares
    Milestone.objects.update(tasks_total=90)
    assert sum(one["days"] for one in explained(launch, milestone, Since.ASKED).shares) > sum(
        one["days"] for one in first.shares
    )
    with pytest.raises(ValidationError):
        ask_movement(launch=launch, milestone=milestone, before_day=date(2020, 1, 1), actor=ana)


def test_what_is_kept_no_longer_is_not_explained(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    at_work(launch, "Copy", left=30)
    compute(launch)
    clock.move(timedelta(days=7))
    compute(launch)
    KeptInputs.objects.filter(day=MONDAY.date()).delete()
    drain("movements")
    assert {(row.forecasts, str(row.shares), row.due_at) for row in DateMovement.objects.all()} == {(0, "[]", None)}
