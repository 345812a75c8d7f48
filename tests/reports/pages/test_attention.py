"""What needs attention on a launch's overview: a line per cause, with what its reader can do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from launches.models import LaunchSummary
from luna import clock
from milestones.domain.types import State
from milestones.models import Dependency, Forecast, Milestone
from people.models import User
from people.selectors import workspace
from reports.collect.attention import Attention, Reader, attention_of
from reports.collect.overview import overview
from tests.factories import make_approval, make_decision, make_launch, make_milestone, make_risk

SignedIn = Callable[[User], Client]


def speak(milestone: Milestone, *rules: str, level: str = "at_risk", about: int | None = None, **fields: Any) -> None:
    """Let these rules of health speak against the milestone."""
    signals = [{"rule": rule, "level": level, "sentence": f"Rule {rule}.", "about_id": about} for rule in rules]
    Milestone.objects.filter(pk=milestone.pk).update(signals=signals, health=level, **fields)


def lines(reader: User, launch: Any, *, can_edit: bool = True) -> list[Attention]:
    today = workspace().today
    rows = overview(launch, Reader(reader, can_edit), today).rows
    return attention_of(launch, rows, Reader(reader, can_edit), today)


def test_what_is_late_only_because_of_another_is_told_under_it(ana: User) -> None:
    launch = make_launch(ana)
    today = workspace().today
    first, second = (make_milestone(launch, name, due=today + timedelta(days=9)) for name in ("Sync", "Pilot"))
    Dependency.objects.create(predecessor=first, successor=second, created_at=clock.now())
    for one in (first, second):
        speak(one, "forecast_late")
        late = {"p50": today + timedelta(days=20), "p85": today + timedelta(days=30)}
        Forecast.objects.create(milestone=one, horizon=today, computed_at=clock.now(), **late)
    (line,) = lines(ana, launch)
    assert line.title == "Sync"
    assert [name for name, _ in line.behind] == ["Pilot"]


@pytest.mark.parametrize(
    ("rule", "fields", "can_edit", "action"),
    [
        ("forecast_late", {"sources_linked": 1, "tasks_total": 3}, False, "Its tasks"),
        ("forecast_late", {}, True, "Edit"),
        ("forecast_late", {}, False, "Ask"),
        ("overdue", {"sources_linked": 1, "tasks_total": 3, "tasks_done": 3}, True, "Is it completed?"),
        ("overdue", {"sources_linked": 1}, True, "Its tasks"),
        ("no_owner", {}, True, "Name an owner"),
        ("no_due_date", {}, True, "Set a date"),
        ("nothing_linked", {}, True, "Link tasks"),
        ("nothing_linked", {}, False, "Ask"),
        ("silent", {}, True, "Ask"),
        ("sync_stale", {"sources_linked": 1}, False, "Its sources"),
    ],
)
def test_each_line_offers_what_its_reader_can_do(
    ana: User, ben: User, rule: str, fields: dict[str, Any], action: str, *, can_edit: bool
) -> None:
    launch = make_launch(ana)
    speak(make_milestone(launch, "Beta"), rule, **fields)
    (line,) = lines(ben, launch, can_edit=can_edit)
    assert line.action == action
    assert line.action_path.startswith("/launches/")


def test_an_owner_is_not_sent_to_ask_themselves(ana: User, ben: User) -> None:
    launch = make_launch(ana)
    speak(make_milestone(launch, "Beta", owner=ben), "silent", level="unknown")
    assert [line.action for line in lines(ben, launch)] == ["Say how it goes"]
    assert [line.action for line in lines(ana, launch)] == ["Ask"]


def test_what_lacks_the_same_is_one_line(ana: User) -> None:
    launch = make_launch(ana)
    for name in ("A", "B", "C"):
        speak(make_milestone(launch, name), "nothing_linked", level="unknown")
    speak(make_milestone(launch, "D"), "overdue")
    late, same = lines(ana, launch)
    assert late.title == "D"
    assert same.level == "unknown"
    assert same.title.startswith("Nothing says how far 3 milestones are")
    assert [name for name, _ in same.behind] == ["A", "B", "C"]


def test_each_thing_that_is_missing_is_counted_over_all(ana: User) -> None:
    launch = make_launch(ana)
    speak(make_milestone(launch, "A"), "no_owner", "nothing_linked", level="unknown")
    speak(make_milestone(launch, "B"), "no_owner", level="unknown")
    speak(make_milestone(launch, "C"), "overdue", "no_owner")
    late, same, alone = lines(ana, launch)
    assert (late.title, late.why) == ("C", "Rule overdue.")
    assert same.title == "3 milestones have no owner"
    assert (alone.title, alone.why) == ("A", "Rule nothing_linked.")


def test_a_cause_has_its_own_mark_and_the_place_of_what_waits_for_it(ana: User) -> None:
    launch = make_launch(ana)
    other = make_milestone(launch, "Copy")
    first, second = make_milestone(launch, "Sync"), make_milestone(launch, "Pilot")
    Dependency.objects.create(predecessor=first, successor=second, created_at=clock.now())
    speak(other, "stalled", level="possible_delays")
    speak(first, "stalled", level="possible_delays")
    speak(second, "predecessor_late", about=first.pk)
    cause, milder = lines(ana, launch)
    assert (cause.title, cause.level) == ("Sync", "possible_delays")
    assert [name for name, _ in cause.behind] == ["Pilot"]
    assert milder.title == "Copy"


def test_a_risk_of_the_whole_launch_is_told(ana: User, signed_in: SignedIn) -> None:
    launch = make_launch(ana)
    make_milestone(launch, "Beta")
    risk = make_risk(launch, "Storm")
    said = {"rule": "high_exposure", "level": "at_risk", "sentence": "Risk “Storm” has an exposure of 20 of 25."}
    summaries = LaunchSummary.objects.filter(launch=launch)
    summaries.update(health="at_risk", signals=[{**said, "about_id": risk.pk}])
    page = signed_in(ana).get(f"/launches/{launch.key}/").content.decode()
    needed = page.partition("Needs attention</h2>")[2].partition("</section>")[0]
    assert "Risk “Storm” has an exposure of 20 of 25" in needed
    assert f'/risks/{risk.pk}/">The risk' in needed
    assert "All is well" not in page


@pytest.mark.parametrize(
    ("state", "can_edit", "action"),
    [(State.CANCELLED, True, "Is it over?"), (State.IN_PROGRESS, True, "The milestones"), (State.CANCELLED, False, "")],
)
def test_that_there_is_nothing_to_judge_is_told(ana: User, state: State, action: str, *, can_edit: bool) -> None:
    launch = make_launch(ana)
    make_milestone(launch, "Beta", state=state)
    signals = [{"rule": "nothing_to_judge", "level": "unknown", "sentence": "There is nothing left to judge."}]
    launch.summary.signals = signals
    (line,) = lines(ana, launch, can_edit=can_edit)
    assert (line.title, line.level, line.action) == ("There is nothing left to judge", "unknown", action)


@pytest.mark.parametrize(("health", "is_well"), [("on_track", True), ("paused", False), ("unknown", False)])
def test_all_is_well_only_where_health_says_so(ana: User, signed_in: SignedIn, health: str, *, is_well: bool) -> None:
    launch = make_launch(ana)
    make_milestone(launch, "Beta")
    LaunchSummary.objects.filter(launch=launch).update(health=health, signals=[])
    page = signed_in(ana).get(f"/launches/{launch.key}/").content.decode()
    assert ("All is well" in page) == is_well


def test_an_approval_stands_once_with_the_milestone_that_needs_it(ana: User, ben: User) -> None:
    launch = make_launch(ana)
    beta = make_milestone(launch, "Beta", due=workspace().today + timedelta(days=1), state=State.IN_REVIEW)
    approval = make_approval(launch, ben, title="Legal", milestone=beta)
    make_decision(launch, "Which one?", decider=ben, due_date=workspace().today)
    speak(beta, "approval_unmet", about=approval.pk)
    asked, decision = lines(ben, launch)
    assert (asked.title, asked.level, asked.action) == ("To approve: Legal", "at_risk", "Vote")
    assert "Without it “Beta”" in asked.why
    assert (decision.title, decision.action) == ("To decide: Which one?", "Decide")
    assert [line.action for line in lines(ana, launch)] == ["Open", "Open"]
