"""Which milestones need someone: one line per cause, with what is late only because of it folded into it (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from math import inf

from milestones.domain.health import RANK
from milestones.domain.types import Level

_FROM_OTHERS = frozenset({"predecessor_late", "forecast_late", "slipped"})
"""Rules that what a milestone waits for can set off alone."""
_APPROVALS = frozenset({"approval_unmet", "approval_stale"})
_ALIKE = {
    "no_owner": "{} milestones have no owner",
    "no_due_date": "{} milestones have no due date",
    "nothing_linked": "Nothing says how far {} milestones are: no linked tasks, no figure by hand",
    "never_synced": "The tasks of {} milestones have not been read yet",
    "sync_stale": "The tasks of {} milestones have not been read for too long",
    "silent": "Nothing has been heard of {} milestones for a long time",
}
"""Rules whose sentence is the same for each milestone: several of them are one thing to do."""
_LEAST_ALIKE = 2


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that speaks against a milestone, with its sentence for this reader."""

    rule: str
    level: str
    sentence: str
    about_id: int | None = None
    """The milestone, approval or risk that it speaks of."""


@dataclass(frozen=True)
class Trouble:
    """An open milestone that does not stand well."""

    pk: int
    name: str
    path: str
    reasons: tuple[Reason, ...]
    """Worst first."""
    late_days: float | None = None
    """From its due date to the day by which it is 85 % sure, infinite where none is in sight; None: no forecast."""


@dataclass(frozen=True)
class Alike:
    """A rule that says the same of several milestones."""

    rule: str
    level: str
    """The worst of them."""
    troubles: tuple[Trouble, ...]

    @property
    def words(self) -> str:
        """`3 milestones have no owner`."""
        return _ALIKE[self.rule].format(len(self.troubles))


@dataclass(frozen=True)
class Cause:
    """A milestone whose trouble is its own, and those that are in trouble because they wait for it."""

    trouble: Trouble
    holds_up: tuple[Trouble, ...] = ()


def causes(troubles: Sequence[Trouble], links: Iterable[tuple[int, int]]) -> list[Cause]:
    """In their order; `links` are (predecessor, successor) ids of dependencies, which have no circle."""
    known = {one.pk: one for one in troubles}
    before: defaultdict[int, list[Trouble]] = defaultdict(list)
    for predecessor, successor in links:
        if predecessor in known and successor in known:
            before[successor].append(known[predecessor])
    behind: defaultdict[int, list[Trouble]] = defaultdict(list)
    for one in troubles:
        root = _root(one, before)
        if root is not one:
            behind[root.pk].append(one)
    held = {one.pk for ones in behind.values() for one in ones}
    return [Cause(one, tuple(behind[one.pk])) for one in troubles if one.pk not in held]


def alike(troubles: Iterable[Trouble]) -> list[Alike]:
    """What several milestones lack in the same way, whatever else is said of each; in the order of the first ones."""
    found: defaultdict[str, list[Trouble]] = defaultdict(list)
    levels: defaultdict[str, list[str]] = defaultdict(list)
    for one in troubles:
        for reason in one.reasons:
            if reason.rule in _ALIKE:
                found[reason.rule].append(one)
                levels[reason.rule].append(reason.level)
    many = {rule: ones for rule, ones in found.items() if len(ones) >= _LEAST_ALIKE}
    return [Alike(rule, worst(levels[rule]), tuple(ones)) for rule, ones in many.items()]


def worst(levels: Iterable[str]) -> str:
    """The worst of some levels. Raises ValueError where there are none."""
    return max(levels, key=lambda level: RANK[Level(level)])


def left_of(trouble: Trouble, *, approvals: Collection[int] = (), rules: Collection[str] = ()) -> Trouble | None:
    """What is left of it without those approvals and rules, which have lines of their own; None where nothing is."""
    left = tuple(
        one
        for one in trouble.reasons
        if one.rule not in rules and not (one.rule in _APPROVALS and one.about_id in approvals)
    )
    return replace(trouble, reasons=left) if left else None


def _root(trouble: Trouble, before: defaultdict[int, list[Trouble]]) -> Trouble:
    """Where the chain of what each waits for begins."""
    while True:
        explaining = [one for one in before[trouble.pk] if _explains(one, trouble)]
        if not explaining:
            return trouble
        trouble = max(explaining, key=lambda one: (one.late_days or 0, -one.pk))


def _explains(before: Trouble, after: Trouble) -> bool:
    """Whether nothing speaks against `after` but its waiting, and `before` is at least half as late."""
    if not {one.rule for one in after.reasons} <= _FROM_OTHERS:
        return False
    if after.late_days is None or after.late_days <= 0:
        return any(one.rule == "predecessor_late" and one.about_id == before.pk for one in after.reasons)
    return 2 * (before.late_days or 0) >= after.late_days if after.late_days < inf else before.late_days == inf
