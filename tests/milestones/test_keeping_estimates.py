"""First estimates that stay, forecasts that are judged, and what is suggested from both."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from launches.models import Launch
from luna.lib.dates import WorkingCalendar
from milestones.actions.milestones import add_milestones, change_state, edit_milestone
from milestones.domain.calibration import is_to_be_judged
from milestones.domain.days import NumberedDays
from milestones.domain.paste import Draft
from milestones.domain.types import State
from milestones.models import Forecast, Milestone, Snapshot
from people.models import Team, User
from tests.architecture.sources import product_files, relative
from tests.factories import make_launch, make_milestone, make_stage
from tests.milestones.computing import compute
from tests.milestones.pages import SignedIn, fresh, row_of, url
from tests.moving_clock import MovingClock
from tests.people import make_team

WEEK = WorkingCalendar()
TODAY = date(2026, 11, 24)


def finished(launch: Launch, estimate: float, took: int, **fields: Any) -> Milestone:
    """Completed today after so many working days, the first and the last counted."""
    given = {"estimate_days": Decimal(str(estimate)), "first_estimate_days": Decimal(str(estimate))} | fields
    return make_milestone(
        launch, state=State.COMPLETED, start_date=WEEK.add(TODAY, 1 - took), completed_date=TODAY, **given
    )


def estimate(milestone: Milestone, days: str | None, actor: User) -> None:
    row = fresh(milestone)
    fields = {"estimate_days": Decimal(days) if days else None}
    edit_milestone(milestone=row, version=row.version, fields=fields, actor=actor)


class TestFirstEstimate:
    def test_the_first_one_stays_whatever_comes_after(self, launch: Launch, ana: User) -> None:
        (pasted,) = add_milestones(launch=launch, drafts=[Draft("Beta", None)], actor=ana)
        kept = []
        for days in (None, "0", "5", "8", None, "3"):
            estimate(pasted, days, ana)
            kept.append(fresh(pasted).first_estimate_days)
        assert kept == [None, None, *[Decimal(5)] * 4]

    def test_no_form_and_no_row_can_change_it(self, launch: Launch, ana: User, signed_in: SignedIn) -> None:
        milestone = make_milestone(launch, "Beta", owner=ana)
        client = signed_in(ana)
        for days in ("5", "8"):
            sent = row_of(
                fresh(milestone), estimate_days=days, first_estimate_days="1", unblocker="", team="", stage=""
            )
            assert client.post(url("edit", milestone.pk), sent | {"definition_of_done": ""}).status_code == 303
        client.post(url("row_edit", milestone.pk), row_of(fresh(milestone), first_estimate_days="1", name="New"))
        row = fresh(milestone)
        assert (row.name, row.first_estimate_days, row.estimate_days) == ("New", Decimal(5), Decimal(8))
        assert "first 5, now 8 person-days" in client.get(url("detail", milestone.pk)).content.decode()

    def test_one_place_alone_writes_it(self) -> None:
        writes = re.compile(r'"first_estimate_days":|\bfirst_estimate_days=(?!=)|\.first_estimate_days = ')
        found = {relative(path) for path in product_files() if writes.search(path.read_text(encoding="utf-8"))}
        assert found == {"milestones/actions/milestones.py"}

    def test_an_estimate_in_hindsight_is_none(self, launch: Launch, ana: User) -> None:
        milestone = make_milestone(launch)
        change_state(milestone=milestone, version=1, state=State.COMPLETED, actor=ana)
        estimate(milestone, "5", ana)
        assert fresh(milestone).first_estimate_days is None

    def test_the_upgrade_takes_what_is_estimated_and_nought_is_no_estimate(self, launch: Launch) -> None:
        given = [make_milestone(launch, estimate_days=days) for days in (None, Decimal(0), Decimal("2.5"))]
        upgrade = import_module("milestones.migrations.0006_first_estimates")
        upgrade.copy_estimates(apps, connection.schema_editor())
        assert [fresh(one).first_estimate_days for one in given] == [None, None, Decimal("2.5")]

    def test_what_is_completed_says_what_became_of_it(self, launch: Launch, ana: User, signed_in: SignedIn) -> None:
        milestone = finished(launch, 5, 8)
        page = signed_in(ana).get(url("detail", milestone.pk)).content.decode()
        assert "estimated 5, took 8 working days: 1.6 times as long" in page


class TestJudgedForecasts:
    @pytest.mark.parametrize(
        ("likely", "sure", "judged"),
        [(28, 60, True), (29, 60, False), (1, 1, True), (0, 3, False), (5, None, False), (None, None, False)],
    )
    def test_it_is_the_first_that_is_four_weeks_off_or_less(
        self, likely: int | None, sure: int | None, judged: bool
    ) -> None:
        days = [None if n is None else TODAY + timedelta(days=n) for n in (likely, sure)]
        assert is_to_be_judged(TODAY, likely=days[0], sure=days[1]) is judged

    @pytest.mark.parametrize(
        ("day", "likely", "sure", "judged"),
        [
            (date(2026, 10, 6), date(2026, 11, 20), date(2026, 12, 18), False),
            (date(2026, 10, 21), date(2026, 11, 18), date(2026, 12, 11), True),
        ],
    )
    def test_the_days_of_the_document(self, day: date, likely: date, sure: date, judged: bool) -> None:
        assert is_to_be_judged(day, likely=likely, sure=sure) is judged
        assert NumberedDays(WEEK).taken(date(2026, 11, 2), date(2026, 11, 13)) == 10

    @given(
        st.dates(date(2026, 1, 1), date(2027, 12, 31)),
        st.integers(0, 400),
        st.frozensets(st.integers(0, 6), min_size=1),
        st.frozensets(st.dates(date(2026, 1, 1), date(2027, 12, 31)), max_size=20),
    )
    def test_the_days_that_it_took_are_counted_one_by_one(
        self, start: date, days: int, weekdays: frozenset[int], holidays: frozenset[date]
    ) -> None:
        calendar = WorkingCalendar(weekdays, holidays)
        worked = sum(calendar.is_working_day(start + timedelta(days=n)) for n in range(days + 1))
        assert NumberedDays(calendar).taken(start, start + timedelta(days=days)) == max(worked, 1)

    def test_one_is_settled_on_its_day_with_the_chance_that_was_given(self, launch: Launch, clock: MovingClock) -> None:
        milestone = make_milestone(
            launch, "Beta", state="in_progress", start_date=TODAY, due_date=TODAY + timedelta(days=60), estimate_days=30
        )
        for _ in range(8):
            compute(launch)
            clock.move(timedelta(days=4))
            Milestone.objects.filter(pk=milestone.pk).update(progress_by_hand=90)
        days = list(Snapshot.objects.filter(milestone=milestone).order_by("day"))
        judged = [one.day for one in days if one.is_judged]
        assert len(days) == 8
        first = next(one.day for one in days if one.p50 and one.day < one.p50 <= one.day + timedelta(days=28))
        assert judged == [first]
        assert first > days[0].day, "at first it was further off"
        assert days[0].chance is not None
        assert {one.chance for one in days} - {None} <= {n / 10_000 for n in range(10_001)}

    def test_without_a_forecast_there_is_nothing_to_judge(self, launch: Launch) -> None:
        make_milestone(launch, "Blank")
        compute(launch)
        assert not Forecast.objects.get().basis
        assert [(one.is_judged, one.chance) for one in Snapshot.objects.all()] == [(False, None)]


@pytest.fixture
def platform(ana: User) -> Team:
    return make_team("Platform", ana)


SeesBoth = Callable[[User], tuple[str, str]]


class TestSuggestion:
    @pytest.fixture
    def seen(self, launch: Launch, platform: Team, signed_in: SignedIn) -> SeesBoth:
        """What a reader's page and form say of a milestone that is estimated at five days."""
        milestone = make_milestone(
            launch, "Beta", team=platform, stage=make_stage("Build"), estimate_days=5, first_estimate_days=5
        )

        def look(reader: User) -> tuple[str, str]:
            client: Client = signed_in(reader)
            pages = [client.get(url(name, milestone.pk)).content.decode() for name in ("detail", "edit")]
            assert fresh(milestone).estimate_days == 5
            return pages[0], pages[1]

        return look

    def test_it_stands_beside_the_number_in_page_and_form(
        self, launch: Launch, ana: User, platform: Team, seen: SeesBoth
    ) -> None:
        for _ in range(14):
            finished(launch, 10, 14, team=platform, stage=make_stage("Build"))
        for page in seen(ana):
            assert "“Build” work took 1.4 times as long: likely 7 working days, 85 % sure within 7" in page
            assert "(from 14 milestones). Your 5 days stay." in page
        assert 'name="estimate_days" value="5.0"' in seen(ana)[1]

    def test_it_takes_all_of_the_teams_work_where_a_kind_is_thin_and_nothing_below_ten(
        self, launch: Launch, ana: User, platform: Team, seen: SeesBoth
    ) -> None:
        for _ in range(9):
            finished(launch, 10, 14, team=platform)
        assert not any("times as long" in page for page in seen(ana))
        finished(launch, 10, 14, owner=ana, stage=make_stage("Launch"))
        assert not any("times as long" in page for page in seen(ana)), "Ana’s primary team is none"
        ana.primary_team = platform
        ana.save()
        assert all("all its work took 1.4 times as long" in page for page in seen(ana))

    def test_launches_that_the_reader_may_not_see_say_nothing(
        self, ana: User, dan: User, platform: Team, seen: SeesBoth
    ) -> None:
        secret = make_launch(dan, private=True)
        for _ in range(20):
            finished(secret, 10, 14, team=platform)
        assert not any("times as long" in page for page in seen(ana))

    def test_it_costs_one_statement_however_long_the_past_is(
        self, launch: Launch, ana: User, platform: Team, signed_in: SignedIn
    ) -> None:
        plain = make_milestone(launch, "Plain", team=platform)
        estimated = make_milestone(launch, "Estimated", team=platform, estimate_days=5, first_estimate_days=5)
        client = signed_in(ana)

        def statements(milestone: Milestone) -> int:
            with CaptureQueriesContext(connection) as captured:
                client.get(url("detail", milestone.pk))
            return len(captured)

        client.get(url("detail", plain.pk))
        counted = []
        for _ in range(2):
            counted.append(statements(estimated) - statements(plain))
            for _ in range(12):
                finished(launch, 10, 14, team=platform)
        assert counted == [1, 1]
