"""What a rule looked at, told with words and units."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given

from milestones.domain.facts import (
    ApprovalFacts,
    ForecastFacts,
    MilestoneFacts,
    PredecessorFacts,
    RiskFacts,
    ScopeFacts,
    SlipFacts,
    to_json,
)
from milestones.domain.signals import RULES
from milestones.domain.thresholds import DEFAULTS
from milestones.domain.thresholds import to_json as thresholds_to_json
from milestones.domain.types import Priority, State
from milestones.domain.verdict_words import fact_words, threshold_words
from tests.milestones.judging import TODAY, any_facts

BARE = MilestoneFacts(
    milestone_id=1, name="Sync", state=State.NOT_STARTED, priority=Priority.MUST, owner_named=False, start_date=None,
    due_date=None, progress_by_hand=None, sources_linked=0, tasks_total=0, tasks_done=0, last_task_completed_on=None,
    synced_hours_ago=None,
)  # fmt: skip
DUE = date(2026, 12, 3)
BEFORE = PredecessorFacts("Page", State.IN_REVIEW, date(2026, 11, 6), None, 1)


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("due_date", {}, ["no due date"]),
        ("due_date", {"due_date": DUE}, ["due Thu 3 Dec"]),
        ("forecast", {}, ["no forecast"]),
        ("forecast", {"forecast": ForecastFacts(date(2026, 12, 15), None)}, [
            "likely Tue 15 Dec, but no date in sight is 85 % sure",
        ]),
        ("forecast", {"due_date": DUE, "forecast": ForecastFacts(date(2026, 12, 8), date(2026, 12, 15), 0.1332)}, [
            "likely Tue 8 Dec, 85 % sure by Tue 15 Dec", "chance of the due date 13 %",
        ]),
        ("predecessors", {}, []),
        ("predecessors", {"predecessors": (BEFORE, replace(BEFORE, name="", due_date=None, lag_days=0))}, [
            "waits for “Page” (In review, due Fri 6 Nov, 1 working day of lag)",
            "waits for a milestone of another launch (In review, no due date)",
        ]),
        ("unmet_approvals", {}, []),
        ("unmet_approvals", {"unmet_approvals": (ApprovalFacts("Law", 1), ApprovalFacts("Data", 6, is_stale=True))}, [
            "approval “Law” (waiting for 1 day)", "approval “Data” (asked for again, waiting for 6 days)",
        ]),
        ("risks", {"risks": (RiskFacts("Dust", 3, 5),)}, ["risk “Dust” (probability 3 × impact 5 = exposure 15)"]),
        ("slip", {}, []),
        ("slip", {"slip": SlipFacts(date(2026, 11, 20), 2, date(2026, 11, 16))}, [
            "first due Fri 20 Nov, moved 2×, to a later date last on Mon 16 Nov",
        ]),
        ("sources_linked", {}, ["no tasks linked"]),
        ("sources_linked", {"sources_linked": 2}, ["tasks linked from 2 sources"]),
        ("synced_hours_ago", {}, []),
        ("synced_hours_ago", {"sources_linked": 1}, ["never read from the tools"]),
        ("synced_hours_ago", {"sources_linked": 1, "synced_hours_ago": 4.221e-05}, ["read from the tools just now"]),
        ("synced_hours_ago", {"sources_linked": 1, "synced_hours_ago": 0.5}, [
            "read from the tools 30 minutes before",
        ]),
        ("synced_hours_ago", {"sources_linked": 1, "synced_hours_ago": 31.5}, ["read from the tools 31 hours before"]),
        ("synced_hours_ago", {"sources_linked": 1, "synced_hours_ago": 60.0}, ["read from the tools 2 days before"]),
        ("scope_then", {"scope_then": ScopeFacts(date(2026, 11, 2), 7)}, ["7 tasks on Mon 2 Nov"]),
        ("progress_by_hand", {"progress_by_hand": 0}, ["0 % set by hand"]),
        ("owner_named", {}, ["nobody owns it"]),
        ("state", {"state": State.IN_REVIEW}, ["In review"]),
        ("tasks_total", {"tasks_total": 21}, ["21 tasks"]),
        ("tasks_done", {"tasks_done": 1}, ["1 task done"]),
        ("tasks_in_progress", {"tasks_in_progress": 0}, []),
        ("last_task_completed_on", {"last_task_completed_on": date(2026, 11, 20)}, [
            "last task completed Fri 20 Nov",
        ]),
        ("start_date", {"start_date": date(2026, 11, 2)}, ["start Mon 2 Nov"]),
        ("last_heard_on", {"last_heard_on": date(2026, 11, 9)}, ["last heard of Mon 9 Nov"]),
    ],
)  # fmt: skip
def test_a_fact_has_its_words_and_unit(name: str, change: dict[str, Any], words: list[str]) -> None:
    assert fact_words([name], to_json(replace(BARE, **change)), TODAY) == words


@given(any_facts)
def test_whatever_rules_looked_at_is_told_without_the_machines_words(facts: MilestoneFacts) -> None:
    told = [words for rule in RULES for words in fact_words(rule.inputs, to_json(facts), TODAY)]

    assert told
    for words in told:
        assert not re.search(r"[a-z]_[a-z]|\d{4}-\d\d-\d\d|\d\.\d|\b(?:None|True|False)\b", re.sub("“.*?”", "", words))


def test_thresholds_are_told_with_their_units() -> None:
    kept = thresholds_to_json(DEFAULTS)
    by_rule = {rule.id: threshold_words(rule.thresholds, kept) for rule in RULES}

    assert by_rule["stalled"] == [
        "possible delays after 7 working days", "at risk after 14 working days", "fresh for 24 hours",
    ]  # fmt: skip
    assert by_rule["late_start"] == ["possible delays after 1 working day", "at risk after 5 working days"]
    assert by_rule["scope_growth"] == [
        "compared with the scope 20 working days before", "possible delays from 20 per cent",
        "at risk from 50 per cent", "counts from 3 tasks more",
    ]  # fmt: skip
    assert by_rule["high_exposure"] == ["possible delays from 15 of 25", "at risk from 20 of 25"]
    assert {name for rule in RULES for name in rule.thresholds} == {field.name for field in fields(DEFAULTS)}
