"""Health by its first rules: the worked numbers of docs/algorithms/health.md; worse facts are never judged better."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luna.lib.dates import WorkingCalendar
from milestones.domain.health import (
    APPROVAL_CLOSE_DAYS,
    FRESH_HOURS,
    PROGRESS_EXPECTED_DAYS,
    RANK,
    STALLED_AFTER_DAYS,
    STALLED_BADLY_AFTER_DAYS,
    ApprovalFacts,
    LaunchFacts,
    MilestoneFacts,
    PredecessorFacts,
    Verdict,
    Word,
    launch_health,
    milestone_health,
)
from milestones.domain.types import Level, Priority, State

TODAY = date(2026, 11, 23)  # a Monday
CALENDAR = WorkingCalendar()

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
    return milestone_health(facts, today=today, calendar=CALENDAR)


def before(due: date | None, lag_days: int = 0, state: State = State.IN_PROGRESS) -> PredecessorFacts:
    return PredecessorFacts("Booking page", state, due, None, lag_days)


def approval(days: int = 6) -> ApprovalFacts:
    return ApprovalFacts("Data protection", days)


WORKED = [
    ("nothing speaks against it", CALM, Level.ON_TRACK, []),
    ("due today is not late", replace(CALM, due_date=TODAY), Level.ON_TRACK, []),
    (
        "overdue",
        replace(CALM, due_date=date(2026, 11, 14)),
        Level.AT_RISK,
        ["Due Sat 14 Nov, 9 days late."],
    ),
    (
        "a late predecessor leaves room",
        replace(CALM, predecessors=(before(date(2026, 11, 6)),)),
        Level.POSSIBLE_DELAYS,
        ["Waits for “Booking page”, 11 working days late."],
    ),
    (
        "a late predecessor leaves no room",
        replace(CALM, due_date=date(2026, 11, 27), predecessors=(before(date(2026, 11, 6), lag_days=4),)),
        Level.AT_RISK,
        [
            "Waits for “Booking page”, 11 working days late and 4 working days of lag: "
            "it can’t start before Mon 30 Nov, and is due Fri 27 Nov."
        ],
    ),
    (
        "a predecessor planned too late",
        replace(CALM, predecessors=(before(date(2026, 12, 18)),)),
        Level.AT_RISK,
        ["Waits for “Booking page”, due Fri 18 Dec: it can’t start before Mon 21 Dec, and is due Fri 18 Dec."],
    ),
    (
        "a completed predecessor holds nothing up",
        replace(CALM, predecessors=(before(date(2026, 11, 6), state=State.COMPLETED),)),
        Level.ON_TRACK,
        [],
    ),
    (
        "stalled after seven working days",
        replace(CALM, last_task_completed_on=date(2026, 11, 12)),
        Level.POSSIBLE_DELAYS,
        ["No task was completed in 7 working days; 8 of 21 tasks remain."],
    ),
    ("six working days are not stalled", replace(CALM, last_task_completed_on=date(2026, 11, 13)), Level.ON_TRACK, []),
    (
        "stalled after fourteen working days",
        replace(CALM, tasks_done=3, tasks_total=17, last_task_completed_on=date(2026, 11, 3)),
        Level.AT_RISK,
        ["No task was completed in 14 working days; 14 of 17 tasks remain."],
    ),
    (
        "never a task completed since the start",
        replace(CALM, tasks_done=0, start_date=date(2026, 11, 12), last_task_completed_on=None),
        Level.POSSIBLE_DELAYS,
        ["No task was completed in 7 working days; 21 of 21 tasks remain."],
    ),
    ("nothing remains", replace(CALM, tasks_done=21, last_task_completed_on=date(2026, 10, 1)), Level.ON_TRACK, []),
    (
        "not started can’t stall",
        replace(CALM, state=State.NOT_STARTED, tasks_done=0, last_task_completed_on=None),
        Level.ON_TRACK,
        [],
    ),
    (
        "an approval five working days before the date",
        replace(CALM, due_date=date(2026, 11, 30), unmet_approvals=(approval(),)),
        Level.POSSIBLE_DELAYS,
        ["Approval “Data protection” is not met after 6 days, and this is due in 5 working days."],
    ),
    (
        "an approval six working days before the date",
        replace(CALM, due_date=date(2026, 12, 1), unmet_approvals=(approval(),)),
        Level.ON_TRACK,
        [],
    ),
    (
        "an approval asked for today",
        replace(CALM, due_date=date(2026, 11, 24), unmet_approvals=(approval(0),)),
        Level.AT_RISK,
        ["Approval “Data protection” is not met, and this is due in 1 working day."],
    ),
    (
        "an approval on the last day",
        replace(CALM, due_date=TODAY, unmet_approvals=(approval(1),)),
        Level.AT_RISK,
        ["Approval “Data protection” is not met after 1 day, and this is due now."],
    ),
    ("nobody owns it", replace(CALM, owner_named=False), Level.POSSIBLE_DELAYS, ["Nobody owns it."]),
    (
        "no due date",
        replace(CALM, due_date=None),
        Level.UNKNOWN,
        ["It has no due date, so nothing says whether it is late."],
    ),
    ("by hand", BY_HAND, Level.ON_TRACK, []),
    (
        "nothing linked and nothing set",
        replace(BY_HAND, progress_by_hand=None),
        Level.UNKNOWN,
        ["No tasks are linked and no progress is set by hand."],
    ),
    (
        "nothing linked, and weeks away",
        replace(BY_HAND, progress_by_hand=None, state=State.NOT_STARTED, start_date=None),
        Level.ON_TRACK,
        [],
    ),
    ("never synced", replace(CALM, synced_hours_ago=None), Level.UNKNOWN, ["Its tasks have not been read yet."]),
    (
        "synced too long ago",
        replace(CALM, synced_hours_ago=31.5),
        Level.UNKNOWN,
        ["Its tasks were last read more than 31 hours ago; 24 is the limit."],
    ),
]


@pytest.mark.parametrize(("case", "facts", "level", "sentences"), WORKED, ids=[case for case, *_ in WORKED])
def test_worked_numbers(case: str, facts: MilestoneFacts, level: Level, sentences: list[str]) -> None:
    verdict = judge(facts)

    assert verdict.level == level
    assert [signal.sentence for signal in verdict.signals] == sentences


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        (replace(CALM, state=State.COMPLETED), Word.COMPLETED),
        (replace(CALM, state=State.CANCELLED), Word.CANCELLED),
        (replace(CALM, launch_paused=True), Word.PAUSED),
        (replace(CALM, state=State.COMPLETED, launch_paused=True), Word.COMPLETED),
    ],
)
def test_what_is_over_or_paused_shows_its_word_and_has_no_reasons(facts: MilestoneFacts, word: Word) -> None:
    late = replace(facts, due_date=TODAY - timedelta(days=30), owner_named=False)

    assert judge(late) == Verdict(word)


def test_the_worst_reason_comes_first() -> None:
    verdict = judge(replace(CALM, owner_named=False, due_date=date(2026, 11, 14), synced_hours_ago=None))

    assert [signal.level for signal in verdict.signals] == [Level.AT_RISK, Level.POSSIBLE_DELAYS, Level.UNKNOWN]


def launch_of(*facts: MilestoneFacts, **more: bool) -> Verdict:
    return launch_health(LaunchFacts(milestones=tuple((f, judge(f)) for f in facts), **more))


LATE = replace(CALM, due_date=date(2026, 11, 14))
STALLED = replace(CALM, last_task_completed_on=date(2026, 11, 12))
UNSYNCED = replace(CALM, synced_hours_ago=None)


@pytest.mark.parametrize(
    ("facts", "level"),
    [
        ([CALM], Level.ON_TRACK),
        ([CALM, LATE], Level.AT_RISK),
        ([CALM, replace(LATE, priority=Priority.SHOULD)], Level.POSSIBLE_DELAYS),
        ([CALM, replace(STALLED, priority=Priority.SHOULD)], Level.ON_TRACK),
        ([STALLED, replace(LATE, priority=Priority.COULD)], Level.POSSIBLE_DELAYS),
        ([CALM, replace(LATE, priority=Priority.WONT)], Level.ON_TRACK),
        ([CALM, replace(LATE, state=State.CANCELLED)], Level.ON_TRACK),
        ([CALM, UNSYNCED], Level.UNKNOWN),
        ([CALM, replace(UNSYNCED, priority=Priority.SHOULD)], Level.UNKNOWN),
        ([STALLED, UNSYNCED], Level.POSSIBLE_DELAYS),
        ([], Level.UNKNOWN),
        ([replace(CALM, state=State.COMPLETED)], Level.UNKNOWN),
        ([replace(LATE, priority=Priority.COULD)], Level.UNKNOWN),
    ],
)
def test_a_launch_takes_its_worst_must_and_a_should_one_level_milder(facts: list[MilestoneFacts], level: Level) -> None:
    assert launch_of(*facts).level == level


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ([], "There is nothing to judge yet: the launch has no milestones."),
        ([replace(CALM, state=State.COMPLETED)], "There is nothing left to judge: no milestone is open."),
        (
            [replace(CALM, priority=Priority.COULD)],
            "There is nothing to judge: no open milestone is a Must or a Should.",
        ),
    ],
)
def test_nothing_to_judge_says_why(facts: list[MilestoneFacts], sentence: str) -> None:
    assert [signal.sentence for signal in launch_of(*facts).signals] == [sentence]


def test_the_launch_names_the_milestone_of_each_reason() -> None:
    (signal,) = launch_of(LATE).signals

    assert (signal.sentence, signal.milestone_id) == ("Calendar sync: due Sat 14 Nov, 9 days late.", 1)


def test_a_paused_launch_and_one_that_is_over_show_their_words() -> None:
    assert launch_of(LATE, is_paused=True) == Verdict(Word.PAUSED)
    assert launch_of(LATE, is_over=True, is_paused=True) == Verdict(Word.COMPLETED)


days = st.dates(date(2026, 9, 1), date(2027, 3, 1))
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
    unmet_approvals=st.lists(st.just(ApprovalFacts("A", 1)), max_size=2).map(tuple),
)


def rank(verdict: Verdict) -> int:
    assert isinstance(verdict.level, Level)
    return RANK[verdict.level]


@given(any_facts, days, st.integers(0, 40))
def test_waiting_never_helps(facts: MilestoneFacts, today: date, later: int) -> None:
    assert rank(judge(facts, today + timedelta(days=later))) >= rank(judge(facts, today))


@given(any_facts, days)
def test_taking_an_owner_away_or_adding_trouble_never_helps(facts: MilestoneFacts, today: date) -> None:
    worse = replace(
        facts,
        owner_named=False,
        predecessors=(*facts.predecessors, before(today - timedelta(days=20))),
        unmet_approvals=(*facts.unmet_approvals, approval()),
    )

    assert rank(judge(worse, today)) >= rank(judge(facts, today))


@given(any_facts, days, st.integers(1, 60))
def test_an_earlier_due_date_never_helps(facts: MilestoneFacts, today: date, earlier: int) -> None:
    if facts.due_date is None:
        return
    sooner = replace(facts, due_date=facts.due_date - timedelta(days=earlier))

    assert rank(judge(sooner, today)) >= rank(judge(facts, today))


@given(st.lists(any_facts, max_size=5), any_facts, days)
def test_a_launch_is_never_better_than_its_worst_must(
    several: list[MilestoneFacts], must: MilestoneFacts, today: date
) -> None:
    must = replace(must, priority=Priority.MUST)
    judged = tuple((facts, judge(facts, today)) for facts in (*several, must))

    assert rank(launch_health(LaunchFacts(milestones=judged))) >= rank(judge(must, today))


@given(any_facts, days)
def test_every_level_that_is_not_on_track_has_its_sentence(facts: MilestoneFacts, today: date) -> None:
    verdict = judge(facts, today)

    assert (verdict.level == Level.ON_TRACK) == (not verdict.signals)
    assert all(signal.sentence.endswith(".") for signal in verdict.signals)


def test_the_explanation_quotes_these_sentences_and_limits() -> None:
    page = Path("docs/algorithms/health.md").read_text(encoding="utf-8")
    _, _, worked = page.partition("## Worked numbers")
    table, _, _ = worked.partition("## A launch")
    quoted = [cells[3].strip() for line in table.splitlines() if len(cells := line.split("|")) == 5]
    said = {sentence for *_, sentences in WORKED for sentence in sentences}

    assert {sentence for sentence in quoted if sentence.endswith(".")} <= said
    assert len(quoted) == 15
    for limit in (STALLED_AFTER_DAYS, STALLED_BADLY_AFTER_DAYS, APPROVAL_CLOSE_DAYS, PROGRESS_EXPECTED_DAYS):
        assert f"{limit} working" in " ".join(page.split())
    assert f"{FRESH_HOURS} hours" in page
