"""Verdicts that are kept: when, without which names, and that each can be computed again from what it was made of."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from luna.events.models import Event
from luna.lib.dates import WorkingCalendar
from milestones.actions.milestones import change_state, edit_milestone
from milestones.actions.recheck import is_same, recheck
from milestones.domain.facts import MilestoneFacts, RiskFacts, to_json
from milestones.domain.health import ENGINE, LaunchFacts, judged, launch_health, launch_to_json, milestone_health
from milestones.domain.signals import Terms
from milestones.domain.signals import to_json as kept_signal
from milestones.domain.thresholds import to_json as kept_thresholds
from milestones.domain.types import State
from milestones.models import Dependency, HealthVerdict, WorkDay
from people.models import User
from tests.factories import make_approval, make_launch, make_milestone, make_risk
from tests.milestones.computing import compute, compute_due
from tests.milestones.judging import any_facts, days, on_any_machine
from tests.milestones.test_thresholds import any_thresholds
from tests.moving_clock import MovingClock

TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = TUESDAY.date()


def of_milestones() -> list[tuple[str, list[str]]]:
    """Level and rules of each kept verdict on a milestone, oldest first."""
    rows = HealthVerdict.objects.filter(milestone__isnull=False)
    return [(row.level, [signal["rule"] for signal in row.signals]) for row in rows]


def day(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


@pytest.fixture(autouse=True)
def _tuesday(clock: MovingClock) -> None:
    clock.set(TUESDAY)


def test_a_verdict_is_kept_when_it_changed_and_only_then(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    milestone = make_milestone(launch, "Beta", due=day(1), owner=ana, progress_by_hand=10)
    compute(launch)
    compute(launch)
    clock.move(timedelta(days=2))
    compute_due()
    change_state(milestone=milestone, version=None, state=State.COMPLETED, actor=ana)
    compute_due()

    assert of_milestones() == [("on_track", []), ("at_risk", ["overdue"]), ("completed", [])]
    assert [row.level for row in HealthVerdict.objects.filter(milestone=None)] == ["on_track", "at_risk", "unknown"]
    first = HealthVerdict.objects.order_by("pk")[0]
    assert (first.today, first.engine) == (TODAY, ENGINE)
    assert abs(first.computed_at - TUESDAY) < timedelta(minutes=1)
    assert first.thresholds["stalled_days"] == 7
    assert first.inputs["due_date"] == day(1).isoformat()


def test_one_that_was_judged_before_verdicts_were_kept_gets_one(ana: User) -> None:
    launch = make_launch(ana)
    make_milestone(launch, "Beta", owner=ana, due=day(40))
    compute(launch)
    HealthVerdict.objects.all().delete()

    compute(launch)

    assert HealthVerdict.objects.count() == 2
    assert not Event.objects.filter(verb__endswith="health_changed").exists()


def test_nothing_that_is_kept_names_a_milestone_of_another_launch(ana: User) -> None:
    launch, other = make_launch(ana), make_launch(ana)
    waiting = make_milestone(launch, "Open", due=day(30), owner=ana)
    near = make_milestone(launch, "Nearby", due=day(-9), owner=ana)
    far = make_milestone(other, "Hush", due=day(-9))
    for before in (far, near):
        Dependency.objects.create(predecessor=before, successor=waiting, created_at=TUESDAY)

    compute(launch)

    waiting.refresh_from_db()
    assert [signal["sentence"] for signal in waiting.signals] == [
        "Waits for a milestone of another launch, 7 working days late.",
        "Waits for “Nearby”, 7 working days late.",
    ]
    rows = [*HealthVerdict.objects.values("signals", "inputs"), *Event.objects.values("why"), compute(launch).signals]
    kept = json.dumps(rows, ensure_ascii=False)
    assert "Hush" not in kept
    assert "Nearby" in kept
    assert recheck().differing == []


def test_every_fact_of_the_new_rules_is_read(ana: User, clock: MovingClock) -> None:
    clock.move(timedelta(days=-30))
    launch = make_launch(ana)
    milestone = make_milestone(
        launch, "Beta", due=day(2), owner=ana, state="in_progress", start_date=day(-20), sources_linked=1,
        tasks_total=30, tasks_done=4, tasks_synced_at=TUESDAY, last_task_completed_on=day(-15),
    )  # fmt: skip
    for on, scope in ((-25, 12), (-20, 20), (-3, 30)):
        WorkDay.objects.create(milestone=milestone, day=day(on), scope=scope)
    clock.set(TUESDAY - timedelta(days=15))
    edit_milestone(milestone=milestone, version=1, fields={"due_date": day(4)}, why="Two days more", actor=ana)
    make_approval(launch, ana, title="Security", state="stale", milestone=milestone)
    risk = make_risk(launch, "A supplier is late", milestone=milestone, probability=4, impact=5)
    make_risk(launch, "Closed", milestone=milestone, probability=5, impact=5, state="closed")
    make_risk(launch, "The market turns", probability=3, impact=5)
    clock.set(TUESDAY)

    summary = compute(launch)

    milestone.refresh_from_db()
    assert [(signal["rule"], signal["sentence"]) for signal in milestone.signals] == [
        ("scope_growth", "Scope grew by 50 % since Wed 4 Nov: 20 tasks then, 30 now."),
        ("high_exposure", "Risk “A supplier is late” has an exposure of 20 of 25 (probability 4, impact 5)."),
        ("stalled", "No task was completed in 11 working days; 26 of 30 tasks remain."),
        (
            "approval_stale",
            "Approval “Security” is asked for again, because what was approved has changed, and this is due in "
            "3 working days.",
        ),
        ("silent", "Nothing was heard of it in 11 working days: no task changed, and nobody wrote or changed a word."),
    ]
    assert milestone.signals[1]["about_id"] == risk.pk
    assert "Risk “The market turns” has an exposure of 15 of 25 (probability 3, impact 5)." in [
        signal["sentence"] for signal in summary.signals
    ]
    assert recheck().differing == []


def test_a_moved_date_is_read_from_the_log_and_forgiven_after_a_week(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    milestone = make_milestone(launch, "Beta", due=day(20), owner=ana, progress_by_hand=10)
    edit_milestone(milestone=milestone, version=1, fields={"due_date": day(26)}, why="Later", actor=ana)
    edit_milestone(milestone=milestone, version=2, fields={"due_date": day(29)}, why="Later still", actor=ana)

    assert compute(launch).signals[0]["sentence"] == "Beta: was due Mon 14 Dec, moved 2×, now Wed 23 Dec (+9 days)."
    clock.move(timedelta(days=6))
    assert compute(launch).health == "possible_delays", "on the Monday after"
    clock.move(timedelta(days=2))
    assert compute(launch).health == "on_track"


def test_what_people_and_syncs_say_is_heard_and_what_luna_computes_is_not(ana: User, clock: MovingClock) -> None:
    launch = make_launch(ana)
    milestone = make_milestone(
        launch, "Beta", due=day(90), owner=ana, state="in_progress", progress_by_hand=10, start_date=TODAY
    )
    assert compute(launch).health == "on_track"
    clock.move(timedelta(days=15))
    assert compute(launch).health == "unknown"
    assert Event.objects.filter(verb="milestone.health_changed", subject_id=milestone.pk).count() == 1
    clock.move(timedelta(days=1))
    assert compute(launch).health == "unknown"

    edit_milestone(milestone=milestone, version=1, fields={"definition_of_done": "It runs."}, actor=ana)

    assert compute(launch).health == "on_track"


def kept(facts: MilestoneFacts, terms: Terms) -> HealthVerdict:
    """The row that such a verdict makes, as JSON brings it back."""
    verdict = milestone_health(facts, terms)
    return row_of(to_json(facts), verdict.level.value, [kept_signal(s) for s in verdict.signals], terms, 1)


def row_of(inputs: Any, level: str, signals: Any, terms: Terms, milestone_id: int | None) -> HealthVerdict:
    calendar = terms.calendar
    return HealthVerdict(
        milestone_id=milestone_id,
        level=level,
        signals=json.loads(json.dumps(signals)),
        inputs=json.loads(json.dumps(inputs)),
        thresholds=kept_thresholds(terms.thresholds),
        today=terms.today,
        weekdays=sorted(calendar.weekdays),
        holidays=[holiday.isoformat() for holiday in calendar.holidays],
        engine=ENGINE,
    )


some_calendar = st.builds(
    WorkingCalendar, st.frozensets(st.integers(0, 6), min_size=1), st.frozensets(days, max_size=3)
)
some_terms = st.builds(Terms, days, some_calendar, any_thresholds)


@on_any_machine
@given(any_facts, some_terms)
def test_any_verdict_on_a_milestone_follows_from_what_is_kept(facts: MilestoneFacts, terms: Terms) -> None:
    assert is_same(kept(facts, terms))


@on_any_machine
@given(st.lists(any_facts, max_size=3), st.booleans(), st.integers(1, 5), some_terms)
def test_any_verdict_on_a_launch_follows_from_what_is_kept(
    several: list[MilestoneFacts], is_paused: bool, impact: int, terms: Terms
) -> None:
    milestones = tuple(judged(facts, milestone_health(facts, terms)) for facts in several)
    facts = LaunchFacts(is_paused=is_paused, milestones=milestones, risks=(RiskFacts("R", 5, impact, 3),))
    verdict = launch_health(facts, terms)
    signals = [kept_signal(signal) for signal in verdict.signals]

    assert is_same(row_of(launch_to_json(facts), verdict.level.value, signals, terms, None))


def test_a_verdict_that_was_tampered_with_is_found(ana: User, capsys: pytest.CaptureFixture[str]) -> None:
    launch = make_launch(ana)
    make_milestone(launch, "Beta", due=day(-3), owner=ana, progress_by_hand=10)
    make_milestone(launch, "Gamma", due=day(33), owner=ana, progress_by_hand=10)
    compute(launch)
    call_command("health", "--recheck")
    assert capsys.readouterr().out == "3 verdicts computed again, and the same.\n"
    changed = HealthVerdict.objects.get(level="at_risk", milestone__isnull=False)
    HealthVerdict.objects.filter(pk=changed.pk).update(inputs=changed.inputs | {"due_date": day(3).isoformat()})
    old = HealthVerdict.objects.get(milestone__name="Gamma")
    HealthVerdict.objects.filter(pk=old.pk).update(engine=ENGINE - 1, inputs={})

    with pytest.raises(CommandError, match=f"1 verdict came out otherwise: {changed.pk}\\."):
        call_command("health", "--recheck")

    assert "1 verdict by older rules, left alone." in capsys.readouterr().out
    assert recheck(HealthVerdict.objects.filter(pk=changed.pk)).differing == [changed.pk]
