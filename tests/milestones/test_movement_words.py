"""Why a date moved, in the sentences of docs/algorithms/movement.md."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from milestones.domain.mixture import Cause
from milestones.domain.movement import Inputs, Part, Share
from milestones.domain.movement_words import effect, headline, reason
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
        ("days", "words"), [(0.5, "½ day later"), (1, "1 day later"), (-1.5, "1½ days earlier"), (7, "7 days later")]
    )
    def test_days_come_in_halves(self, days: float, words: str) -> None:
        assert effect(Share(Part(Cause.PACE), days, None)) == words
