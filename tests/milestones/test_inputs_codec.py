"""What is kept of a forecast's inputs, of movements and of days: there and back, and what is let go."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from luna.lib.dates import WorkingCalendar
from milestones.domain.forecast_types import ApprovalWait, EstimatedWork, ForecastInput, History, TaskWork, WorkDay
from milestones.domain.inputs_codec import UnknownVersionError, pack, unpack
from milestones.domain.mixture import Cause, Went
from milestones.domain.movement import Inputs, Part, Share
from milestones.domain.movement_codec import shares_from_json, shares_to_json, went_from_json, went_to_json
from milestones.domain.movement_events import causes_of, verbs_of, words
from milestones.domain.retention import days_to_drop
from milestones.domain.schedule import Link, Planned
from milestones.domain.types import State

TODAY = date(2026, 11, 23)
DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))
NUMBERS = st.one_of(st.integers(0, 500).map(float), st.floats(0, 500))
ROWS = st.lists(st.builds(WorkDay, DAYS, NUMBERS, NUMBERS), max_size=6).map(tuple)
HISTORIES = st.builds(History, ROWS, st.none() | DAYS)
MANY = st.lists(NUMBERS, max_size=4).map(tuple)
WORK = st.one_of(
    st.none(),
    st.builds(TaskWork, NUMBERS, HISTORIES, st.lists(HISTORIES, max_size=3).map(tuple)),
    st.builds(EstimatedWork, NUMBERS, MANY),
)
PLANNED = st.builds(
    Planned,
    st.integers(1, 2**40),
    st.just(""),
    st.sampled_from(State),
    st.none() | st.integers(1, 9),
    st.none() | DAYS,
    st.none() | DAYS,
    st.none() | DAYS,
    st.none() | NUMBERS,
)
WAITS = st.lists(st.builds(ApprovalWait, st.none() | st.integers(0, 99), MANY), max_size=3).map(tuple)
GIVEN = st.builds(ForecastInput, PLANNED, WORK, WAITS, st.booleans())
INPUTS = st.builds(
    Inputs,
    st.lists(GIVEN, max_size=4).map(lambda rows: {one.planned.milestone_id: one for one in rows}),
    st.frozensets(st.builds(Link, st.integers(1, 5), st.integers(6, 9), st.integers(0, 365)), max_size=4),
    DAYS,
    st.builds(
        WorkingCalendar, st.frozensets(st.integers(0, 6), min_size=1), st.frozensets(DAYS, max_size=4)
    ),
    st.dictionaries(st.integers(1, 9), DAYS, max_size=2),
)  # fmt: skip


@given(INPUTS)
def test_what_is_unpacked_is_what_was_packed(inputs: Inputs) -> None:
    assert unpack(pack(inputs)) == inputs


def test_names_are_not_kept_and_shared_histories_are_kept_once() -> None:
    history = History(tuple(WorkDay(TODAY - timedelta(days=n), n % 3, n % 4) for n in range(100, 0, -1)))
    rows = [ForecastInput(Planned(pk, "Secret"), TaskWork(3, history, (history,) * 5)) for pk in range(1, 9)]
    alone = pack(Inputs({1: rows[0]}, frozenset(), TODAY, WorkingCalendar()))
    together = pack(Inputs({one.planned.milestone_id: one for one in rows}, frozenset(), TODAY, WorkingCalendar()))
    assert b"Secret" not in zlib.decompress(together)
    assert len(together) < len(alone) + 150
    assert unpack(together).milestones[8] == replace(rows[7], planned=Planned(8, ""))


def test_a_later_version_is_not_guessed_at() -> None:
    with pytest.raises(UnknownVersionError):
        unpack(zlib.compress(json.dumps({"version": 2}).encode()))


def test_parts_and_figures_come_back_from_json() -> None:
    shares = (Share(Part(Cause.UPSTREAM, (3, 4)), 7.5, -0.25), Share(Part(Cause.PACE), -1, None))
    went = Went(5, 2, 1.5, 4, 5, 0, -1)
    assert shares_from_json(json.loads(json.dumps(shares_to_json(shares)))) == shares
    assert went_from_json(json.loads(json.dumps(went_to_json(went)))) == went
    assert went_from_json(went_to_json(None)) is None


def test_five_weeks_daily_then_the_first_of_each_week_for_a_year() -> None:
    days = [TODAY - timedelta(days=n) for n in range(400)]
    kept = sorted(set(days) - days_to_drop(days, TODAY))
    assert kept[-36:] == [TODAY - timedelta(days=n) for n in range(35, -1, -1)]
    weekly = kept[:-36]
    assert all(day.weekday() == 0 for day in weekly)
    assert len(weekly) == 47
    assert TODAY - weekly[0] == timedelta(days=364)


@example({330, 331}, 35)
@given(st.sets(st.integers(0, 500), max_size=60), st.integers(1, 40))
def test_letting_go_day_by_day_keeps_the_same_as_at_once(ages: set[int], later: int) -> None:
    days = {TODAY - timedelta(days=age) for age in ages}
    then = TODAY + timedelta(days=later)
    at_once = days - days_to_drop(days, then)
    for n in range(later + 1):
        days -= days_to_drop(days, TODAY + timedelta(days=n))
    assert days == at_once


@pytest.mark.parametrize(
    ("verb", "before", "after", "causes"),
    [
        ("milestone.edited", {}, {"due_date": "2026-12-01"}, {Cause.TARGET}),
        ("milestone.edited", {}, {"estimate_days": 3, "start_date": "2026-12-01"}, {Cause.SCOPE, Cause.START}),
        ("milestone.edited", {}, {"name": "Other"}, set()),
        ("milestone.progressed", {"tasks_total": 8}, {"tasks_total": 9, "tasks_done": 3}, {Cause.SCOPE, Cause.PACE}),
        ("milestone.progressed", {"tasks_total": 0, "tasks_done": 0}, {"tasks_total": 9, "tasks_done": 6}, set()),
        ("milestone.progressed", {"tasks_done": 0}, {"tasks_done": 3}, {Cause.PACE}),
        ("milestone.progressed", {"progress_by_hand": None}, {"progress_by_hand": 20}, {Cause.PACE}),
        ("workspace.changed", {}, {"name": "Other"}, set()),
        ("approval.met", {}, {"state": "met"}, {Cause.WAITS}),
        ("dependency.added", {}, {"lag_days": 0}, {Cause.PLAN}),
        ("comment.added", {}, {}, set()),
    ],
)
def test_an_entry_of_the_log_belongs_to_its_causes(
    verb: str, before: dict[str, object], after: dict[str, object], causes: set[Cause]
) -> None:
    assert causes_of(verb, before, after) == causes


def test_each_entry_has_words() -> None:
    for verb in verbs_of(*Cause):
        said = words(verb, "Go?", {}, {"holidays": [], "target_date": "2026-12-01"}, is_named=True, today=TODAY)
        assert said
        assert "{}" not in said
    after = {"due_date": "2026-12-11"}
    said = words("milestone.edited", "Copy", {"due_date": "2026-12-04"}, after, is_named=True, today=TODAY)
    assert said == "“Copy”: due date: Fri 4 Dec → Fri 11 Dec"
