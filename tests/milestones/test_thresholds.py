"""Thresholds: their limits, their JSON, and that each rule looks at nothing but what it says."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luna.lib.dates import WorkingCalendar
from milestones.domain.facts import MilestoneFacts, milestone_from_json, to_json
from milestones.domain.signals import RULES, Terms
from milestones.domain.thresholds import DEFAULTS, LIMITS, Thresholds, from_json, problems
from milestones.domain.thresholds import to_json as as_json
from tests.milestones.judging import any_facts, days, on_any_machine

NAMES = [field.name for field in fields(Thresholds)]


def within_limits(draw: st.DrawFn) -> Thresholds:
    """Any thresholds that a person may choose."""
    numbers = {name: draw(st.integers(limit.least, limit.most)) for name, limit in LIMITS.items()}
    for name in problems(numbers):  # what is out of order takes its lower neighbour's place
        del numbers[name]
    try:
        return from_json(numbers)
    except ValueError:
        return DEFAULTS


any_thresholds = st.composite(within_limits)()


def test_every_threshold_has_its_limits_and_the_defaults_keep_them() -> None:
    assert set(LIMITS) == set(NAMES)
    assert problems(as_json(DEFAULTS)) == {}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"stalled_days": 0}, "Give a whole number from 1 to 60 (working days)."),
        ({"exposure_high": 26}, "Give a whole number from 1 to 25 (of 25)."),
        ({"slipped_days": 6}, "Give a whole number from 7 to 60 (days)."),
        ({"stalled_days": 15}, "This can’t be less than “Possible delays after”, which is 15."),
    ],
)
def test_what_is_wrong_is_said(changed: dict[str, int], sentence: str) -> None:
    numbers = as_json(DEFAULTS) | changed

    assert list(problems(numbers).values()) == [sentence]
    with pytest.raises(ValueError, match="not thresholds"):
        from_json(numbers)


def test_what_was_kept_before_a_threshold_existed_has_its_default() -> None:
    assert from_json({"stalled_days": 3, "long_gone": 4}) == replace(DEFAULTS, stalled_days=3)


@on_any_machine
@given(any_thresholds)
def test_thresholds_come_back_from_json(thresholds: Thresholds) -> None:
    assert from_json(as_json(thresholds)) == thresholds


@on_any_machine
@given(any_facts)
def test_facts_come_back_from_json(facts: MilestoneFacts) -> None:
    assert milestone_from_json(to_json(facts)) == facts


@on_any_machine
@given(any_facts, any_facts, any_thresholds, any_thresholds, days)
def test_a_rule_looks_only_at_what_it_says(
    facts: MilestoneFacts, others: MilestoneFacts, ours: Thresholds, theirs: Thresholds, today: date
) -> None:
    """With all else exchanged it finds the same."""
    calendar = WorkingCalendar()
    for rule in RULES:
        mixed = replace(others, **_values(facts, rule.inputs))
        changed = replace(theirs, **_values(ours, rule.thresholds))

        assert list(rule.find(mixed, Terms(today, calendar, changed))) == list(
            rule.find(facts, Terms(today, calendar, ours))
        ), rule.id


def _values(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
