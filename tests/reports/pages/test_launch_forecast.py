"""How sure a launch's date is and what decides it: as it was computed, and without what its reader may not know."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from launches.actions.statuses import declare_status
from launches.domain.types import StageCategory, Status
from launches.models import Launch, LaunchSummary
from luna.ui.wording import day_words
from milestones.actions.milestones import change_state
from milestones.domain.types import State
from milestones.models import Dependency, Forecast, Milestone
from people.models import User
from tests.factories import make_launch, make_milestone, make_stage
from tests.milestones.computing import compute, compute_due
from tests.moving_clock import MovingClock
from tests.query_counts import frozen_queries

SignedIn = Callable[[User], Client]
MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = MORNING.date()


@pytest.fixture(autouse=True)
def _monday(clock: MovingClock) -> None:
    clock.set(MORNING)


@pytest.fixture
def launch(ana: User) -> Launch:
    return make_launch(ana, key="APOLLO", name="Apollo", target_date=TODAY + timedelta(days=21))


def page(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def row(day: str, chance: str) -> str:
    return f'<th scope="row">{day_words(date.fromisoformat(day), TODAY)}</th><td>{chance}</td>'


def waits(launch: Launch, for_: Launch, days: int) -> Milestone:
    """A milestone of `for_` for which one of `launch` waits."""
    before = make_milestone(for_, f"Hidden {days}", estimate_days=days)
    after = make_milestone(launch, f"Shown {days}", estimate_days=2)
    Dependency.objects.create(predecessor=before, successor=after, created_at=MORNING)
    return before


def test_the_page_says_what_was_computed(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    guessed = make_milestone(launch, "Guessed", estimate_days=10, due=TODAY + timedelta(days=18))
    summary = compute(launch)

    front = page(signed_in(ana), "/launches/APOLLO/")
    assert 'hx-get="/launches/APOLLO/forecast/"' in front
    shown = page(signed_in(ana), "/launches/APOLLO/forecast/")
    for place, chance in ((1, "10 %"), (9, "50 %"), (16, "85 %"), (18, "95 %")):
        day = summary.curve[place]
        assert day is not None
        assert row(day, chance) in shown
    assert summary.chance is not None
    assert f"Target 14 Dec: {summary.chance * 100:.0f} %" in shown
    assert f'<a href="/launches/APOLLO/milestones/{guessed.pk}/" class="opens-drawer">Guessed</a>' in shown
    assert '<td class="num">100 %</td>' in shown

    own = page(signed_in(ana), f"/launches/APOLLO/milestones/{guessed.pk}/")
    kept = Forecast.objects.get(milestone=guessed)
    assert kept.chance is not None
    assert f"Due 11 Dec: {kept.chance * 100:.0f} %" in own
    day = kept.curve[16]
    assert day is not None
    assert row(day, "85 %") in own


def test_the_strip_tells_what_is_expected_as_what_may_be(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    make_milestone(launch, "Guessed", estimate_days=10, due=TODAY + timedelta(days=2))
    compute(launch)
    assert re.search(r"Wed 25 Nov, may be \d+ d late<", page(signed_in(ana), "/launches/APOLLO/"))


def test_on_a_phone_a_completed_milestone_says_when_it_was(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    done = make_milestone(launch, "Done", due=TODAY - timedelta(days=9))
    change_state(milestone=done, version=done.version, state=State.COMPLETED, actor=ana)
    compute(launch)
    shown = page(signed_in(ana), "/launches/APOLLO/")
    [cell] = re.findall(r'data-at="d">(.*?)</td>', shown)
    assert "23 Nov" in cell


def test_a_paused_launch_ends_as_if_work_went_on(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    guessed = make_milestone(launch, "Guessed", estimate_days=10, due=TODAY + timedelta(days=18))
    paths = ("/launches/APOLLO/", f"/launches/APOLLO/milestones/{guessed.pk}/")
    for status in (Status.ON_TRACK, Status.PAUSED):
        declare_status(launch=launch, status=status, reason="Nobody is free.", actor=ana)
        compute(launch)
        for path in paths:
            assert ("if work went on today" in page(signed_in(ana), path)) == (status == Status.PAUSED), path


def test_the_part_alone_comes_for_the_front_page(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    make_milestone(launch, "Guessed", estimate_days=10)
    compute(launch)
    part = {"HX-Request": "true", "HX-Target": "div#sure"}
    answer = signed_in(ana).get("/launches/APOLLO/forecast/", headers=part).content.decode()
    assert answer.lstrip().startswith('<div id="sure">')
    assert "Guessed" in answer


def test_what_may_not_be_seen_has_one_row_without_a_name(
    launch: Launch, ana: User, ben: User, signed_in: SignedIn
) -> None:
    secret = make_launch(ana, key="SECRET", name="Secret", private=True)
    hidden = [waits(launch, secret, days) for days in (60, 61)]
    compute(secret)
    compute(launch)
    compute_due()
    shares = LaunchSummary.objects.get(launch=launch).criticality
    most = max(shares[str(one.pk)] for one in hidden)
    assert min(shares[str(one.pk)] for one in hidden) > 0.1, "both would have a row of their own"

    for path in ("/launches/APOLLO/forecast/", "/launches/APOLLO/"):
        assert "Hidden" not in page(signed_in(ben), path)
    seen = page(signed_in(ben), "/launches/APOLLO/forecast/")
    assert seen.count("a private milestone") == 1
    assert f'<td class="num">{most * 100:.0f} %</td>' in seen
    assert "Hidden 60" in page(signed_in(ana), "/launches/APOLLO/forecast/")


def test_ten_are_named_and_the_others_share_a_row(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    for n in range(14):
        make_milestone(launch, f"One {n}", estimate_days=20)
    with_few = make_launch(ana, key="FEW")
    make_milestone(with_few, "Few", estimate_days=20)
    compute(launch)
    compute(with_few)

    browser = signed_in(ana)
    page(browser, "/launches/FEW/forecast/")
    with frozen_queries("launch_forecast"):
        assert "Few" in page(browser, "/launches/FEW/forecast/")
    with frozen_queries("launch_forecast"):
        shown = page(browser, "/launches/APOLLO/forecast/")
    assert shown.count('class="opens-drawer">One ') == 10
    assert "4 others" in shown


def test_without_a_forecast_it_says_what_is_needed(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    make_milestone(launch, "Blank")
    compute(launch)
    assert "No forecast yet" in page(signed_in(ana), "/launches/APOLLO/forecast/")
    assert "/forecast/" not in page(signed_in(ana), "/launches/APOLLO/")


def test_once_all_is_completed_nothing_is_left_to_forecast(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    make_milestone(launch, "Over", state="completed", completed_date=TODAY)
    compute(launch)
    assert "Nothing is left to forecast" in page(signed_in(ana), "/launches/APOLLO/forecast/")


def test_a_target_that_has_passed_has_no_chance(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    Launch.objects.update(target_date=TODAY - timedelta(days=3))
    make_milestone(launch, "Guessed", estimate_days=10)
    compute(launch)
    shown = page(signed_in(ana), "/launches/APOLLO/forecast/")
    assert "Target 20 Nov<" in shown


@pytest.mark.parametrize(
    ("category", "launched", "words"),
    [
        ("completed", -281, "3 days before its target, Wed 18 Feb"),
        ("completed", -276, "2 days after its target, Wed 18 Feb"),
        ("in_progress", -278, "on its target"),
        ("closed", None, "Its target was Wed 18 Feb."),
    ],
)
def test_what_is_over_is_measured_by_the_day_on_which_it_launched(
    ana: User, signed_in: SignedIn, category: str, launched: int | None, words: str
) -> None:
    day = None if launched is None else TODAY + timedelta(days=launched)
    stage = make_stage(f"A {category} stage", StageCategory(category))
    over = make_launch(ana, stage=stage, target_date=date(2026, 2, 18), launched_date=day)
    make_milestone(over, "Beta", due=date(2026, 2, 12))
    found = page(signed_in(ana), f"/launches/{over.key}/")
    ledger, _, panel = found.partition('class="tabs"')
    assert words in ledger
    assert "days late" not in ledger
    assert "No forecast" not in ledger
    assert ('class="today"' in panel) == (category == "in_progress")


def test_no_chance_is_shown_as_surer_than_it_is(launch: Launch, ana: User, signed_in: SignedIn) -> None:
    Launch.objects.update(target_date=TODAY + timedelta(days=360))
    make_milestone(launch, "Guessed", estimate_days=3)
    compute(launch)
    shown = page(signed_in(ana), "/launches/APOLLO/forecast/")
    assert ": &gt;95 %" in shown
    assert "100 % by" not in shown
