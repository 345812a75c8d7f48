"""Why a date moved, in the sentences of docs/algorithms/movement.md."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from milestones.domain.mixture import Cause, Went
from milestones.domain.movement import Inputs, Part, Share
from milestones.domain.movement_words import chance_effect, effect, headline, reason
from tests.milestones.moving import (
    ALONE,
    COPY,
    EVEN,
    LAUNCH,
    MONDAY,
    a_week_later,
    copy_planned,
    joined,
    more,
    put,
    uncompleted,
    why,
)

WENT = Went(5, arrived=0, arrivals_expected=0.3, completed=4, completions_expected=4, moved_in=0, reopened=0)


class TestWords:
    """The sentences of the document."""

    def said(self, pk: int, before: Inputs, after: Inputs) -> list[str]:
        moved = why(pk, before, after)
        parts = [f"{reason(one, moved.went, lambda pk: f'“M{pk}”')}: {effect(one)}" for one in moved.shares]
        return [headline(moved, MONDAY), *parts]

    def test_progress_that_did_not_come(self) -> None:
        title, line = self.said(COPY, EVEN, a_week_later(EVEN, {COPY: [0.0] * 5}))
        assert title.startswith("85 % sure by")
        assert title.endswith("later than Fri 18 Dec")
        assert line.startswith("0 of 5 expected tasks done in 5 working days: ")
        assert line.endswith("days later")

    def test_tasks_that_came(self) -> None:
        _, line = self.said(COPY, EVEN, put(EVEN, more(EVEN.milestones[COPY], 5, MONDAY)))
        assert line == "5 tasks came, 0 expected: 7 days later"

    def test_older_tasks_that_left(self) -> None:
        _, line = self.said(COPY, ALONE, put(ALONE, more(ALONE.milestones[COPY], -10, MONDAY - timedelta(days=14))))
        assert line.startswith("10 tasks from before left: ")
        assert line.endswith(" earlier")

    def test_tasks_open_after_all(self) -> None:
        _, line = self.said(COPY, ALONE, uncompleted(ALONE))
        assert line.startswith("6 tasks counted as done before and open after all: ")

    def test_a_target_and_a_date_that_stays(self) -> None:
        before, after = (copy_planned(EVEN, due_date=date(2026, 12, day)) for day in (17, 18))
        assert self.said(COPY, before, after) == [
            "85 % sure by Fri 18 Dec, as before",
            "The date to meet changed: chance +100 points",
        ]
        assert self.said(COPY, after, before)[1] == "The date to meet changed: chance −100 points"

    def test_a_predecessor_by_the_name_that_its_reader_may_know(self) -> None:
        before = joined()
        _, line = self.said(LAUNCH, before, put(before, more(before.milestones[COPY], 15, MONDAY)))
        assert line.startswith("“M1” moved: ")

    @pytest.mark.parametrize(
        ("days", "went", "words"),
        [
            (-75, WENT, "A longer history makes the date surer"),
            (-1, None, "The time that went by makes the date surer"),
            (1, WENT, "Time went by as expected"),
        ],
    )
    def test_time_that_makes_a_date_earlier_says_how(self, days: float, went: Went | None, words: str) -> None:
        assert reason(Share(Part(Cause.TIME), days, None), went, str) == words

    @pytest.mark.parametrize(
        ("days", "chance", "arrived", "moved_in", "words"),
        [
            (11, None, 1, 0, "1 task came, 0.3 expected"),
            (-11, None, 1, 0, "Growth of the work is weighed anew (1 task came, 0.3 expected)"),
            (11, None, 0, 0, "Growth of the work is weighed anew (0 tasks came, 0.3 expected)"),
            (-11, None, 0, 0, "0 tasks came, 0.3 expected"),
            (2, None, 0.31, 0, "Growth of the work is weighed anew (0.3 tasks came, 0.3 expected)"),
            (-2, None, 1, -5, "1 task came, 0.3 expected; 5 tasks from before left"),
            (0, 0.1, 1, 0, "Growth of the work is weighed anew (1 task came, 0.3 expected)"),
            (0, -0.1, 1, 0, "1 task came, 0.3 expected"),
        ],
    )
    def test_scope_never_contradicts_its_figures(
        self, days: float, chance: float | None, arrived: float, moved_in: float, words: str
    ) -> None:
        went = replace(WENT, arrived=arrived, moved_in=moved_in)
        assert reason(Share(Part(Cause.SCOPE), days, chance), went, str) == words

    @pytest.mark.parametrize(
        ("days", "completed", "words"),
        [
            (3, 2, "2 of 4 expected tasks done in 5 working days"),
            (-3, 2, "The pace is weighed anew (2 of 4 expected tasks done in 5 working days)"),
            (3, 4, "The pace is weighed anew (4 of 4 expected tasks done in 5 working days)"),
            (3, 6, "The pace is weighed anew (6 of 4 expected tasks done in 5 working days)"),
            (-3, 6, "6 of 4 expected tasks done in 5 working days"),
        ],
    )
    def test_pace_never_contradicts_its_figures(self, days: float, completed: float, words: str) -> None:
        went = replace(WENT, completed=completed)
        assert reason(Share(Part(Cause.PACE), days, None), went, str) == words

    @pytest.mark.parametrize(
        ("days", "words"), [(0.5, "½ day later"), (1, "1 day later"), (-1.5, "1½ days earlier"), (7, "7 days later")]
    )
    def test_days_come_in_halves(self, days: float, words: str) -> None:
        assert effect(Share(Part(Cause.PACE), days, None)) == words

    @pytest.mark.parametrize(
        ("chance", "words"),
        [
            (0.124, "+12 points"),
            (0.01, "+1 point"),
            (-0.0104, "−1 point"),
            (-0.2, "−20 points"),
            (0.004, ""),
            (None, ""),
        ],
    )
    def test_chances_come_in_points(self, chance: float | None, words: str) -> None:
        assert chance_effect(chance) == words
