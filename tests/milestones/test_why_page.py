"""Why a date moved, on pages: in short, in full, on another day, and without a name that its reader may not know."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from launches.models import Launch
from luna.lib.work import drain
from milestones.actions.milestones import edit_milestone
from milestones.models import DateMovement, Dependency, KeptInputs, Milestone, Since
from people.domain.types import Role
from people.models import User
from reports.actions.previews import report_document
from reports.domain.types import ReportKind
from reports.renderers.markdown import render_markdown
from tests.factories import make_launch
from tests.milestones.computing import compute
from tests.milestones.weeks import MONDAY, a_week_goes_by, at_work, explained, more_tasks
from tests.moving_clock import MovingClock
from tests.people import make_user
from tests.query_counts import frozen_queries

SignedIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _monday(clock: MovingClock) -> None:
    clock.set(MONDAY)


@pytest.fixture
def launch(ana: User) -> Launch:
    return make_launch(ana, key="APOLLO", name="Apollo")


@pytest.fixture
def copy(launch: Launch, clock: MovingClock, ana: User) -> Milestone:
    """Its date moved by ten tasks, after a week that went as expected."""
    milestone = at_work(launch, "Copy", left=30)
    compute(launch)
    clock.move(timedelta(hours=1))
    edit_milestone(milestone=milestone, version=1, fields={"estimate_days": 5}, why="", actor=ana)
    milestone.refresh_from_db()
    a_week_goes_by(clock, milestone)
    more_tasks(milestone, 10)
    explained(launch, milestone)
    return milestone


def page(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_milestone_says_in_short_why_its_date_moved(copy: Milestone, ana: User, signed_in: SignedIn) -> None:
    said = page(signed_in(ana), f"/launches/APOLLO/milestones/{copy.pk}/")
    assert "days later than Fri 1 Jan" in said
    assert "10 tasks came, 0 expected" in said
    assert f"/launches/APOLLO/milestones/{copy.pk}/why/?from=2026-11-23#scope" in said


def test_a_launch_says_which_milestone_moved_its_date(copy: Milestone, ana: User, signed_in: SignedIn) -> None:
    said = page(signed_in(ana), "/launches/APOLLO/")
    assert "“Copy” moved" in said
    assert f"/launches/APOLLO/milestones/{copy.pk}/why/?from=2026-11-23" in said
    assert "“Copy” moved" in page(signed_in(ana), "/launches/APOLLO/why/")


def test_the_whole_answer_adds_up_and_lists_what_happened(copy: Milestone, ana: User, signed_in: SignedIn) -> None:
    said = page(signed_in(ana), f"/launches/APOLLO/milestones/{copy.pk}/why/?from=2026-11-23")
    assert "Together" in said
    row = DateMovement.objects.get(milestone=copy, since=Since.WEEK)
    assert row.before is not None
    assert row.after is not None
    assert said.count(f"{(row.after - row.before).days} days later") == 3  # the headline, its one part, and the sum
    assert "Estimate in person-days: none → 5" in said
    assert "Ana" in said


def test_the_chances_add_up_too_and_stand_in_their_own_column(copy: Milestone, ana: User, signed_in: SignedIn) -> None:
    shares = [
        {"cause": "scope", "ids": [], "days": 3.0, "chance": -0.2},
        {"cause": "pace", "ids": [], "days": 0.0, "chance": 0.094},
        {"cause": "waits", "ids": [], "days": 0.0, "chance": 0.004},
    ]
    DateMovement.objects.filter(milestone=copy).update(shares=shares)
    said = page(signed_in(ana), f"/launches/APOLLO/milestones/{copy.pk}/why/?from=2026-11-23")
    cells = [cell.partition("</td>")[0] for cell in said.partition("<tbody>")[2].split('<td class="num">')[1:]]
    assert [*cells[:4], cells[-1]] == ["3 days later", "−20 points", "", "+9 points", "−10 points"]


def test_another_day_is_asked_for_and_answered(
    copy: Milestone, ana: User, signed_in: SignedIn, clock: MovingClock
) -> None:
    for days in (3, 1):
        clock.move(timedelta(days=days))
        compute(copy.launch)
    browser = signed_in(ana)
    why = f"/launches/APOLLO/milestones/{copy.pk}/why/"
    assert "has not been compared yet" in page(browser, f"{why}?from=2026-12-01")
    answer = browser.post(f"{why}compare/", {"from": "2026-11-30"})
    assert (answer.status_code, answer["Location"]) == (303, f"{why}?from=2026-11-30")
    waiting = page(browser, answer["Location"])
    assert "being worked out" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    drain("movements")
    assert "Together" in page(browser, answer["Location"])


def test_the_digest_says_how_far_the_date_moved_and_what_did_the_most(copy: Milestone) -> None:
    launch = Launch.objects.get(pk=copy.launch_id)
    digest = render_markdown(report_document(ReportKind.DIGEST, launch=launch), base_url="https://luna.example")
    row = DateMovement.objects.get(milestone=None, since=Since.WEEK)
    assert row.before is not None
    assert row.after is not None
    moved = f"{(row.after - row.before).days} days later"
    assert f"That is {moved} than on Mon 23 Nov: “Copy” moved, {moved}." in digest


def test_the_pages_take_few_statements(copy: Milestone, ana: User, signed_in: SignedIn) -> None:
    browser = signed_in(ana)
    for name, path in (("milestone_why", f"milestones/{copy.pk}/why/"), ("launch_why", "why/")):
        browser.get(f"/launches/APOLLO/{path}")
        with frozen_queries(name):
            browser.get(f"/launches/APOLLO/{path}")


NEVER, NOT_TODAY, NOT_EARLIER = (
    "There is no earlier day to compare with yet",
    "No date in sight is 85 % sure today, so there is nothing to compare",
    "No date in sight was 85 % sure on any earlier day, so there is nothing to compare",
)


@pytest.mark.parametrize(
    ("earlier", "was_sure", "is_sure", "said"),
    [
        (0, False, True, NEVER),
        (2, True, False, NOT_TODAY),
        (2, False, False, NOT_TODAY),
        (2, False, True, NOT_EARLIER),
        (2, True, True, "What was said on"),
    ],
)
def test_days_that_are_kept_without_a_sure_date_are_told_from_none(
    earlier: int, was_sure: bool, is_sure: bool, said: str, launch: Launch, ana: User, signed_in: SignedIn
) -> None:
    copy, day = at_work(launch, "Copy", left=30), MONDAY.date()
    for ago in range(earlier + 1):
        sure = day + timedelta(days=40) if (was_sure if ago else is_sure) else None
        by_id = {str(copy.pk): sure.isoformat()} if sure else {}
        KeptInputs.objects.create(launch=launch, day=day - timedelta(days=ago), inputs=b"", p85=sure, milestones=by_id)
    for path in ("/launches/APOLLO/why/", f"/launches/APOLLO/milestones/{copy.pk}/why/"):
        shown = page(signed_in(ana), path)
        assert [one for one in (NEVER, NOT_TODAY, NOT_EARLIER, "What was said on") if one in shown] == [said], path
        assert ("Choose a day" in shown) is (said == "What was said on")


@pytest.mark.parametrize("wrong", ["", "soon", "2026-13-45", "2020-01-01"])
def test_a_day_that_was_not_kept_is_refused(wrong: str, copy: Milestone, ana: User, signed_in: SignedIn) -> None:
    browser = signed_in(ana)
    why = f"/launches/APOLLO/milestones/{copy.pk}/why/"
    answer = browser.post(f"{why}compare/", {"from": wrong})
    assert answer.status_code == 422
    assert "Choose one of the days in the list." in answer.content.decode()
    assert browser.get(why, {"from": wrong}).status_code == 200


def test_a_private_milestone_is_never_named(ana: User, signed_in: SignedIn, clock: MovingClock, launch: Launch) -> None:
    hidden = make_launch(ana, key="HIDDEN", name="Manhattan", private=True)
    secret, waiting = at_work(hidden, "Fission", left=20), at_work(launch, "Waiting", left=5, state="not_started")
    Milestone.objects.filter(pk=waiting.pk).update(tasks_done=0, tasks_in_progress=0)
    Dependency.objects.create(predecessor=secret, successor=waiting, created_at=MONDAY)
    compute(hidden)
    compute(launch)
    a_week_goes_by(clock, secret)
    more_tasks(secret, 20)
    compute(hidden)
    explained(launch, waiting)
    reader = signed_in(make_user("ben", role=Role.MEMBER))
    paths = [f"/launches/APOLLO/milestones/{waiting.pk}/", f"/launches/APOLLO/milestones/{waiting.pk}/why/"]
    paths += ["/launches/APOLLO/", "/launches/APOLLO/why/"]
    for path in paths:
        said = page(reader, path)
        assert "A private milestone moved" in said, path
        assert "Fission" not in said
        assert "HIDDEN" not in said
        assert "“Fission” moved" in page(signed_in(ana), path)
