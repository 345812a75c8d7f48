"""The plan as a graph: circles are named, order is kept, early starts are flagged; and progress rolled up."""

from __future__ import annotations

from datetime import date
from graphlib import TopologicalSorter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luna.lib.dates import WorkingCalendar
from milestones.domain.graph import cycle_closed_by, cycle_sentence, successors_of
from milestones.domain.rollup import Part, launch_progress, shares
from milestones.domain.schedule import earliest_start, starts_too_early
from milestones.domain.types import Priority, State

edges = st.lists(st.tuples(st.integers(1, 7), st.integers(1, 7)), max_size=14)
CALENDAR = WorkingCalendar(holidays=frozenset({date(2026, 12, 8)}))


@pytest.mark.parametrize(
    ("existing", "new", "circle"),
    [
        ([], (1, 2), []),
        ([(1, 2)], (2, 1), [2, 1]),
        ([(1, 2), (2, 3)], (3, 1), [3, 1, 2]),
        ([(1, 2), (2, 3), (1, 3)], (3, 1), [3, 1]),
        ([(1, 2), (3, 4)], (2, 3), []),
        ([], (1, 1), [1]),
    ],
)
def test_the_shortest_circle_that_a_dependency_would_close(
    existing: list[tuple[int, int]], new: tuple[int, int], circle: list[int]
) -> None:
    assert cycle_closed_by(successors_of(existing), *new) == circle


def test_a_circle_names_its_milestones() -> None:
    assert cycle_sentence(["Pilot", "Beta"]) == (
        "That would be a circle: “Pilot” → “Beta” → “Pilot”. Remove one of these dependencies first."
    )
    assert cycle_sentence(["Beta"]) == "A milestone can’t wait for itself: “Beta” → “Beta”."


@given(edges)
def test_edges_that_close_no_circle_can_always_be_put_in_order(wanted: list[tuple[int, int]]) -> None:
    kept: list[tuple[int, int]] = []
    for edge in wanted:
        circle = cycle_closed_by(successors_of(kept), *edge)
        if circle:
            steps = list(zip(circle, [*circle[1:], circle[0]], strict=True))
            assert steps[0] == edge
            assert set(steps[1:]) <= set(kept), "the circle is made of dependencies that exist"
        else:
            kept.append(edge)

    TopologicalSorter({b: [a for a, other in kept if other == b] for _, b in kept}).prepare()  # raises on a circle


@pytest.mark.parametrize(
    ("finish", "lag", "start"),
    [
        (date(2026, 12, 3), 0, date(2026, 12, 4)),
        (date(2026, 12, 4), 0, date(2026, 12, 7)),
        (date(2026, 12, 4), 1, date(2026, 12, 9)),  # the 8th is a holiday
        (date(2026, 12, 5), 0, date(2026, 12, 7)),
    ],
)
def test_a_successor_starts_on_the_working_day_after_finish_and_lag(finish: date, lag: int, start: date) -> None:
    assert earliest_start(finish, lag, CALENDAR) == start
    assert starts_too_early(start, finish, lag, CALENDAR) is False
    assert starts_too_early(finish, finish, lag, CALENDAR) is True


def test_without_dates_nothing_is_flagged() -> None:
    assert starts_too_early(None, date(2026, 12, 4), 0, CALENDAR) is False
    assert starts_too_early(date(2026, 12, 4), None, 0, CALENDAR) is False


def part(progress: float, estimate: float | None = None, state: State = State.IN_PROGRESS, **more: Priority) -> Part:
    return Part(state, more.get("priority", Priority.MUST), progress, estimate)


@pytest.mark.parametrize(
    ("parts", "progress", "by_estimate"),
    [
        ([], 0, False),
        ([part(1.0), part(0.0)], 0.5, False),
        ([part(1.0, 30), part(0.0, 10)], 0.75, True),
        ([part(1.0, 30), part(0.0)], 0.5, False),
        ([part(1.0), part(0.0, state=State.CANCELLED)], 1.0, False),
        ([part(1.0), part(0.0, priority=Priority.WONT)], 1.0, False),
    ],
)
def test_a_launch_is_the_mean_of_what_counts(parts: list[Part], progress: float, by_estimate: bool) -> None:
    rolled = launch_progress(parts)

    assert (rolled.progress, rolled.by_estimate) == (progress, by_estimate)


@given(st.lists(st.builds(part, st.floats(0, 1), st.none() | st.floats(0.5, 90)), max_size=8))
def test_progress_stays_between_none_and_all(parts: list[Part]) -> None:
    assert 0 <= launch_progress(parts).progress <= 1
    held = sum(share * part.progress for share, part in zip(shares(parts), parts, strict=True))
    assert held == pytest.approx(launch_progress(parts).progress)
