"""Milestones and their dependencies as a graph of ids: circles are named, and everything is put in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence

Successors = Mapping[int, Collection[int]]
"""Milestone id to the ids of those that wait for it."""


class CircleError(ValueError):
    """The dependencies close a circle, so that nothing on it could ever start. Its text names the milestones."""

    def __init__(self, ids: Collection[int], names: Collection[str]) -> None:
        super().__init__(cycle_sentence(names))
        self.ids = tuple(ids)


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


def cycle_sentence(names: Collection[str]) -> str:
    """`“A” → “B” → “A”` in a sentence that says what to do."""
    circle = [*names, next(iter(names))]
    said = " → ".join(f"“{name}”" for name in circle)
    if len(circle) == 2:
        return f"A milestone can’t wait for itself: {said}."
    return f"That would be a circle: {said}. Remove one of these dependencies first."


def in_order(names: Mapping[int, str], edges: Collection[tuple[int, int]]) -> list[int]:
    """The ids of `names`, each after all that it waits for; the same whatever order they came in.

    Raises CircleError with the shortest circle through the smallest id that lies on one, and KeyError when an edge
    has an end that is not in `names`.
    """
    unknown = {pk for edge in edges for pk in edge if pk not in names}
    if unknown:
        raise KeyError(min(unknown))
    waits_for = dict.fromkeys(sorted(names), 0)
    graph = {pk: sorted(after) for pk, after in successors_of(set(edges)).items()}
    for after in graph.values():
        for successor in after:
            waits_for[successor] += 1
    ready = deque(pk for pk, left in waits_for.items() if not left)
    order: list[int] = []
    while ready:
        here = ready.popleft()
        order.append(here)
        for successor in graph.get(here, ()):
            waits_for[successor] -= 1
            if not waits_for[successor]:
                ready.append(successor)
    if len(order) < len(waits_for):
        circle = _circle(graph, set(waits_for) - set(order))
        raise CircleError(circle, [names[pk] for pk in circle])
    return order


def upstream_of(ids: Iterable[int], edges: Iterable[tuple[int, int]]) -> set[int]:
    """`ids`, and all that they wait for, near or far."""
    return _reached(ids, successors_of((after, before) for before, after in edges))


def downstream_of(ids: Iterable[int], edges: Iterable[tuple[int, int]]) -> set[int]:
    """`ids`, and all that wait for them, near or far."""
    return _reached(ids, successors_of(edges))


def components(order: Sequence[int], edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The ids of `order`, in it, apart where no edge joins them near or far."""
    neighbours: dict[int, list[int]] = {}
    for one, other in edges:
        neighbours.setdefault(one, []).append(other)
        neighbours.setdefault(other, []).append(one)
    part_of: dict[int, int] = {}
    parts: list[list[int]] = []
    for pk in order:
        if pk not in part_of:
            part_of |= dict.fromkeys(_reached([pk], neighbours), len(parts))
            parts.append([])
        parts[part_of[pk]].append(pk)
    return parts


def _reached(ids: Iterable[int], graph: Successors) -> set[int]:
    found = set(ids)
    waiting = list(found)
    while waiting:
        for neighbour in graph.get(waiting.pop(), ()):
            if neighbour not in found:
                found.add(neighbour)
                waiting.append(neighbour)
    return found


def _circle(graph: Successors, stuck: Collection[int]) -> list[int]:
    """The shortest circle through the smallest of the `stuck` that lies on one: others only wait for it."""
    for pk in sorted(stuck):
        circles = [circle for after in graph.get(pk, ()) if (circle := cycle_closed_by(graph, pk, after))]
        if circles:
            return min(circles, key=len)
    raise AssertionError("what can't be put in order has a circle")


def _walk_back(came_from: Mapping[int, int], last: int, first: int) -> list[int]:
    path = [last]
    while path[-1] != first:
        path.append(came_from[path[-1]])
    return path[::-1]
