"""The plan as a graph: cycles are found and named, milestones are put in order, impossible starts are flagged."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from luna.lib.dates import WorkingCalendar

Successors = Mapping[int, Collection[int]]
"""Milestone id to the ids of those that wait for it."""


def successors_of(edges: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    """(predecessor, successor) pairs as a graph."""
    graph: dict[int, list[int]] = {}
    for predecessor, successor in edges:
        graph.setdefault(predecessor, []).append(successor)
    return graph


def cycle_closed_by(graph: Successors, predecessor: int, successor: int) -> list[int]:
    """The milestones on the shortest cycle that a new dependency would close, in order; empty when it closes none.

    `[a, b, c]` means: a before b before c before a again; it starts with the new dependency's predecessor.
    """
    if predecessor == successor:
        return [predecessor]
    came_from: dict[int, int] = {successor: predecessor}
    waiting = deque([successor])
    while waiting:
        here = waiting.popleft()
        for following in graph.get(here, ()):
            if following == predecessor:
                return _walk_back(came_from, here, predecessor)
            if following not in came_from:
                came_from[following] = here
                waiting.append(following)
    return []


def _walk_back(came_from: Mapping[int, int], last: int, first: int) -> list[int]:
    path = [last]
    while path[-1] != first:
        path.append(came_from[path[-1]])
    return path[::-1]


def cycle_sentence(names: Collection[str]) -> str:
    """`“A” → “B” → “A”` in a sentence that says what to do."""
    circle = [*names, next(iter(names))]
    said = " → ".join(f"“{name}”" for name in circle)
    if len(circle) == 2:
        return f"A milestone can’t wait for itself: {said}."
    return f"That would be a circle: {said}. Remove one of these dependencies first."


def earliest_start(predecessor_finish: date, lag_days: int, calendar: WorkingCalendar) -> date:
    """The working day on which a successor can start: the one after the finish and `lag_days` working days more."""
    return calendar.add(predecessor_finish, lag_days + 1)


def starts_too_early(
    start: date | None, predecessor_due: date | None, lag_days: int, calendar: WorkingCalendar
) -> bool:
    """Whether a successor is planned to start before its predecessor is due (flagged, not refused)."""
    if start is None or predecessor_due is None:
        return False
    return start < earliest_start(predecessor_due, lag_days, calendar)
