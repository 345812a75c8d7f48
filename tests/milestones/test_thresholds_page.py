"""Settings, health: admins choose the thresholds, and see what others would change before anything is saved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from launches.domain.types import StageCategory
from launches.models import Launch, LaunchSummary
from luna.events.models import Event
from milestones.actions.thresholds import change_thresholds
from milestones.domain.thresholds import DEFAULTS, Thresholds, to_json
from milestones.forms.thresholds import OFFERED
from milestones.models import HealthSettings, HealthVerdict, WorkDay
from milestones.selectors_health import thresholds_in_force
from milestones.selectors_thresholds import what_would_change
from people.models import User
from tests.factories import make_launch, make_milestone, make_risk, make_stage
from tests.milestones.computing import compute, compute_due
from tests.milestones.pages import SignedIn
from tests.moving_clock import MovingClock
from tests.query_counts import frozen_queries

URL = "/settings/health/"
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _tuesday(clock: MovingClock) -> None:
    clock.set(TUESDAY)


@pytest.fixture
def apollo(ana: User) -> Launch:
    """On track, with a risk of exposure 12; Gemini beside it has nothing, and Old is over."""
    launch = make_launch(ana, key="APOLLO", name="Apollo")
    due = (TUESDAY + timedelta(days=40)).date()
    milestone = make_milestone(launch, "Land", due=due, owner=ana, progress_by_hand=10)
    make_risk(launch, "Dust", milestone=milestone, probability=3, impact=4)
    other = make_launch(ana, key="GEMINI", name="Gemini")
    make_milestone(other, "Dock", due=due, owner=ana, progress_by_hand=10)
    over = make_launch(ana, key="OLD", name="Old", stage=make_stage("Over", StageCategory.CLOSED))
    make_risk(over, "Dust", probability=5, impact=5)
    for one in (launch, other, over):
        compute(one)
    return launch


def typed(version: int = 1, **changed: Any) -> dict[str, Any]:
    """The form as it is sent."""
    numbers = to_json(DEFAULTS)
    return {name: numbers[name] for name in OFFERED} | {"version": version} | changed


@pytest.mark.parametrize("htmx", [False, True])
def test_a_preview_names_the_launches_that_would_change_and_saves_nothing(
    ada: User, apollo: Launch, signed_in: SignedIn, htmx: bool
) -> None:
    verdicts, events = HealthVerdict.objects.count(), Event.objects.count()
    headers = {"HX-Request": "true", "HX-Target": "form#thresholds"} if htmx else {}

    answer = signed_in(ada).post(URL, typed(exposure_high=12, preview="1"), headers=headers)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "1 launch would stand otherwise" in page
    assert ("<main" in page) != htmx, "htmx gets the form alone"
    assert "/launches/APOLLO/" in page
    assert "Land: risk “Dust” has an exposure of 12 of 25 (probability 3, impact 4)." in page
    assert "Gemini" not in page
    assert 'value="12"' in page, "the form keeps what was typed"
    assert thresholds_in_force() == DEFAULTS
    assert (HealthVerdict.objects.count(), Event.objects.count()) == (verdicts, events)
    assert not HealthSettings.objects.exists()
    assert not LaunchSummary.objects.filter(due_at__lte=TUESDAY).exists()


def test_saved_thresholds_judge_every_launch_anew(ada: User, apollo: Launch, signed_in: SignedIn) -> None:
    assert signed_in(ada).post(URL, typed(exposure_high=12)).status_code == 303
    compute_due()

    assert list(LaunchSummary.objects.order_by("launch__name").values_list("health", flat=True)) == [
        "possible_delays",
        "on_track",
        "completed",
    ]
    newest = HealthVerdict.objects.filter(launch=apollo, milestone=None).order_by("-pk")[0]
    assert newest.thresholds["exposure_high"] == 12
    event = Event.objects.get(verb="health_settings.changed")
    assert (event.actor, event.before, event.after) == (ada, {"exposure_high": 15}, {"exposure_high": 12})


def test_the_same_thresholds_again_change_nothing(ada: User, apollo: Launch) -> None:
    change_thresholds(version=1, thresholds=DEFAULTS, actor=ada)

    assert not Event.objects.filter(verb="health_settings.changed").exists()
    assert not LaunchSummary.objects.filter(due_at__lte=TUESDAY).exists()
    assert what_would_change(DEFAULTS) == []


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"exposure_high": 30}, "Give a whole number from 1 to 25 (of 25)."),
        ({"slipped_days": 1}, "Give a whole number from 7 to 60 (days)."),
        ({"stalled_days": 20}, "This can’t be less than “Possible delays after”, which is 20."),
        ({"silent_days": ""}, "This field is required."),
        ({"silent_days": "ten"}, "Enter a whole number."),
    ],
)
def test_what_can_not_be_is_said_and_not_saved(
    ada: User, signed_in: SignedIn, changed: dict[str, Any], sentence: str
) -> None:
    answer = signed_in(ada).post(URL, typed(**changed))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert thresholds_in_force() == DEFAULTS


def test_a_save_that_meets_a_newer_one_shows_both(ada: User, ana: User, signed_in: SignedIn) -> None:
    change_thresholds(version=1, thresholds=Thresholds(silent_days=20), actor=ana)

    answer = signed_in(ada).post(URL, typed(silent_days=5))

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ana Alves saved this" in page
    assert "What is not known: nothing heard for" in page
    assert '<input type="hidden" name="version" value="2"' in page
    assert signed_in(ada).post(URL, typed(version=2, silent_days=5)).status_code == 303
    assert thresholds_in_force().silent_days == 5


def test_how_far_back_scope_is_compared_is_read_anew_for_a_preview(ana: User) -> None:
    launch = make_launch(ana)
    milestone = make_milestone(
        launch, "Land", due=(TUESDAY + timedelta(days=40)).date(), owner=ana, state="in_progress", sources_linked=1,
        tasks_total=20, tasks_done=19, tasks_synced_at=TUESDAY, last_task_completed_on=TUESDAY.date(),
    )  # fmt: skip
    for days, scope in ((60, 5), (30, 20)):
        WorkDay.objects.create(milestone=milestone, day=(TUESDAY - timedelta(days=days)).date(), scope=scope)

    (change,) = what_would_change(Thresholds(scope_days=30))

    assert (change.before.level, change.after.level, change.milestones) == ("on_track", "at_risk", 1)
    assert change.reason == "Land: scope grew by 300 % since Tue 13 Oct: 5 tasks then, 20 now."


def test_a_looser_threshold_says_what_no_longer_speaks(apollo: Launch, ada: User) -> None:
    change_thresholds(version=1, thresholds=Thresholds(exposure_high=12), actor=ada)

    (change,) = what_would_change(DEFAULTS)

    assert change.reason == "No longer: Land: risk “Dust” has an exposure of 12 of 25 (probability 3, impact 4)."


@pytest.mark.parametrize("launches", [1, 4])
def test_its_cost_does_not_grow_with_the_launches(ada: User, ana: User, signed_in: SignedIn, launches: int) -> None:
    for number in range(launches):
        launch = make_launch(ana)
        make_milestone(launch, f"M{number}", due=TUESDAY.date(), owner=ana)
    client = signed_in(ada)

    with frozen_queries("health settings, a preview"):
        client.post(URL, typed(exposure_high=12, preview="1"))
