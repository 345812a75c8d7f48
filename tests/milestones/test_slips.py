"""Whether a due date has slipped: by tables, and no order of moves hides that it is later than it was."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from milestones.domain.facts import SlipFacts
from milestones.domain.slips import DueMove, first_due_of, moved_from, slip_of
from tests.milestones.judging import on_any_machine

MAY = [date(2026, 5, day) for day in range(1, 32)]
D12, D14, D21, D28 = MAY[11], MAY[13], MAY[20], MAY[27]


def moves(*dates: date | None) -> list[DueMove]:
    """On 1 May the first of these dates gave way to the second, on 2 May the second to the third, and so on."""
    return [DueMove(MAY[n], before, after) for n, (before, after) in enumerate(pairwise(dates))]


@pytest.mark.parametrize(
    ("case", "dates", "baseline", "slip"),
    [
        ("never moved", [D12], None, None),
        ("its first date", [None, D12], None, None),
        ("moved twice", [D12, D14, D21], None, SlipFacts(D12, 2, MAY[1])),
        ("moved back", [D12, D21, D12], None, None),
        ("moved back half of the way", [D12, D28, D21], None, SlipFacts(D12, 2, MAY[0])),
        ("moved earlier", [D21, D12], None, None),
        ("earlier, then later than at first", [D14, D12, D21], None, SlipFacts(D14, 2, MAY[1])),
        ("earlier, then later, but not as late as at first", [D28, D12, D21], None, SlipFacts(D12, 1, MAY[1])),
        ("taken away, then a later one", [D12, None, D21], None, SlipFacts(D12, 1, MAY[1])),
        ("taken away", [D12, D21, None], None, None),
        ("the baseline counts", [D12, D14, D21], D14, SlipFacts(D14, 1, MAY[1])),
        ("a new baseline hides no move", [D12, D14, D21], D21, SlipFacts(D14, 1, MAY[1])),
    ],
)
def test_slips(case: str, dates: list[date | None], baseline: date | None, slip: SlipFacts | None) -> None:
    assert slip_of(moves(*dates), dates[-1], baseline) == slip


some_dates = st.lists(st.none() | st.sampled_from(MAY), min_size=1, max_size=8)


@on_any_machine
@given(some_dates, st.none() | st.sampled_from(MAY))
def test_what_is_later_than_its_first_date_has_slipped(dates: list[date | None], baseline: date | None) -> None:
    given_dates = [day for day in dates if day]
    slip = slip_of(moves(*dates), dates[-1], baseline)

    if dates[-1] and dates[-1] > given_dates[0]:
        assert slip is not None
    if slip:
        assert dates[-1] is not None
        assert slip.first_due < dates[-1]
        assert 1 <= slip.moves < len(given_dates)
        assert slip.moved_on < MAY[0] + timedelta(days=len(dates))


@on_any_machine
@given(some_dates, st.sampled_from(MAY), st.sampled_from(MAY))
def test_a_move_to_a_later_date_is_a_slip_of_that_day(dates: list[date | None], now: date, later: date) -> None:
    if later <= now:
        return
    told = moves(*dates, now, later)

    slip = slip_of(told, later, None)

    assert slip is not None
    assert slip.moved_on == told[-1].on


@pytest.mark.parametrize(
    ("dates", "baseline", "first"),
    [
        ([D12], None, D12),
        ([D12], D14, D14),
        ([D12, D14, D21], None, D12),
        ([D12, D14, D21], D14, D14),
        ([D12, D14, D21], D21, D14),
        ([D21, D12], None, D12),
        ([D12, D21, None], None, D12),
        ([D12, D21, None], D14, D14),
        ([None], None, None),
    ],
)
def test_the_date_that_was_agreed_first(dates: list[date | None], baseline: date | None, first: date | None) -> None:
    assert first_due_of(moves(*dates), dates[-1], baseline) == first
    kept = moved_from(moves(*dates), dates[-1], baseline)
    assert (kept or baseline or dates[-1]) == first
    assert kept is None or kept != (baseline or dates[-1])
