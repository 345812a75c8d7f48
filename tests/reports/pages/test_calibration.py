"""The calibration page: what it counts, what it leaves out, and what it says with little."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from launches.models import Launch
from luna.lib.dates import WorkingCalendar
from milestones.domain.calibration import Accuracy, Coverage, Coverages
from milestones.models import Milestone, Snapshot
from people.models import Team, User
from people.selectors import workspace
from reports.collect.calibration import calibration_in_short, collect_calibration
from reports.collect.insights import read_wanted
from tests.factories import add_participant, make_launch, make_milestone, make_stage
from tests.moving_clock import MovingClock
from tests.people import make_team
from tests.query_counts import frozen_queries

SignedIn = Callable[[User], Client]
TODAY = date(2026, 11, 24)
WEEK = WorkingCalendar()


@pytest.fixture(autouse=True)
def _tuesday(clock: MovingClock) -> None:
    clock.set(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))


def finished(launch: Launch, estimate: int, took: int, *, on: date = TODAY, **fields: Any) -> Milestone:
    """Completed on a working day after so many of them."""
    given: dict[str, Any] = {"first_estimate_days": Decimal(estimate), "state": "completed"} | fields
    return make_milestone(launch, start_date=WEEK.add(on, 1 - took), completed_date=on, **given)


def foretold(launch: Launch, *, kept: bool, chance: float | None = 0.9, **fields: Any) -> Snapshot:
    """A milestone of which it was said last month: likely on 1 November, 85 % sure by 10 November."""
    ended: dict[str, Any] = {"state": "completed", "completed_date": date(2026, 10, 30)} if kept else {}
    milestone = make_milestone(launch, **({"state": "in_progress"} | ended | fields))
    return Snapshot.objects.create(
        milestone=milestone, day=date(2026, 10, 10), state="in_progress", progress=0.5, tasks_total=0, tasks_done=0,
        health="on_track", due_date=date(2026, 11, 15), p50=date(2026, 11, 1), p85=date(2026, 11, 10), chance=chance,
        is_judged=True,
    )  # fmt: skip


def shown(client: Client, **query: str) -> str:
    """The page's text with single spaces, without its marks."""
    page = client.get(reverse("reports:calibration"), query).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_actuals_of_four_tenths_more_are_found_as_such(ana: User) -> None:
    launch = make_launch(ana)
    for n in range(40):
        estimate = (5, 10, 15, 20)[n % 4]
        finished(launch, estimate, estimate * 14 // 10, on=WEEK.add(TODAY, -n), team=None)
    found = collect_calibration(ana, workspace(), read_wanted({}, TODAY)).estimates
    assert isinstance(found, Accuracy)
    assert found.count == 40
    assert found.bias == pytest.approx(1.4, abs=0.05)
    assert found.is_biased


@pytest.mark.parametrize("query", [{}, {"tier": "1"}, {"team": "0"}, {"quarter": "2026-Q3"}, {"quarter": "2026-Q4"}])
def test_what_insights_say_of_it_is_what_this_page_says(ana: User, query: dict[str, str]) -> None:
    dice, stage = random.Random(7), make_stage("Build")
    launches, teams = [make_launch(ana, tier=1 + n) for n in range(2)], [None, make_team("Web"), make_team("Data")]
    for _ in range(60):
        launch, team = dice.choice(launches), dice.choice(teams)
        ended = TODAY - timedelta(days=dice.randint(-5, 90))
        shot = foretold(launch, kept=False, team=team, state="completed", completed_date=ended)
        likely = ended - timedelta(days=dice.randint(-9, 9))
        Snapshot.objects.filter(pk=shot.pk).update(p50=likely, p85=likely + timedelta(days=dice.randint(0, 9)))
        finished(launch, dice.randint(1, 9), dice.randint(1, 9), on=ended, team=team, stage=stage)
    foretold(launches[0], kept=False, state="cancelled")
    wanted = read_wanted(query, TODAY)
    whole = collect_calibration(ana, workspace(), wanted)
    short = calibration_in_short(ana, workspace(), wanted)
    assert short.forecasts == Coverages(whole.forecasts.likely, whole.forecasts.sure)
    assert isinstance(short.forecasts.likely, Coverage)
    assert short.estimates == whole.estimates
    assert list(short.by_team) == [(one.team, one.all_work) for one in whole.by_team]


def test_the_file_says_what_the_page_of_insights_says_of_estimates(ana: User, signed_in: SignedIn) -> None:
    launch, client = make_launch(ana), signed_in(ana)
    for team in (make_team("Web"), make_team("Data")):
        for n in range(5):
            finished(launch, 5, 7, on=WEEK.add(TODAY, -n), due=TODAY, team=team)
    page = client.get(reverse("reports:insights")).content.decode()
    file = client.get(reverse("reports:insights_csv")).content.decode("utf-8-sig").splitlines()

    assert "Half of 10 milestones took more than 1.4 times their first estimate" in page
    assert "Estimates,All,Half took more than,1.4,times the estimate,10," in file
    assert "Estimates,Web,Half took more than,,times the estimate,5," in file


def test_calibration_says_its_name(ana: User, signed_in: SignedIn) -> None:
    assert "<h1>Calibration</h1>" in signed_in(ana).get(reverse("reports:calibration")).content.decode()


def test_dates_that_held_are_counted_late_ones_too(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana)
    for n in range(41):
        foretold(launch, kept=n < 36)
    said = shown(signed_in(ana))
    assert "Of 41 dates Luna was 85 % sure of, 36 held (88 %). That is as sure as it said" in said
    assert "Of 41 likely dates, 36 held (88 %). Luna was more careful than it had to be" in said
    assert "Of 41 chances that Luna gave to due dates" in said
    assert "about 90 % 41 36 88 %" in said
    assert "What is known to fail" in said


def test_due_dates_that_had_passed_when_the_forecast_was_made_are_no_chances(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana)
    for n in range(20):
        shot = foretold(launch, kept=n % 2 == 0)
        late = foretold(launch, kept=False, chance=0.0)
        Snapshot.objects.filter(pk=late.pk).update(due_date=shot.day - timedelta(days=1))
    said = shown(signed_in(ana))
    assert "Of 40 likely dates" in said
    assert "Of 20 chances that Luna gave to due dates" in said


def test_cancelled_deleted_and_unjudged_ones_say_nothing(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana)
    for _ in range(10):
        foretold(launch, kept=True)
        foretold(launch, kept=False, state="cancelled")
        foretold(launch, kept=False, deleted_at=datetime(2026, 11, 1, tzinfo=UTC))
    Snapshot.objects.create(
        milestone=make_milestone(launch), day=TODAY, state="in_progress", progress=0, tasks_total=0, tasks_done=0,
        health="unknown", p50=date(2026, 11, 2), p85=date(2026, 11, 3),
    )  # fmt: skip
    assert "Of 10 dates Luna was 85 % sure of, 10 held" in shown(signed_in(ana))


def test_private_launches_are_counted_for_nobody_outside(ana: User, cleo: User, gus: User, signed_in: SignedIn) -> None:
    secret, team = make_launch(ana, private=True), make_team("Stealth")
    for _ in range(12):
        finished(secret, 10, 14, team=team)
        foretold(secret, kept=True)
    for stranger in (cleo, gus):
        assert "No forecast has come due yet" in shown(signed_in(stranger))
        assert "Stealth" not in shown(signed_in(stranger))
    assert "Half of 12 milestones took more than 1.4 times" in shown(signed_in(ana))
    add_participant(secret, gus)
    assert "Stealth" in shown(signed_in(gus))


def test_below_ten_there_is_no_figure(ana: User, signed_in: SignedIn) -> None:
    launch, team = make_launch(ana), make_team("Platform")
    for _ in range(7):
        finished(launch, 10, 14, team=team)
    said = shown(signed_in(ana))
    assert "Platform 7 Not enough history: 7 of 10" in said
    assert "Not enough history: 0 of 10 dates Luna was 85 % sure of have passed." in said
    assert "1.4" not in said


def test_an_empty_luna_says_what_will_stand_here(ana: User, signed_in: SignedIn) -> None:
    said = shown(signed_in(ana))
    assert "10 forecasts whose day has passed" in said
    assert "Filter" not in said


def test_team_tier_and_quarter_filter(ana: User, signed_in: SignedIn) -> None:
    first, second = make_launch(ana, tier=1), make_launch(ana, tier=2)
    platform, web = make_team("Platform"), make_team("Web")
    build, design = make_stage("Build"), make_stage("Design")
    for _ in range(10):
        finished(first, 10, 14, team=platform, stage=build)
        finished(second, 10, 20, team=web, stage=design, on=date(2026, 8, 14))
    finished(second, 10, 20, team=web, stage=build, on=date(2026, 8, 14))
    client = signed_in(ana)
    whole = shown(client)
    assert "Half of 21 milestones" in whole
    assert "Web, Design 10 2 times" in whole
    assert "Web, Build" not in whole, "one is too little"
    assert "Platform, Build" not in whole, "one kind alone is the team’s row again"
    for query in ({"team": str(platform.pk)}, {"tier": "1"}, {"quarter": "2026-Q4"}):
        assert "Half of 10 milestones took more than 1.4 times" in shown(client, **query), query
    assert "Half of 11 milestones took more than 2 times" in shown(client, quarter="2026-Q3")
    assert "which Luna can’t read" in shown(client, team="x", quarter="1999-Q1")


def test_what_is_older_than_six_quarters_is_left_out(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana)
    finished(launch, 10, 14, on=date(2025, 6, 30))
    assert "No forecast has come due yet" in shown(signed_in(ana))
    finished(launch, 10, 14, on=date(2025, 7, 1))
    assert "1 of 10" in shown(signed_in(ana))


def test_it_costs_the_same_however_much_there_is(ana: User, signed_in: SignedIn, platform: Team) -> None:
    client = signed_in(ana)
    client.get(reverse("reports:calibration"))
    for size in (1, 12):
        for _ in range(size):
            launch = make_launch(ana)
            finished(launch, 10, 14, team=platform)
            foretold(launch, kept=True, owner=ana)
        with frozen_queries("reports:calibration"):
            client.get(reverse("reports:calibration"))


def test_a_completed_milestone_that_came_too_late_counts_as_missed(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana)
    for n in range(10):
        late = date(2026, 11, 10) + timedelta(days=n == 0)
        foretold(launch, kept=True, completed_date=late)
    assert "Of 10 dates Luna was 85 % sure of, 9 held (90 %)" in shown(signed_in(ana))


@pytest.fixture
def platform() -> Team:
    return make_team("Platform")
