"""The burn-up on a milestone's page, and the trend of a launch: figures as kept, for those who may see them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from launches.models import Launch
from milestones.actions.milestones import edit_milestone
from milestones.models import Forecast, Milestone, Snapshot, WorkDay
from milestones.selectors_charts import MOST_DAYS, launch_dates
from people.models import User
from people.selectors import workspace
from tests.factories import make_launch, make_milestone
from tests.milestones.pages import SignedIn, url
from tests.moving_clock import MovingClock
from tests.query_counts import frozen_queries

TODAY = date(2026, 11, 24)


def day(n: int) -> date:
    return TODAY + timedelta(days=n)


def text_of(html: str) -> str:
    """Without tags, spaces once."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def table_of(html: str, name: str) -> list[str]:
    """The rows of the table beside a drawing, as text."""
    table = html.split(f"{name} as a table</summary>")[1].split("</table>", maxsplit=1)[0]
    return [text_of(row).strip() for row in table.split("<tbody>")[1].split("</tr>") if row.strip().startswith("<tr")]


@pytest.fixture
def linked(launch: Launch) -> Milestone:
    """With thirteen of twenty-one tasks done; Luna saw it on two mornings."""
    milestone = make_milestone(
        launch, "Beta", due=day(10), baseline_due_date=day(3), sources_linked=1, tasks_total=21, tasks_done=13
    )
    for on, arrived, completed, scope in ((-14, 16, 0, 16), (-9, 0, 8, 16)):
        WorkDay.objects.create(milestone=milestone, day=day(on), arrived=arrived, completed=completed, scope=scope)
    for on, done, total in ((-4, 11, 19), (-2, 11, 19)):
        Snapshot.objects.create(
            milestone=milestone, day=day(on), state="in_progress", progress=0.5, tasks_total=total, tasks_done=done
        )
    return milestone


def test_the_burn_up_draws_the_kept_days_and_says_them_in_a_table(
    linked: Milestone, ana: User, signed_in: SignedIn
) -> None:
    page = signed_in(ana).get(url("detail", linked.pk)).content.decode()

    assert 'aria-label="Burn-up since Tuesday 10 November 2026: 13 of 21 tasks done, scope grew from 16 to 21' in page
    rows = table_of(page, "Burn-up")
    assert rows[0] == "Tue 10 Nov 0 done 16 in scope 0"
    assert "Fri 20 Nov 11 done 19 in scope +3" in rows
    assert rows[-1] == "Tue 24 Nov 13 done 21 in scope +2"
    wide, narrow = page.split('class="chart burnup"')[1:]
    a_point = re.compile(r'<g class="point [^"]*" tabindex="0" role="img" aria-label="([^"]+)">')
    points, on_phones = a_point.findall(wide), a_point.findall(narrow)
    assert on_phones == points
    assert len(points) == len(rows)
    assert points[-1] == "Tue 24 Nov: 13 of 21 tasks done, 2 tasks came"


def test_without_tasks_or_days_there_are_words(
    launch: Launch, linked: Milestone, ana: User, signed_in: SignedIn
) -> None:
    unlinked = make_milestone(launch, "By hand")
    linked.work_days.all().delete()
    linked.snapshots.all().delete()
    client = signed_in(ana)

    assert "A burn-up is drawn once tasks are linked." in client.get(url("detail", unlinked.pk)).content.decode()
    assert "A burn-up is drawn from the second day" in client.get(url("detail", linked.pk)).content.decode()


def test_the_burn_up_costs_two_statements(launch: Launch, linked: Milestone, ana: User, signed_in: SignedIn) -> None:
    unlinked = make_milestone(launch, "By hand")
    client = signed_in(ana)
    client.get(url("detail", unlinked.pk))

    def cost(milestone: Milestone) -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(url("detail", milestone.pk))
        return len(captured)

    assert cost(linked) == cost(unlinked) + 2


@pytest.fixture
def moved(launch: Launch, ana: User, clock: MovingClock) -> Milestone:
    """Made on 2 November for the 20th, moved on the 16th to the 27th and on the 18th to 4 December."""
    clock.set(datetime(2026, 11, 2, 9, 0, tzinfo=UTC))
    milestone = make_milestone(launch, "Beta", due=date(2026, 11, 20), health="at_risk")
    for on, due, why in ((16, date(2026, 11, 27), "The sandbox <i>came</i> late."), (18, date(2026, 12, 4), "Again.")):
        clock.set(datetime(2026, 11, on, 9, 0, tzinfo=UTC))
        milestone.refresh_from_db()
        edit_milestone(milestone=milestone, version=milestone.version, fields={"due_date": due}, why=why, actor=ana)
    clock.set(datetime(2026, 11, 24, 9, 0, tzinfo=UTC))
    return milestone


def test_the_trend_and_the_slips_say_what_the_log_says(
    launch: Launch, moved: Milestone, ana: User, signed_in: SignedIn
) -> None:
    make_milestone(launch, "Dropped", due=day(5), state="cancelled")
    make_milestone(launch, "Undated")

    page = signed_in(ana).get(url("trend")).content.decode()

    assert table_of(page, "Trend") == ["Beta Fri 20 Nov Fri 20 Nov Fri 20 Nov Fri 20 Nov Fri 4 Dec Fri 4 Dec +14 d"]
    (slip,) = table_of(page, "Slips")
    assert slip.startswith(
        "Beta Fri 20 Nov Fri 20 Nov → Fri 27 Nov , on Mon 16 Nov : The sandbox &lt;i&gt;came&lt;/i&gt;"
    )
    assert slip.endswith("Fri 27 Nov → Fri 4 Dec , on Wed 18 Nov : Again. Fri 4 Dec no forecast +14 d")
    assert 'aria-label="Beta: on Wed 18 Nov from Fri 27 Nov to Fri 4 Dec, 7 days later"' in page
    assert 'aria-label="Beta: from Wed 18 Nov on expected Fri 4 Dec, 7 days later"' in page


def test_slips_say_what_is_out_of_sight_and_what_is_completed(
    launch: Launch, moved: Milestone, ana: User, signed_in: SignedIn
) -> None:
    make_milestone(launch, "Gamma", due=day(-2), state="completed", completed_date=day(-1))
    Forecast.objects.create(
        milestone=moved, basis="tasks", p50=day(400), horizon=day(730), computed_at=moved.created_at
    )

    page = signed_in(ana).get(url("trend")).content.decode()

    beta, gamma = table_of(page, "Slips")
    assert beta.endswith("Fri 4 Dec out of sight +14 d")
    assert gamma == "Gamma Sun 22 Nov none completed Mon 23 Nov completed +1 d"
    assert "+14 d, moved 2×, the day that is 85 % sure is out of sight" in page
    heads = re.findall(r'data-head="([^"]+)"', page.split("Slips as a table")[1])
    assert heads[:5] == ["First due", "Moves", "Due, or completed", "85 % sure", "Slipped"]


def test_the_trend_of_forecasts_is_that_of_the_snapshots(
    launch: Launch, moved: Milestone, ana: User, signed_in: SignedIn
) -> None:
    client = signed_in(ana)
    assert "from the second day with a forecast" in client.get(url("trend"), {"by": "likely"}).content.decode()
    for on, p85 in ((-10, day(20)), (-5, day(27)), (0, day(27))):
        Snapshot.objects.create(
            milestone=moved, day=day(on), state="in_progress", progress=0, tasks_total=0, tasks_done=0, p85=p85
        )

    page = client.get(url("trend"), {"by": "likely"}).content.decode()

    (row,) = table_of(page, "Trend")
    assert row.endswith("Mon 14 Dec Mon 14 Dec Mon 21 Dec Mon 21 Dec Mon 21 Dec +7 d")


def test_a_long_history_is_drawn_by_every_nth_day_and_ends_with_the_newest(launch: Launch, moved: Milestone) -> None:
    Snapshot.objects.bulk_create(
        Snapshot(
            milestone=moved, day=day(-n), state="in_progress", progress=0, tasks_total=0, tasks_done=0, p85=day(60 - n)
        )
        for n in range(400)
    )
    (series,) = launch_dates(launch, workspace()).sure
    days = [on for on, _ in series.told]
    assert len(days) <= MOST_DAYS
    assert days[-1] == TODAY
    assert (TODAY - days[0]).days > 360


def test_an_empty_launch_says_what_will_be_drawn(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    page = signed_in(ana).get(url("trend")).content.decode()
    assert "A trend is drawn from the second day" in page
    assert "No milestone has a due date yet." in page


def test_what_is_private_stays_so(launch: Launch, ana: User, cleo: User, signed_in: SignedIn) -> None:
    hidden = make_launch(ana, key="HUSH", private=True)
    make_milestone(hidden, "Hush", due=day(3))
    assert signed_in(cleo).get(url("trend").replace("BOOK", "HUSH")).status_code == 404
    assert "Hush" not in signed_in(cleo).get(url("trend")).content.decode()


def test_a_trend_costs_the_same_for_one_milestone_and_for_twenty(
    launch: Launch, moved: Milestone, ana: User, signed_in: SignedIn
) -> None:
    client = signed_in(ana)
    client.get(url("trend"))
    with frozen_queries("milestones_trend"):
        assert client.get(url("trend")).status_code == 200
    for n in range(20):
        make_milestone(launch, f"M{n}", due=day(n))
    with frozen_queries("milestones_trend"):
        assert client.get(url("trend")).status_code == 200
    assert len(launch_dates(launch, workspace()).slips) == 21
