"""The SMART check: what passes, and what would make a letter pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from luna.lib.dates import WorkingCalendar
from milestones.domain.lint import SmartFacts, smart

TODAY = date(2026, 11, 23)
SMART = SmartFacts(
    definition_of_done="A visit moved on either side shows on the other within 60 seconds.",
    tasks_linked=21,
    owner_named=True,
    estimate_days=20,
    start_date=date(2026, 11, 2),
    due_date=date(2026, 12, 4),
    outcome="Patients book without calling.",
    launch_start=date(2026, 9, 1),
    launch_target=date(2027, 1, 28),
)


def letters(facts: SmartFacts) -> dict[str, tuple[bool, str]]:
    return {
        letter.letter: (letter.passes, letter.sentence)
        for letter in smart(facts, today=TODAY, calendar=WorkingCalendar())
    }


def test_a_smart_milestone_passes_with_reasons() -> None:
    found = letters(SMART)

    assert "".join(found) == "SMART"
    assert all(passes for passes, _ in found.values())
    assert found["M"][1] == "21 linked tasks measure it."
    assert found["A"][1] == "20 days of work fit into 25 between start and due."


@pytest.mark.parametrize(
    ("letter", "change", "sentence"),
    [
        ("S", {"definition_of_done": " "}, "Write the definition of done: what is true when this is finished."),
        (
            "M",
            {"tasks_linked": 0, "definition_of_done": "The booking page is pleasant."},
            "Put a figure into the definition of done, or link the tasks that make it up.",
        ),
        ("A", {"owner_named": False}, "Name an owner."),
        ("A", {"estimate_days": None}, "Estimate the effort in person-days."),
        ("A", {"start_date": None}, "Give a start and a due date, so that the estimate can be held against them."),
        (
            "A",
            {"estimate_days": 58},
            "58 days of work don’t fit into 25 between start and due: cut 33 days or add a person.",
        ),
        ("R", {"outcome": ""}, "Write the launch’s outcome: what changes for whom."),
        ("T", {"due_date": None}, "Give a due date."),
        (
            "T",
            {"due_date": date(2027, 2, 1)},
            "It is due after the launch’s target of Thu 28 Jan: move one of the two.",
        ),
        ("T", {"due_date": date(2026, 8, 1)}, "It is due before the launch starts on Tue 1 Sep: move one of the two."),
        ("T", {"launch_target": None}, "Give the launch a target date to hold the due date against."),
    ],
)
def test_a_letter_that_fails_says_what_would_make_it_pass(
    letter: str, change: dict[str, object], sentence: str
) -> None:
    assert letters(replace(SMART, **change))[letter] == (False, sentence)  # type: ignore[arg-type]


def test_a_figure_in_words_measures_too() -> None:
    facts = replace(SMART, tasks_linked=0, definition_of_done="Every clinic has signed.")

    assert letters(facts)["M"] == (True, "The definition of done names something to count.")
