"""Forecasts that are kept: out of the log of work days, through dependencies, and only where something changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from launches.models import Launch, LaunchSummary
from luna.lib.dates import WorkingCalendar
from luna.ui.wording import unbroken
from milestones.models import Dependency, Forecast, Milestone, Snapshot, WorkDay
from milestones.selectors_forecast import LEAST_MET, forecast_inputs
from milestones.selectors_health import this_moment
from people.models import User
from reports.actions.previews import report_document
from reports.domain.types import ReportKind
from reports.renderers.markdown import render_markdown
from tests.factories import make_approval, make_launch, make_milestone
from tests.milestones.computing import compute, compute_due
from tests.moving_clock import MovingClock
from tests.people import make_team

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = TUESDAY.date()
WEEK = WorkingCalendar()


@pytest.fixture(autouse=True)
def _tuesday(clock: MovingClock) -> None:
    clock.set(TUESDAY)


def working(days: int) -> date:
    """So many working days from today."""
    return WEEK.add(TODAY, days)


def at_work(launch: Launch, name: str, *, left: int, days: int = 20, **fields: Any) -> Milestone:
    """One task a working day was completed for so many days, and so many are left."""
    given: dict[str, Any] = {
        "state": "in_progress",
        "sources_linked": 1,
        "tasks_total": days + left,
        "tasks_done": days,
        "tasks_synced_at": TUESDAY,
        "last_task_completed_on": working(-1),
    }
    milestone = make_milestone(launch, name, **(given | fields))
    WorkDay.objects.bulk_create(
        WorkDay(milestone=milestone, day=working(-n), completed=1, scope=days + left) for n in range(1, days + 1)
    )
    return milestone


def test_a_steady_milestone_ends_when_its_tasks_do_and_decides_its_launch(ana: User) -> None:
    launch = make_launch(ana, target_date=working(30))
    steady = at_work(launch, "Steady", left=10, due=working(30))

    summary = compute(launch)

    kept = Forecast.objects.get(milestone=steady)
    assert (kept.basis, kept.p50, kept.p85) == ("own_days", working(9), working(9))
    assert kept.chance_words() == ">95 %"
    assert (summary.p50, summary.p85, summary.chance) == (kept.p50, kept.p85, 1.0)
    assert summary.criticality == {str(steady.pk): 1.0}
    assert Snapshot.objects.get().p85 == working(9)


def test_what_waits_in_another_launch_is_forecast_after_it_and_anew_when_that_slips(ana: User) -> None:
    first, then = make_launch(ana, key="FIRST"), make_launch(ana, key="THEN")
    before = at_work(first, "Before", left=10, due=working(30))
    after = at_work(then, "After", left=5, state="not_started", due=working(40))
    Dependency.objects.create(predecessor=before, successor=after, created_at=TUESDAY)
    compute(first)
    compute(then)
    compute_due()
    waiting = Forecast.objects.get(milestone=after)

    Milestone.objects.filter(pk=before.pk).update(tasks_total=40)
    compute(first)
    compute_due()

    later = Forecast.objects.get(milestone=after)
    assert waiting.p50 is not None
    assert later.p50 is not None
    assert WEEK.between(waiting.p50, later.p50) == 10
    assert LaunchSummary.objects.get(launch=then).p50 == later.p50


def test_nothing_is_computed_where_nothing_changed_and_all_on_a_new_day(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    at_work(launch, "Steady", left=10)
    compute(launch)
    Forecast.objects.update(p50=date(2000, 1, 1))

    compute(launch)
    assert Forecast.objects.get().p50 == date(2000, 1, 1)

    clock.move(timedelta(days=1))
    compute(launch)
    assert Forecast.objects.get().p50 != date(2000, 1, 1)


def test_another_target_changes_the_chance_alone(ana: User) -> None:
    launch = make_launch(ana, target_date=working(30))
    at_work(launch, "Steady", left=10)
    before = compute(launch)
    Launch.objects.update(target_date=working(3))
    after = compute(launch)
    assert (before.p85, before.chance, after.p85, after.chance) == (working(9), 1.0, working(9), 0.0)


def test_too_little_history_says_so_and_the_launch_has_none(ana: User) -> None:
    launch = make_launch(ana)
    thin = at_work(launch, "Thin", left=10, days=3)
    blank = make_milestone(launch, "Blank")
    waiting = at_work(launch, "Waiting", left=3, state="not_started")
    Dependency.objects.create(predecessor=thin, successor=waiting, created_at=TUESDAY)

    summary = compute(launch)

    said = {row.milestone_id: row.lack_words for row in Forecast.objects.all()}
    assert said[thin.pk] == "Not enough data: 3 active days of 5."
    assert said[blank.pk] == "Not enough data: no tasks are linked and nothing is estimated."
    assert said[waiting.pk] == "Not enough data for 1 milestone that it waits for."
    assert (summary.p50, summary.without_forecast) == (None, 3)


def test_a_thin_history_borrows_its_teams(ana: User) -> None:
    launch, team = make_launch(ana), make_team("Mobile")
    at_work(make_launch(ana), "Elsewhere", left=0, team=team, state="completed", completed_date=working(-1))
    thin = at_work(launch, "Thin", left=10, days=3, team=team)
    compute(launch)
    assert Forecast.objects.get(milestone=thin).basis == "team_days"


def test_an_estimate_is_held_against_what_the_team_took_before(ana: User) -> None:
    launch, team = make_launch(ana), make_team("Mobile")
    for n in range(12):
        make_milestone(
            launch, f"Past {n}", team=team, estimate_days=5, state="completed", start_date=working(-40),
            completed_date=working(-31),
        )  # fmt: skip
    guessed = make_milestone(launch, "Guessed", team=team, estimate_days=10, progress_by_hand=50)
    compute(launch)
    kept = Forecast.objects.get(milestone=guessed)
    assert kept.basis == "estimate"
    assert kept.p50 is not None
    assert 5 <= WEEK.between(TODAY, kept.p50) <= 15  # half of ten days, at about twice the estimate


def test_an_approval_still_to_give_makes_it_later(ana: User) -> None:
    launch = make_launch(ana)
    plain = at_work(launch, "Plain", left=1)
    gated = at_work(launch, "Gated", left=1)
    make_approval(launch, ana, milestone=gated)
    compute(launch)
    days = {row.milestone_id: row.p85 for row in Forecast.objects.all()}
    assert days[plain.pk] == TODAY
    assert days[gated.pk] not in {TODAY, working(1), working(2), working(3)}


def test_a_likely_end_after_the_due_date_is_a_reason_of_health(ana: User) -> None:
    launch = make_launch(ana)
    late = at_work(launch, "Late", left=10, due=working(5), owner=ana)
    compute(launch)
    late.refresh_from_db()
    assert late.health == "at_risk"
    assert late.signals[0]["rule"] == "forecast_late"
    assert late.signals[0]["sentence"].startswith("Likely Mon 7 Dec, 85 % sure by Mon 7 Dec; due Tue 1 Dec")


def test_what_is_cancelled_or_deleted_keeps_no_forecast(ana: User) -> None:
    launch = make_launch(ana)
    at_work(launch, "Steady", left=10)
    gone = at_work(launch, "Gone", left=10)
    compute(launch)
    Milestone.objects.filter(pk=gone.pk).update(state="cancelled")
    compute(launch)
    assert not Forecast.objects.filter(milestone=gone).exists()


def test_the_command_line_says_what_the_pages_say(ana: User, signed_in: Callable[[User], Client]) -> None:
    launch = make_launch(ana, key="APOLLO", name="Apollo", target_date=working(12))
    steady = at_work(launch, "Steady", left=10, due=working(12), owner=ana)
    make_milestone(launch, "Won’t do", priority="wont")
    compute(launch)

    told = StringIO()
    call_command("forecast", "apollo", stdout=told)
    words = "likely Mon 7 Dec, 85 % sure by Mon 7 Dec"
    assert told.getvalue().splitlines() == [
        f"Apollo: {words}; target Thu 10 Dec, >95 %",
        f"  Steady: {words}; due Thu 10 Dec, >95 %",
        "  Won’t do: Not enough data: no tasks are linked and nothing is estimated.",
    ]
    browser = signed_in(ana)
    for path in ("/launches/APOLLO/", f"/launches/APOLLO/milestones/{steady.pk}/"):
        page = browser.get(path).content.decode()
        assert unbroken(f"L{words[1:]}.") in page
        assert unbroken("&gt;95 %") in page
    digest = render_markdown(report_document(ReportKind.DIGEST, launch=launch), base_url="https://luna.example")
    assert f"L{words[1:]}: \\>95 % chance of the target." in digest

    machine = StringIO()
    call_command("forecast", "APOLLO", "--json", stdout=machine)
    assert json.loads(machine.getvalue())["milestones"][0]["p85"] == working(9).isoformat()
    with pytest.raises(CommandError, match="There is no launch NOPE"):
        call_command("forecast", "nope")


def test_an_approval_takes_as_long_as_its_own_team_took_where_that_is_known(ana: User, ben: User, cleo: User) -> None:
    legal, sales, launch = make_team("Legal"), make_team("Sales"), make_launch(ana)
    for who, team in ((ben, legal), (cleo, sales)):
        who.primary_team = team
        who.save()
    beta = at_work(launch, "Beta", left=1)
    for team, met, took in ((legal, LEAST_MET, 1), (sales, LEAST_MET - 1, 30)):
        asked_at = TUESDAY - timedelta(days=took)
        for _ in range(met):
            make_approval(launch, team, state="met", asked_at=asked_at, met_at=TUESDAY)
    for asked in (legal, ben, cleo):
        make_approval(launch, asked, milestone=beta)

    (given,) = forecast_inputs(launch.pk, this_moment()).inputs

    of_legal, of_ben, of_cleo = (wait.history for wait in given.approvals)
    assert of_legal == of_ben == (1.0,) * LEAST_MET
    assert len(of_cleo) == 2 * LEAST_MET - 1, "nine of hers are too few: everybody's"
