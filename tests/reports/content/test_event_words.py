"""The log in words."""

from __future__ import annotations

from datetime import date

import pytest

from reports.content.event_words import change_lines, event_words

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("milestone.completed", "completed the milestone"),
        ("milestone.state_changed", "changed the state of"),
        ("launch.archived", "archived the launch"),
        ("launch.baseline_frozen", "froze the baseline of"),
        ("risk.state_changed", "changed the state of the risk"),
        ("update.written", "wrote an update:"),
    ],
)
def test_verbs_read_as_sentences(verb: str, words: str) -> None:
    assert event_words(verb) == words


def test_changed_fields_are_said_before_and_after() -> None:
    before = {"due_date": "2026-11-27", "state": "in_progress", "owner_id": 4, "position": 1, "signals": [1]}
    after = {"due_date": "2026-12-04", "state": "in_review", "owner_id": 5, "position": 2, "signals": [2]}
    assert change_lines(before, after, TODAY) == ["due date: Fri 27 Nov → Fri 4 Dec", "state: In progress → In review"]


def test_a_weekday_is_said_by_its_name() -> None:
    assert change_lines({"weekday": 0}, {"weekday": 3}, TODAY) == ["weekday: Monday → Thursday"]


def test_new_and_long_values() -> None:
    lines = change_lines({}, {"name": "Beta", "text": "x" * 200}, TODAY)
    assert lines == ["name: Beta", f"text: {'x' * 89}…"]
