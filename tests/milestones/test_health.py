"""Health by its rules: the worked numbers of docs/algorithms/health.md."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from milestones.domain.facts import (
    ApprovalFacts,
    ForecastFacts,
    MilestoneFacts,
    RiskFacts,
    ScopeFacts,
    SlipFacts,
)
from milestones.domain.health import LaunchFacts, Verdict, Word, judged, launch_health
from milestones.domain.signals import RULES
from milestones.domain.thresholds import DEFAULTS, LIMITS, to_json
from milestones.domain.types import Level, Priority, State
from tests.milestones.judging import BY_HAND, CALM, TERMS, TODAY, approval, before, judge

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
        replace(CALM, state=State.NOT_STARTED, start_date=TODAY, tasks_done=0, last_task_completed_on=None),
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
        "half of the draws meet the date, 85 of 100 don’t",
        replace(CALM, forecast=ForecastFacts(date(2026, 12, 15), date(2026, 12, 24), 0.61)),
        Level.POSSIBLE_DELAYS,
        ["Likely Tue 15 Dec, 85 % sure by Thu 24 Dec; due Fri 18 Dec, which is 61 % likely."],
    ),
    (
        "the likely date is past the due date",
        replace(CALM, forecast=ForecastFacts(date(2026, 12, 21), date(2027, 1, 8))),
        Level.AT_RISK,
        ["Likely Mon 21 Dec, 85 % sure by Fri 8 Jan; due Fri 18 Dec."],
    ),
    (
        "85 % sure by the due date itself",
        replace(CALM, forecast=ForecastFacts(date(2026, 12, 10), date(2026, 12, 18), 0.85)),
        Level.ON_TRACK,
        [],
    ),
    (
        "scope grew by a fifth",
        replace(CALM, tasks_total=24, scope_then=ScopeFacts(date(2026, 11, 2), 20)),
        Level.POSSIBLE_DELAYS,
        ["Scope grew by 20 % since Mon 2 Nov: 20 tasks then, 24 now."],
    ),
    (
        "scope grew by half",
        replace(CALM, tasks_total=21, scope_then=ScopeFacts(date(2026, 11, 2), 14)),
        Level.AT_RISK,
        ["Scope grew by 50 % since Mon 2 Nov: 14 tasks then, 21 now."],
    ),
    (
        "growth is told to the nearest per cent",
        replace(CALM, tasks_total=10, tasks_done=2, scope_then=ScopeFacts(date(2026, 11, 2), 7)),
        Level.POSSIBLE_DELAYS,
        ["Scope grew by 43 % since Mon 2 Nov: 7 tasks then, 10 now."],
    ),
    (
        "a half goes up, and is judged as it is",
        replace(CALM, tasks_total=299, scope_then=ScopeFacts(date(2026, 11, 2), 200)),
        Level.POSSIBLE_DELAYS,
        ["Scope grew by 50 % since Mon 2 Nov: 200 tasks then, 299 now."],
    ),
    (
        "two more tasks are no growth",
        replace(CALM, tasks_total=4, tasks_done=2, scope_then=ScopeFacts(date(2026, 11, 2), 2)),
        Level.ON_TRACK,
        [],
    ),
    (
        "less than a fifth is no growth",
        replace(CALM, tasks_total=23, scope_then=ScopeFacts(date(2026, 11, 2), 20)),
        Level.ON_TRACK,
        [],
    ),
    (
        "no scope to compare with",
        replace(CALM, scope_then=ScopeFacts(date(2026, 11, 2), 0)),
        Level.ON_TRACK,
        [],
    ),
    (
        "it was to start on Friday",
        replace(CALM, state=State.NOT_STARTED, start_date=date(2026, 11, 20), tasks_done=0),
        Level.POSSIBLE_DELAYS,
        ["It was to start Fri 20 Nov, 1 working day ago, and has not begun."],
    ),
    (
        "it was to start a week ago",
        replace(CALM, state=State.NOT_STARTED, start_date=date(2026, 11, 16), tasks_done=0),
        Level.AT_RISK,
        ["It was to start Mon 16 Nov, 5 working days ago, and has not begun."],
    ),
    (
        "a task in progress is a beginning",
        replace(CALM, state=State.NOT_STARTED, start_date=date(2026, 11, 16), tasks_done=0, tasks_in_progress=1),
        Level.ON_TRACK,
        [],
    ),
    (
        "a stale approval",
        replace(CALM, due_date=date(2026, 11, 26), unmet_approvals=(ApprovalFacts("Security", 9, 4, is_stale=True),)),
        Level.POSSIBLE_DELAYS,
        [
            "Approval “Security” is asked for again, because what was approved has changed, "
            "and this is due in 3 working days."
        ],
    ),
    (
        "an exposure of 15",
        replace(CALM, risks=(RiskFacts("A supplier is late", 3, 5),)),
        Level.POSSIBLE_DELAYS,
        ["Risk “A supplier is late” has an exposure of 15 of 25 (probability 3, impact 5)."],
    ),
    (
        "an exposure of 20",
        replace(CALM, risks=(RiskFacts("A supplier is late", 4, 5),)),
        Level.AT_RISK,
        ["Risk “A supplier is late” has an exposure of 20 of 25 (probability 4, impact 5)."],
    ),
    ("an exposure of 12", replace(CALM, risks=(RiskFacts("A supplier is late", 3, 4),)), Level.ON_TRACK, []),
    (
        "moved on Monday of last week",
        replace(CALM, slip=SlipFacts(date(2026, 12, 9), 2, date(2026, 11, 16))),
        Level.POSSIBLE_DELAYS,
        ["Was due Wed 9 Dec, moved 2×, now Fri 18 Dec (+9 days)."],
    ),
    (
        "moved eight days ago",
        replace(CALM, slip=SlipFacts(date(2026, 12, 9), 2, date(2026, 11, 15))),
        Level.ON_TRACK,
        [],
    ),
    (
        "moved long ago, and the first date passed on Friday",
        replace(CALM, slip=SlipFacts(date(2026, 11, 20), 1, date(2026, 10, 5))),
        Level.POSSIBLE_DELAYS,
        ["Was due Fri 20 Nov, moved 1×, now Fri 18 Dec (+28 days)."],
    ),
    (
        "nothing heard in ten working days",
        replace(CALM, last_heard_on=date(2026, 11, 9)),
        Level.UNKNOWN,
        ["Nothing was heard of it in 10 working days: no task changed, and nobody wrote or changed a word."],
    ),
    ("heard nine working days ago", replace(CALM, last_heard_on=date(2026, 11, 10)), Level.ON_TRACK, []),
    (
        "what lies ahead may rest",
        replace(BY_HAND, state=State.NOT_STARTED, start_date=None, last_heard_on=date(2026, 9, 1)),
        Level.ON_TRACK,
        [],
    ),
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


def launch_of(*facts: MilestoneFacts, is_paused: bool = False, is_over: bool = False) -> Verdict:
    looked_at = tuple(judged(one, judge(one)) for one in facts)
    return launch_health(LaunchFacts(is_paused=is_paused, is_over=is_over, milestones=looked_at), TERMS)


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


@pytest.mark.parametrize(
    ("milestones", "impact", "level"),
    [
        ([CALM], 4, Level.AT_RISK),
        ([CALM], 3, Level.POSSIBLE_DELAYS),
        ([CALM], 2, Level.ON_TRACK),
        ([], 4, Level.AT_RISK),
    ],
)
def test_a_risk_of_the_launch_as_a_whole_counts_as_it_is(
    milestones: list[MilestoneFacts], impact: int, level: Level
) -> None:
    looked_at = tuple(judged(facts, judge(facts)) for facts in milestones)
    risks = (RiskFacts("The market turns", 5, impact, 7),)

    verdict = launch_health(LaunchFacts(milestones=looked_at, risks=risks), TERMS)

    assert verdict.level == level
    if level != Level.ON_TRACK:
        assert verdict.signals[0].about_id == 7
        assert verdict.signals[0].sentence.startswith("Risk “The market turns” has an exposure of")


def test_a_paused_launch_and_one_that_is_over_show_their_words() -> None:
    assert launch_of(LATE, is_paused=True) == Verdict(Word.PAUSED)
    assert launch_of(LATE, is_over=True, is_paused=True) == Verdict(Word.COMPLETED)


def test_the_explanation_quotes_these_sentences_and_limits() -> None:
    page = Path("docs/algorithms/health.md").read_text(encoding="utf-8")
    _, _, worked = page.partition("## Worked numbers")
    table, _, _ = worked.partition("## A launch")
    quoted = [cells[3].strip() for line in table.splitlines() if len(cells := line.split("|")) == 5]
    said = {sentence for *_, sentences in WORKED for sentence in sentences}

    assert {sentence for sentence in quoted if sentence.endswith(".")} <= said
    assert len(quoted) == 31
    for name, number in to_json(DEFAULTS).items():
        assert f"| `{name}` | {number} | {LIMITS[name].least}–{LIMITS[name].most} |" in page
    assert all(f"| `{rule.id}` |" in page for rule in RULES)
