"""Facts to judge: a milestone that stands well on a Monday, and any milestone at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from luna.lib.dates import WorkingCalendar
from milestones.domain.facts import (
    ApprovalFacts,
    ForecastFacts,
    MilestoneFacts,
    PredecessorFacts,
    RiskFacts,
    ScopeFacts,
)
from milestones.domain.health import RANK, Verdict, milestone_health
from milestones.domain.signals import Terms
from milestones.domain.types import Level, Priority, State

TODAY = date(2026, 11, 23)  # a Monday
CALENDAR = WorkingCalendar()
TERMS = Terms(TODAY, CALENDAR)

CALM = MilestoneFacts(
    milestone_id=1,
    name="Calendar sync",
    state=State.IN_PROGRESS,
    priority=Priority.MUST,
    owner_named=True,
    start_date=date(2026, 11, 2),
    due_date=date(2026, 12, 18),
    progress_by_hand=None,
    sources_linked=1,
    tasks_total=21,
    tasks_done=13,
    last_task_completed_on=date(2026, 11, 20),
    synced_hours_ago=0.1,
)
BY_HAND = replace(CALM, sources_linked=0, tasks_total=0, tasks_done=0, progress_by_hand=40, synced_hours_ago=None)


def judge(facts: MilestoneFacts, today: date = TODAY) -> Verdict:
    return milestone_health(facts, Terms(today, CALENDAR))


def before(due: date | None, lag_days: int = 0, state: State = State.IN_PROGRESS) -> PredecessorFacts:
    return PredecessorFacts("Booking page", state, due, None, lag_days)


def approval(days: int = 6) -> ApprovalFacts:
    return ApprovalFacts("Data protection", days)


days = st.dates(date(2026, 9, 1), date(2027, 3, 1))
some_approval = st.builds(ApprovalFacts, st.just("A"), st.just(1), is_stale=st.booleans())
any_facts = st.builds(
    MilestoneFacts,
    milestone_id=st.just(1),
    name=st.just("M"),
    state=st.sampled_from([State.NOT_STARTED, State.IN_PROGRESS, State.IN_REVIEW]),
    priority=st.sampled_from(Priority),
    owner_named=st.booleans(),
    start_date=st.none() | days,
    due_date=st.none() | days,
    progress_by_hand=st.none() | st.integers(0, 100),
    sources_linked=st.integers(0, 2),
    tasks_total=st.integers(5, 20),
    tasks_done=st.integers(0, 5),
    last_task_completed_on=st.none() | days,
    synced_hours_ago=st.none() | st.floats(0, 60),
    predecessors=st.lists(
        st.builds(
            PredecessorFacts,
            st.just("P"),
            st.sampled_from(State),
            st.none() | days,
            st.none(),
            st.integers(0, 9),
        ),
        max_size=2,
    ).map(tuple),
    unmet_approvals=st.lists(
        st.builds(ApprovalFacts, st.just("A"), st.just(1), is_stale=st.booleans()), max_size=2
    ).map(tuple),
    tasks_in_progress=st.integers(0, 2),
    risks=st.lists(st.builds(RiskFacts, st.just("R"), st.integers(1, 5), st.integers(1, 5)), max_size=2).map(tuple),
    forecast=st.none() | st.builds(ForecastFacts, days, days, st.none() | st.floats(0, 1)),
    scope_then=st.none() | st.builds(ScopeFacts, days, st.integers(0, 20)),
    last_heard_on=st.none() | days,
)
"""Without a slip: that it is forgiven after a week is the one thing that gets better by waiting."""


def rank(verdict: Verdict) -> int:
    assert isinstance(verdict.level, Level)
    return RANK[verdict.level]


on_any_machine = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""That a busy machine is slow at making facts up says nothing about the rules."""
