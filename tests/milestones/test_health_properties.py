"""Worse facts are never judged better, whatever else is so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from milestones.domain.facts import ForecastFacts, MilestoneFacts, RiskFacts, SlipFacts
from milestones.domain.health import LaunchFacts, judged, launch_health
from milestones.domain.types import Level, Priority
from tests.milestones.judging import TERMS, TODAY, any_facts, approval, before, days, judge, on_any_machine, rank


@on_any_machine
@given(any_facts, days, st.integers(0, 40))
def test_waiting_never_helps(facts: MilestoneFacts, today: date, later: int) -> None:
    assert rank(judge(facts, today + timedelta(days=later))) >= rank(judge(facts, today))


@on_any_machine
@given(any_facts, days)
def test_taking_an_owner_away_or_adding_trouble_never_helps(facts: MilestoneFacts, today: date) -> None:
    worse = replace(
        facts,
        owner_named=False,
        predecessors=(*facts.predecessors, before(today - timedelta(days=20))),
        unmet_approvals=(*facts.unmet_approvals, approval()),
    )

    assert rank(judge(worse, today)) >= rank(judge(facts, today))


@on_any_machine
@given(any_facts, days, days, st.integers(0, 40), st.integers(0, 40))
def test_a_later_forecast_never_helps(facts: MilestoneFacts, today: date, p50: date, later: int, width: int) -> None:
    near = replace(facts, forecast=ForecastFacts(p50, p50 + timedelta(days=width), 0.5))
    far = replace(facts, forecast=ForecastFacts(p50 + timedelta(days=later), p50 + timedelta(days=later + width), 0.4))

    assert rank(judge(far, today)) >= rank(judge(near, today)) >= rank(judge(replace(facts, forecast=None), today))


@on_any_machine
@given(any_facts, days, st.integers(1, 20), st.integers(0, 30))
def test_more_scope_more_exposure_and_longer_silence_never_help(
    facts: MilestoneFacts, today: date, more: int, quiet: int
) -> None:
    worse = [
        replace(facts, tasks_total=facts.tasks_total + more),
        replace(facts, risks=(*facts.risks, RiskFacts("R", 5, more % 5 + 1))),
        replace(facts, last_heard_on=(facts.last_heard_on or today) - timedelta(days=quiet)),
        replace(facts, slip=SlipFacts(today - timedelta(days=more), 1, today - timedelta(days=quiet))),
    ]

    assert all(rank(judge(one, today)) >= rank(judge(facts, today)) for one in worse)


@on_any_machine
@given(any_facts, st.integers(0, 6), st.integers(0, 7))
def test_a_slipped_milestone_never_starts_the_next_week_on_track(
    facts: MilestoneFacts, weekday: int, first_due_in: int
) -> None:
    """Moved on any day of a week: on the Monday after it isn't on track, whatever else is so."""
    moved_on = date(2026, 11, 16) + timedelta(days=weekday)
    facts = replace(facts, due_date=facts.due_date or date(2027, 1, 8))
    slipped = replace(facts, slip=SlipFacts(moved_on + timedelta(days=first_due_in), 1, moved_on))

    assert judge(slipped, TODAY).level in {Level.POSSIBLE_DELAYS, Level.AT_RISK}


@on_any_machine
@given(any_facts, days, st.integers(1, 60))
def test_an_earlier_due_date_never_helps(facts: MilestoneFacts, today: date, earlier: int) -> None:
    if facts.due_date is None:
        return
    sooner = replace(facts, due_date=facts.due_date - timedelta(days=earlier))

    assert rank(judge(sooner, today)) >= rank(judge(facts, today))


@on_any_machine
@given(st.lists(any_facts, max_size=5), any_facts, days)
def test_a_launch_is_never_better_than_its_worst_must(
    several: list[MilestoneFacts], must: MilestoneFacts, today: date
) -> None:
    must = replace(must, priority=Priority.MUST)
    looked_at = tuple(judged(facts, judge(facts, today)) for facts in (*several, must))

    assert rank(launch_health(LaunchFacts(milestones=looked_at), TERMS)) >= rank(judge(must, today))


@on_any_machine
@given(any_facts, days)
def test_every_level_that_is_not_on_track_has_its_sentence(facts: MilestoneFacts, today: date) -> None:
    verdict = judge(facts, today)

    assert (verdict.level == Level.ON_TRACK) == (not verdict.signals)
    assert all(signal.sentence.endswith(".") for signal in verdict.signals)
