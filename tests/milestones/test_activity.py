"""The log in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from milestones.domain.activity import sentence

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("verb", "before", "after", "words"),
    [
        ("milestone.created", {}, {"due_date": "2026-12-04"}, "Added"),
        ("milestone.deleted", {}, {}, "Deleted"),
        (
            "milestone.edited",
            {"due_date": "2026-12-04", "owner": None},
            {"due_date": "2026-12-11", "owner": "Ben Berger"},
            "Due date: Fri 4 Dec → Fri 11 Dec; owner: none → Ben Berger",
        ),
        ("milestone.edited", {"due_date": None}, {"due_date": "2026-12-11"}, "Due date: none → Fri 11 Dec"),
        ("milestone.edited", {"definition_of_done": ""}, {"definition_of_done": "x"}, "Definition of done changed"),
        ("milestone.edited", {"priority": "must"}, {"priority": "wont"}, "Priority: Must → Won’t"),
        ("milestone.completed", {"state": "in_review"}, {"state": "completed"}, "State: In review → Completed"),
        ("milestone.moved", {"position": 3}, {"position": 1}, "Moved from place 3 to 1 of the list"),
        (
            "milestone.health_changed",
            {"health": "on_track"},
            {"health": "at_risk"},
            "Health: On track → At risk",
        ),
        (
            "milestone.progressed",
            {"tasks_done": 8, "tasks_total": 19},
            {"tasks_done": 13, "tasks_total": 21},
            "13 tasks done, before 8; 21 in scope, before 19",
        ),
        ("milestone.progressed", {"progress_by_hand": None}, {"progress_by_hand": 40}, "Progress by hand: none → 40 %"),
        ("milestone.progressed", {"sources_linked": 0}, {"sources_linked": 1}, "Progress was read again"),
        ("milestone.edited", {}, {}, "Changed"),
    ],
)
def test_a_line_says_what_changed(verb: str, before: dict[str, Any], after: dict[str, Any], words: str) -> None:
    assert sentence(verb, before, after, today=TODAY) == words
