"""The page of insights: what it shows, to whom, and the file of the same figures."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from launches.models import Launch
from milestones.actions.milestones import edit_milestone, freeze_baseline
from milestones.domain.insights import reasons_named
from milestones.models import Forecast, Milestone
from people.models import User
from people.selectors import workspace
from tests.factories import add_participant, make_approval, make_launch, make_milestone
from tests.moving_clock import MovingClock
from tests.people import make_team
from tests.query_counts import frozen_queries

SignedIn = Callable[[User], Client]
TODAY = date(2026, 11, 24)
PAGE, FILE = "/insights/", "/insights/export.csv"


@pytest.fixture(autouse=True)
def _on_a_tuesday(clock: MovingClock, db: None) -> None:
    clock.set(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))


def done(launch: Launch, first: date, days: int, **fields: Any) -> Milestone:
    """Completed so many days after it was first due, without having been moved."""
    return make_milestone(launch, due=first, state="completed", completed_date=first + timedelta(days=days), **fields)


def six(launch: Launch, **fields: Any) -> list[Milestone]:
    """Three on the day, three of them ten days late."""
    return [done(launch, date(2026, 9, n + 1), 10 * (n % 2), **fields) for n in range(6)]


def names(milestone: Milestone, rule: str, on: date) -> None:
    """A verdict of that day names the rule."""
    row = Milestone.objects.get(pk=milestone.pk)
    row.reasons_named = reasons_named(row.reasons_named, [rule], on)
    row.save(update_fields=["reasons_named"])


def move(milestone: Milestone, to: date | None, actor: User) -> None:
    """It is due on another day, or on none."""
    row = Milestone.objects.get(pk=milestone.pk)
    edit_milestone(milestone=row, version=row.version, fields={"due_date": to}, why="Later", actor=actor)


def words_of(client: Client, path: str = PAGE) -> str:
    """The page as one reads it."""
    answer = client.get(path)
    assert answer.status_code == 200
    return " ".join(strip_tags(answer.content.decode().partition("<main")[2].replace("<", " <")).split())


def figures_of(client: Client, path: str = FILE) -> dict[tuple[str, str, str], list[str]]:
    """The file by its first three columns."""
    answer = client.get(path)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"), newline="")))
    return {(row[0], row[1], row[2]): row[3:] for row in rows[1:]}


def test_an_empty_luna_says_what_will_stand_here(ana: User, signed_in: SignedIn) -> None:
    assert "once 5 milestones with due dates have come due" in words_of(signed_in(ana))


def test_the_rates_of_all_and_of_each_team(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana)
    six(launch, team=make_team("Web"))
    done(launch, date(2026, 9, 1), 0, team=make_team("Data"))
    page = words_of(signed_in(ana))
    assert "Of 7 milestones that were due, 7 are completed (100 %), 4 of them by the date" in page
    assert "Data too few (1)" in page
    assert "Web 50 % (3 of 6)" in page
    assert page.index("Data too few") < page.index("Web 50 %")
    for person in (ana.name, launch.name, "Milestone 1"):
        assert person not in page


def test_moving_a_date_is_seen_through(ana: User, signed_in: SignedIn) -> None:
    for milestone in six(make_launch(ana)):
        move(milestone, milestone.completed_date, ana)
    page = words_of(signed_in(ana))
    assert "3 of them by the date that was agreed first (50 % of all)" in page
    assert "By the dates as they stand today it would be 6 of 6 (100 %): 3 were moved later." in page


def test_open_ones_slip_by_their_forecast(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana)
    six(launch)
    late = make_milestone(launch, due=date(2026, 11, 1), state="in_progress")
    Forecast.objects.create(
        milestone=late, basis="tasks", p50=date(2027, 1, 10), horizon=date(2028, 1, 1), computed_at=launch.created_at
    )
    assert figures_of(signed_in(ana))["Slips", "All", "Open, likely more than 56 days late"][0] == "1"


def test_reasons_come_from_the_verdicts_that_were_kept(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana)
    for n in range(5):
        milestone = done(launch, date(2026, 9, n + 1), 3)
        names(milestone, "late_start" if n < 3 else "overdue", date(2026, 9, 1))
    figures = figures_of(signed_in(ana))
    assert figures["Reasons", "All", "It began late"][0] == "3"
    assert figures["Reasons", "All", "None was named"][0] == "2"
    assert ("Reasons", "All", "No task was completed for days") not in figures
    assert "it began late (3 of 5)" in words_of(signed_in(ana))


def test_reasons_count_up_to_the_first_due_date(ana: User, signed_in: SignedIn) -> None:
    launch, first = make_launch(ana), date(2026, 9, 7)
    plain, moved, frozen, undated, early = (done(launch, first, 9) for _ in range(5))
    for milestone, due in ((moved, date(2026, 9, 21)), (frozen, date(2026, 9, 21)), (undated, None)):
        move(milestone, due, ana)
    Milestone.objects.filter(pk=frozen.pk).update(state="in_progress")
    assert freeze_baseline(launch=launch, actor=ana) == 1
    Milestone.objects.filter(pk=frozen.pk).update(state="completed")
    for milestone in (plain, moved, frozen, undated):
        names(milestone, "late_start", first)
        names(milestone, "stalled", first + timedelta(days=1))
    names(early, "no_owner", date(2025, 6, 1))
    figures = figures_of(signed_in(ana))
    reasons = {key[2]: row[0] for key, row in figures.items() if key[0] == "Reasons"}
    assert reasons["It began late"] == "4"
    assert reasons["Nobody owned it"] == "1"
    assert "No task was completed for days" not in reasons


def test_approvals_wait_in_working_days_and_nobody_is_named(ana: User, ben: User, signed_in: SignedIn) -> None:
    launch, legal = make_launch(ana), make_team("Legal", ben)
    friday = datetime(2026, 11, 13, 10, 0, tzinfo=UTC)
    for days in (0, 3, 3, 4, 5):
        asked = make_approval(launch, legal, asked_at=friday, met_at=friday + timedelta(days=days), state="approved")
        asked.votes.create(
            approver=asked.approvers.get(), voter=ben, round=1, ballot="approve",
            voted_at=friday + timedelta(days=days),
        )  # fmt: skip
    make_approval(launch, ben, asked_at=friday)
    page = words_of(signed_in(ana))
    assert "Of 5 approvals half were given within 1 working day, 85 of 100 within 3 working days." in page
    assert "1 still waits, for 7 working days." in page
    assert "Below, each answer of those who were asked: one approval may need the answers of several." in page
    assert "Who was asked Half answered within 85 of 100 answered within Still to answer" in page
    assert "Legal 1 working day 3 working days" in page
    assert "Asked by name too few (0)" in page
    assert ben.name not in page


def test_private_launches_are_in_no_figure_of_others(
    ana: User, cleo: User, gus: User, ada: User, signed_in: SignedIn
) -> None:
    six(make_launch(ana), team=make_team("Web"))
    before = (words_of(signed_in(cleo)), figures_of(signed_in(cleo)))
    secret = make_launch(ana, key="SECRET", private=True)
    hidden = make_team("Hidden")
    for n in range(7):
        done(secret, date(2026, 9, n + 1), 99, team=hidden)
    make_approval(secret, ana)
    assert (words_of(signed_in(cleo)), figures_of(signed_in(cleo))) == before
    assert "Nothing to look back on yet" in words_of(signed_in(gus))
    assert "Of 13 milestones" in words_of(signed_in(ada))
    add_participant(secret, gus)
    assert "Of 7 milestones" in words_of(signed_in(gus))
    assert "Hidden" in words_of(signed_in(gus))


def test_filters_and_groups_stand_in_the_address(ana: User, signed_in: SignedIn) -> None:
    web = make_team("Web")
    six(make_launch(ana, tier=1), team=web)
    for n in range(5):
        done(make_launch(ana, tier=3), date(2026, 4, n + 1), 0)
    client = signed_in(ana)
    assert "Of 11 milestones" in words_of(client)
    assert "Of 6 milestones" in words_of(client, f"{PAGE}?team={web.pk}")
    assert "Of 5 milestones" in words_of(client, f"{PAGE}?team=0")
    assert "Of 5 milestones" in words_of(client, f"{PAGE}?tier=3")
    assert "Of 5 milestones" in words_of(client, f"{PAGE}?quarter=2026-Q2")
    assert "Tier 1 50 % (3 of 6)" in words_of(client, f"{PAGE}?by=tier")
    assert "Q2 2026 100 % (5 of 5)" in words_of(client, f"{PAGE}?by=quarter")
    assert figures_of(client, f"{FILE}?tier=3")["Dates kept", "All", "Completed"][2:] == ["5", "5"]
    assert "Nothing fits" in words_of(client, f"{PAGE}?tier=2")


@pytest.mark.parametrize(
    "strange", ["by=person", "team=web", "team=99999999999", "tier=4", "tier=", "quarter=2026-Q9", "quarter=1999-Q1"]
)
def test_an_address_that_makes_no_sense_is_answered_in_words(ana: User, signed_in: SignedIn, strange: str) -> None:
    six(make_launch(ana))
    page = words_of(signed_in(ana), f"{PAGE}?{strange}")
    assert "Of 6 milestones" in page
    assert (f"The address says “{strange}”, which Luna can’t read" in page) == (not strange.endswith("="))
    assert signed_in(ana).get(f"{FILE}?{strange}").status_code == 200


def test_a_team_that_one_may_not_know_of_looks_like_one_that_is_not(ana: User, cleo: User, signed_in: SignedIn) -> None:
    six(make_launch(ana))
    hidden = make_team("Hidden")
    done(make_launch(ana, private=True), date(2026, 9, 1), 0, team=hidden)
    client = signed_in(cleo)
    unknown = words_of(client, f"{PAGE}?team={hidden.pk + 1000}")
    assert "Nothing fits" in unknown
    assert words_of(client, f"{PAGE}?team={hidden.pk}") == unknown


def test_the_file_says_what_the_page_says(ana: User, signed_in: SignedIn) -> None:
    six(make_launch(ana), team=make_team("=Web"))
    page, figures = words_of(signed_in(ana)), figures_of(signed_in(ana))
    value, unit, kept, of = figures["Dates kept", "'=Web", "On time by the first date"]
    assert (value, unit) == ("0.5", "share")
    assert f"=Web 50 % ({kept} of {of})" in page
    median = figures["Slips", "All", "Median"]
    assert median == ["0", "days", "6", ""]
    assert "Half of 6 milestones end by the date agreed first, 85 of 100 at most 10 days after it." in page


def test_what_was_first_due_longer_ago_or_is_dropped_is_left_out(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana)
    six(launch)
    done(launch, date(2025, 6, 30), 0)
    make_milestone(launch, due=date(2026, 9, 1), state="cancelled")
    make_milestone(launch, due=date(2026, 9, 1), deleted_at=launch.created_at)
    make_milestone(launch, state="in_progress")
    figures = figures_of(signed_in(ana))
    assert figures["Dates kept", "All", "Completed"] == ["1.0", "share", "6", "6"]
    assert figures["Dates kept", "All", "Dropped"][0] == "1"


def test_the_number_of_statements_stays_the_same(ana: User, signed_in: SignedIn) -> None:
    for _ in range(3):
        launch = make_launch(ana)
        six(launch, team=make_team(f"Team {launch.key}"))
        make_approval(launch, ana)
    client = signed_in(ana)
    with frozen_queries("insights"):
        client.get(PAGE)
    assert workspace().today == TODAY
