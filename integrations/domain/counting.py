"""What counts for a milestone: which of a source's tasks, how much each is, and which part where milestones share it.

The rules in prose, with worked numbers: docs/algorithms/progress.md.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from statistics import median
from typing import Any

PARTS = ("kind", "label", "status")
"""What a source's rules look at, beside sub-tasks."""


@dataclass(frozen=True)
class Pick:
    """Only the named ones, or with `leaves_out` all but them; without names everything."""

    names: tuple[str, ...] = ()
    leaves_out: bool = False

    def takes(self, words: Sequence[str]) -> bool:
        """Whether a task with these words is taken; capitals make no difference."""
        if not self.names:
            return True
        named = {name.casefold() for name in self.names}
        return self.leaves_out != any(word.casefold() in named for word in words)


@dataclass(frozen=True)
class Rules:
    """Which of the tasks that a source finds count. As they are made, everything counts, sub-tasks too."""

    kind: Pick = Pick()
    label: Pick = Pick()
    status: Pick = Pick()
    with_subtasks: bool = True

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Rules:
        """From `TaskSource.counting`; what is not there, or not in this shape, takes everything."""
        picks = {part: _pick(stored.get(part)) for part in PARTS}
        return cls(**picks, with_subtasks=stored.get("subtasks") is not False)

    def as_json(self) -> dict[str, Any]:
        """As `TaskSource.counting` keeps it: {} where everything counts, else
        {"kind": {"only": ["Bug"]}, "label": {"not": ["later"]}, "subtasks": false}."""
        stored: dict[str, Any] = {}
        for part in PARTS:
            pick: Pick = getattr(self, part)
            if pick.names:
                stored[part] = {"not" if pick.leaves_out else "only": list(pick.names)}
        return stored if self.with_subtasks else stored | {"subtasks": False}

    @property
    def takes_all(self) -> bool:
        """Whether nothing is left out."""
        return self.with_subtasks and not any(getattr(self, part).names for part in PARTS)

    def takes(self, *, kind: str, labels: Sequence[str], status_word: str, is_subtask: bool) -> bool:
        """Whether a task counts, by its type, its labels and its status as the team calls them."""
        return (
            (self.with_subtasks or not is_subtask)
            and self.kind.takes([kind])
            and self.label.takes(labels)
            and self.status.takes([status_word])
        )

    @property
    def words(self) -> str:
        """`only types Bug, Story; without labels later; without sub-tasks`; empty where everything counts."""
        nouns = {"kind": "types", "label": "labels", "status": "statuses"}
        said = [
            f"{'without' if pick.leaves_out else 'only'} {noun} {', '.join(pick.names)}"
            for part, noun in nouns.items()
            if (pick := getattr(self, part)).names
        ]
        return "; ".join(said if self.with_subtasks else [*said, "without sub-tasks"])


def _pick(stored: Any) -> Pick:
    if not isinstance(stored, Mapping):
        return Pick()
    leaves_out = "not" in stored
    names = stored.get("not" if leaves_out else "only")
    return Pick(tuple(str(name) for name in names), leaves_out) if isinstance(names, list) else Pick()


def size_of(value: float | None) -> float | None:
    """An estimate as it counts: none where it is missing, negative or no number. 0 is an estimate."""
    return value if value is not None and math.isfinite(value) and value >= 0 else None


@dataclass
class Tally:
    """Adds up a milestone's tasks, each with its size in the milestone's unit and the part of it that counts there.

    A task without a size counts as the median of those that have one. Where none has a size, or all are 0, each
    task counts as 1. Cancelled tasks are not added.
    """

    total: int = 0
    done: int = 0
    unsized: int = 0
    is_shared: bool = False
    """Whether some task counts in part only."""
    _sizes: array[float] = field(default_factory=lambda: array("d"))
    _sized: dict[tuple[int, bool], float] = field(default_factory=dict)
    _number_sized: dict[tuple[int, bool], float] = field(default_factory=dict)
    _unsized: dict[tuple[int, bool], float] = field(default_factory=dict)

    def add(self, *, is_done: bool, size: float | None, share: float = 1.0, came_by: int = 0, times: int = 1) -> None:
        """A task of the source `came_by`, or as many that are alike.

        `share` (0 to 1) of it counts here; with 0 it does not count at all.
        """
        if not share:
            return
        self.total += times
        self.done += is_done * times
        self.is_shared = self.is_shared or share != 1.0
        where = (came_by, is_done)
        self._unsized.setdefault(where, 0.0)
        self._sized.setdefault(where, 0.0)
        if size is None:
            self.unsized += times
            self._unsized[where] += share * times
        else:
            self._sizes.extend(repeat(size, times))
            self._sized[where] += share * size * times
            self._number_sized[where] = self._number_sized.get(where, 0.0) + share * times

    @property
    def is_sized(self) -> bool:
        """Whether sizes say how much is done; else the number of tasks does."""
        return any(self._sizes)

    @property
    def stand_in(self) -> float:
        """What a task without a size counts as."""
        return median(self._sizes) if self.is_sized else 1.0

    def work(self) -> tuple[float, float]:
        """(done, total) in the unit; in the number of tasks where none has a size."""
        done, left = (
            round(math.fsum(self._of(where) for where in self._unsized if where[1] is is_done), 6)
            for is_done in (True, False)
        )
        return done, done + left

    def done_by_source(self) -> dict[int, float]:
        """What is done of the tasks that each source brought, in the unit."""
        return {came_by: self._of((came_by, is_done)) for came_by, is_done in self._unsized if is_done}

    def _of(self, where: tuple[int, bool]) -> float:
        if not self.is_sized:
            return self._unsized[where] + self._number_sized.get(where, 0.0)
        return self._sized[where] + self._unsized[where] * self.stand_in


def shares_of(milestones: Sequence[int], said: Mapping[int, float]) -> dict[int, float]:
    """Which part of a task counts for each of the milestones of one launch that hold it; together 1.

    Equal parts, unless a person `said` otherwise. A milestone about which nothing was said has an equal part, and
    the others share the rest as it was said of them.
    """
    equal = 1 / len(milestones)
    known = {pk: max(0.0, said[pk]) for pk in milestones if pk in said}
    whole = math.fsum(known.values())
    if not whole:
        unsaid = [pk for pk in milestones if pk not in known] or list(milestones)
        return {pk: 1 / len(unsaid) if pk in unsaid else 0.0 for pk in milestones}
    rest = equal * len(known)
    return {pk: known[pk] / whole * rest if pk in known else equal for pk in milestones}


def moved_shares(current: Mapping[int, float], milestone: int, share: float) -> dict[int, float]:
    """The shares of a task after `milestone` was given `share` (0 to 1): the others keep their proportions."""
    others = {pk: part for pk, part in current.items() if pk != milestone}
    whole = math.fsum(others.values())
    rest = 1 - share if others else 0.0
    moved = {pk: rest * (part / whole if whole else 1 / len(others)) for pk, part in others.items()}
    return {pk: moved.get(pk, share if others else 1.0) for pk in current}


def exact_parts(parts: Sequence[float], whole: int) -> list[int]:
    """Whole numbers in proportion to `parts` that add up to `whole` exactly: the largest remainders are rounded up."""
    together = math.fsum(parts)
    if not together:
        return [0] * len(parts)
    wanted = [part / together * whole for part in parts]
    given = [math.floor(part) for part in wanted]
    order = sorted(range(len(parts)), key=lambda place: (given[place] - wanted[place], place))
    for place in order[: max(0, whole - sum(given))]:
        given[place] += 1
    return given
