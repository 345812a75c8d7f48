"""The portfolio's rows, figures and filters."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client

from launches.domain.types import StageCategory, Status
from launches.models import LaunchSummary
from people.models import User
from people.selectors import workspace
from reports.collect.portfolio import Filters, figures, rows
from reports.views.portfolio import read_filters
from tests.factories import add_participant, make_launch, make_stage
from tests.people import make_team

SignedIn = Callable[[User], Client]


def keys(user: User, **wanted: object) -> list[str]:
    """The keys of the rows that a reader gets for these filters."""
    return [row.key for row in rows(user, Filters(**wanted), workspace().today)]  # type: ignore[arg-type]


def test_private_launches_are_in_no_row_and_no_figure_of_others(ana: User, cleo: User, gus: User, ada: User) -> None:
    make_launch(ana, key="OPEN")
    secret = make_launch(ana, key="SECRET", private=True)
    today = workspace().today
    assert keys(cleo) == ["OPEN"]
    assert figures(cleo, today).total == 1
    assert keys(gus) == []
    assert figures(gus, today).total == 0
    assert keys(ana) == keys(ada) == ["OPEN", "SECRET"]
    add_participant(secret, gus)
    assert keys(gus) == ["SECRET"]


def test_guests_see_what_their_team_takes_part_in(ana: User, gus: User) -> None:
    launch = make_launch(ana, key="SHARED")
    make_launch(ana, key="OTHER")
    add_participant(launch, make_team("Agency", gus))
    assert keys(gus) == ["SHARED"]


def test_views_part_running_mine_soon_and_over(ana: User, ben: User) -> None:
    today = workspace().today
    make_launch(ana, key="NEAR", target_date=today + timedelta(days=10))
    make_launch(ben, key="FAR", target_date=today + timedelta(days=90))
    make_launch(ben, key="DONE", stage=make_stage("Launched", StageCategory.COMPLETED))
    assert keys(ana) == ["NEAR", "FAR"]
    assert keys(ana, view="mine") == ["NEAR"]
    assert keys(ana, view="soon") == ["NEAR"]
    assert keys(ana, view="over") == ["DONE"]


def test_what_is_worse_than_said_is_found_and_counted(ana: User) -> None:
    make_launch(ana, key="FINE")
    make_launch(ana, key="GREEN", status=Status.ON_TRACK)
    LaunchSummary.objects.filter(launch__key="GREEN").update(health="at_risk")
    LaunchSummary.objects.filter(launch__key="FINE").update(health="on_track")
    assert keys(ana, worse=True) == ["GREEN"]
    assert figures(ana, workspace().today).worse == 1


def test_who_says_green_and_isn_t_has_a_view_of_its_own(ana: User) -> None:
    for key, status, health in (
        ("FINE", Status.ON_TRACK, "on_track"), ("MELON", Status.ON_TRACK, "at_risk"),
        ("HALF", Status.ON_TRACK, "possible_delays"), ("AMBER", Status.POSSIBLE_DELAYS, "at_risk"),
    ):  # fmt: skip
        make_launch(ana, key=key, status=status)
        LaunchSummary.objects.filter(launch__key=key).update(health=health)
    assert sorted(keys(ana, view="green")) == ["HALF", "MELON"]


def test_the_gap_is_shown_and_sorts_the_widest_first(ana: User) -> None:
    for key, levels in (("NONE", 0), ("TWO", 2), ("ONE", 1)):
        make_launch(ana, key=key)
        health = ("on_track", "possible_delays", "at_risk")[levels]
        LaunchSummary.objects.filter(launch__key=key).update(health=health, gap=levels)
    assert [row.gap for row in rows(ana, Filters(sort="gap"), workspace().today)] == [2, 1, 0]
    assert keys(ana, sort="gap") == ["TWO", "ONE", "NONE"]
    assert keys(ana, sort="-gap") == ["NONE", "ONE", "TWO"]


def test_health_sorts_by_alarm_not_by_alphabet(ana: User) -> None:
    for health in ("on_track", "at_risk", "unknown", "possible_delays"):
        launch = make_launch(ana, name=health)
        LaunchSummary.objects.filter(launch=launch).update(health=health)
    found = rows(ana, Filters(sort="health"), workspace().today)
    assert [row.health for row in found] == ["at_risk", "possible_delays", "unknown", "on_track"]


@pytest.mark.parametrize(
    "query", ["tier=9", "status=green", "health=x", "sort=password", "view=secret", "tier=%C2%B2", "worse=yes"]
)
def test_what_makes_no_sense_in_the_address_is_ignored(query: str) -> None:
    assert read_filters(QueryDict(query)) == Filters()


@pytest.mark.parametrize("address", ["tier", "stage"])
def test_a_number_without_end_in_the_address_is_ignored(address: str) -> None:
    assert read_filters(QueryDict(f"{address}={'9' * 5000}")) == Filters()


def test_a_forecast_without_any_day_in_sight_is_not_called_none(ana: User) -> None:
    make_launch(ana, key="NONE")
    make_launch(ana, key="FAR", target_date=None)
    LaunchSummary.objects.filter(launch__key="FAR").update(criticality={"7": 1.0})
    far, none = rows(ana, Filters(sort="name"), workspace().today)
    assert (far.key, far.is_out_of_sight) == ("FAR", True)
    assert (none.key, none.is_out_of_sight) == ("NONE", False)
    LaunchSummary.objects.filter(launch__key="FAR").update(p50=workspace().today)
    assert not rows(ana, Filters(sort="name"), workspace().today)[0].is_out_of_sight


def test_each_figure_says_what_it_counts_without_its_group(ana: User, signed_in: SignedIn) -> None:
    make_launch(ana)
    page = signed_in(ana).get("/launches/").content.decode()
    links = re.findall(r'<a href="\?(?:status|health)=\w+"><b>.*?</a>', page)
    told = [re.sub(r"<[^>]+>", "", link).partition(" ")[2] for link in links]
    assert told == [
        f"{level}, {who}" for level in ("on track", "with possible delays", "at risk") for who in ("said", "computed")
    ]


def test_what_is_said_and_what_is_computed_are_counted_apart(ana: User) -> None:
    for key, health in (("ONE", "at_risk"), ("TWO", "at_risk"), ("THREE", "on_track"), ("FOUR", "unknown")):
        make_launch(ana, key=key, status=Status.AT_RISK if key == "ONE" else Status.ON_TRACK)
        LaunchSummary.objects.filter(launch__key=key).update(health=health)
    found = figures(ana, workspace().today)
    assert (found.at_risk, found.computed_at_risk) == (1, 2)
    assert (found.on_track, found.computed_on_track, found.computed_unknown) == (3, 1, 1)
