"""Odd input gets an honest answer, the same on the milestone's page, the launch's page and in the report."""

from __future__ import annotations

from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest

from launches.models import Launch, LaunchSummary
from luna.lib.dates import WorkingCalendar
from luna.lib.text import clean_line
from milestones.models import Dependency, Forecast, Milestone, WorkDay
from people.models import User
from reports.actions.previews import report_document
from reports.domain.types import ReportKind
from reports.renderers.markdown import render_markdown
from tests.factories import make_launch, make_milestone
from tests.milestones.computing import compute
from tests.milestones.pages import SignedIn, url

TODAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday
WEEK = WorkingCalendar()


def working(days: int) -> date:
    return WEEK.add(TODAY.date(), days)


def at_work(launch: Launch, *, done: int, left: int, every: int = 1, **fields: Any) -> Milestone:
    """So many tasks were completed, one on every so manieth working day until yesterday, and so many are left."""
    given: dict[str, Any] = {
        "state": "in_progress",
        "sources_linked": 1,
        "tasks_total": done + left,
        "tasks_done": done,
        "tasks_synced_at": TODAY,
        "last_task_completed_on": working(-1) if done else None,
    }
    milestone = make_milestone(launch, fields.pop("name", "Beta"), **(given | fields))
    WorkDay.objects.bulk_create(
        WorkDay(milestone=milestone, day=working(-n * every), completed=1, scope=done + left)
        for n in range(1, done + 1)
    )
    return milestone


def said(launch: Launch, milestone: Milestone, reader: User, signed_in: SignedIn) -> tuple[str, str, str]:
    """What the milestone's page, the launch's page and its report say, after all was computed."""
    compute(launch)
    client = signed_in(reader)
    pages = [client.get(path).content.decode() for path in (url("detail", milestone.pk), f"/launches/{launch.key}/")]
    report = render_markdown(report_document(ReportKind.DIGEST, launch=launch), base_url="")
    one, other, third = (clean_line(unescape(text)) for text in (*pages, report))
    return one, other, third


@pytest.mark.parametrize("done", [0, 1, 4])
def test_without_a_history_there_is_no_number(done: int, launch: Launch, ana: User, signed_in: SignedIn) -> None:
    milestone = at_work(launch, done=done, left=5, due=working(20))

    page, front, report = said(launch, milestone, ana, signed_in)

    days = "1 active day" if done == 1 else f"{done} active days"
    assert f"Not enough data: {days} of 5." in page
    assert "No forecast: 1 open milestone has none." in front
    assert "85 % sure" not in report
    assert LaunchSummary.objects.get().p50 is None


def test_one_task_that_is_left_of_one_says_that_it_knows_nothing(
    launch: Launch, ana: User, signed_in: SignedIn
) -> None:
    page, _, _ = said(launch, at_work(launch, done=0, left=1, due=working(20)), ana, signed_in)

    assert "Not enough data: 0 active days of 5." in page


def test_all_tasks_done_but_not_completed_may_be_today_and_is_not_called_done(
    launch: Launch, ana: User, signed_in: SignedIn
) -> None:
    milestone = at_work(launch, done=8, left=0, due=working(5), owner=ana)

    page, front, report = said(launch, milestone, ana, signed_in)

    assert "Likely Tue 24 Nov, 85 % sure by Tue 24 Nov." in page
    assert "All its tasks are completed." in page
    assert ">95 % chance of" in page
    assert "99 % complete" not in front
    assert "Likely Tue 24 Nov" in report
    assert "100 % of" not in report


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "Likely Tue 24 Nov, 85 % sure by Tue 24 Nov."),
        (0, "Its estimate is 0 days, so nothing but what it waits for keeps it."),
        (10_000, "No date in sight."),
    ],
)
def test_an_estimate_of_nothing_or_of_ten_thousand_days(
    days: int, words: str, launch: Launch, ana: User, signed_in: SignedIn
) -> None:
    milestone = make_milestone(launch, "Beta", due=working(20), state="in_progress", estimate_days=days)

    page, _, _ = said(launch, milestone, ana, signed_in)

    assert words in page


def test_a_due_date_that_has_passed_has_no_chance_left(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    Launch.objects.update(target_date=working(-2))
    launch.refresh_from_db()
    milestone = at_work(launch, done=20, left=5, due=working(-3), owner=ana)

    page, front, report = said(launch, milestone, ana, signed_in)

    assert "Due Thu 19 Nov, 5 days late." in page
    assert "Likely Mon 30 Nov, 85 % sure by Mon 30 Nov; due Thu 19 Nov." in page
    assert "chance of" not in page
    assert '<b class="late">0 %</b> chance of the target' in front
    assert "5 days late" in report


def test_what_is_almost_sure_is_never_said_more_exactly_while_work_is_left(
    launch: Launch, ana: User, signed_in: SignedIn
) -> None:
    Launch.objects.update(target_date=working(60))
    launch.refresh_from_db()
    milestone = at_work(launch, done=20, left=5, due=working(60), owner=ana)

    for words in said(launch, milestone, ana, signed_in):
        assert ">95 %" in words
        assert "100 % chance" not in words
    assert Forecast.objects.get().chance == 1.0


def test_half_of_the_draws_within_the_horizon_and_not_85_percent(
    launch: Launch, ana: User, signed_in: SignedIn
) -> None:
    Launch.objects.update(target_date=working(60))
    milestone = at_work(launch, done=20, left=5, due=working(60), owner=ana)
    compute(launch)
    for rows in (Forecast.objects.filter(milestone=milestone), LaunchSummary.objects.filter(launch=launch)):
        rows.update(p50=working(400), p85=None, p95=None, chance=0.0)

    client = signed_in(ana)
    page = clean_line(client.get(url("detail", milestone.pk)).content.decode())
    front = client.get(f"/launches/{launch.key}/").content.decode()
    portfolio = client.get("/launches/").content.decode()
    report = render_markdown(report_document(ReportKind.DIGEST, launch=launch), base_url="")

    words = "ikely Tue 6 Jun 2028, but no date in sight is 85 % sure"
    assert all(words in text for text in (page, front, report))
    for text in (front, portfolio):
        assert "out of sight" in text
        assert '<time datetime="2028-06-06"' in text


def test_what_one_may_not_see_is_a_private_milestone_with_its_range_alone(
    launch: Launch, ana: User, ben: User, signed_in: SignedIn
) -> None:
    secret = make_launch(ana, key="HUSH", name="Hush hush", private=True)
    before = at_work(secret, done=20, left=10, name="Secret thing", due=working(30), owner=ana)
    after = at_work(launch, done=20, left=5, state="not_started", due=working(40), owner=ana)
    Dependency.objects.create(predecessor=before, successor=after, lag_days=2, created_at=TODAY)
    compute(secret)

    page, front, report = said(launch, after, ben, signed_in)

    assert "After <b>a private milestone</b>" in page
    assert "likely Mon 7 Dec, 85 % sure by Mon 7 Dec" in page
    assert "2 working days between." in page
    for text in (page, front, report):
        assert "Secret" not in text
        assert "HUSH" not in text
        assert "Hush" not in text
    assert "Secret thing" in signed_in(ana).get(url("detail", after.pk)).content.decode(), "its owner sees it"


def test_a_private_milestone_that_is_over_or_of_a_deleted_launch_holds_nothing_up(
    launch: Launch, ana: User, ben: User, signed_in: SignedIn
) -> None:
    after = make_milestone(launch, "Beta")
    for n, state in enumerate(("completed", "cancelled", "in_progress")):
        secret = make_launch(ana, private=True, deleted_at=TODAY if n == 2 else None)
        Dependency.objects.create(
            predecessor=make_milestone(
                secret, state=state, completed_date=working(-1) if state == "completed" else None
            ),
            successor=after,
            created_at=TODAY,
        )

    assert "a private milestone" not in signed_in(ben).get(url("detail", after.pk)).content.decode()
