"""How plans were kept: done, on time, by how far off, what stood in the way, how long approvals took.

Definitions with worked numbers stand in docs/algorithms/insights.md. Figures are about teams, tiers and quarters, never
about a person; where a group is small there is no figure (pure). There are tens of thousands of milestones, so what
stands for a single one is a tuple.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, Protocol, TypeVar

from milestones.domain.quarters import Quarter

LEAST = 5
"""Milestones, or approvals, below which a group has no figures."""


class By(StrEnum):
    """What figures are gathered by."""

    TEAM = "team"
    TIER = "tier"
    QUARTER = "quarter"


class Place(NamedTuple):
    """Where something belongs."""

    team: str
    """The team whose work it is; empty without one."""
    team_id: int | None
    tier: int
    """Of its launch, 1 to 3."""
    quarter: Quarter


@dataclass(frozen=True, slots=True)
class TooFew:
    """Too little for any figure."""

    have: int

    @property
    def words(self) -> str:
        """`too few (3)`."""
        return f"too few ({self.have})"


class Record(NamedTuple):
    """One milestone that was once due in the time that is looked at."""

    place: Place
    """Its quarter is that of its first due date."""
    first_due: date
    """The date that was agreed first: milestones.domain.slips.first_due_of."""
    due: date | None
    """As it stands today; None where it was taken away."""
    completed: date | None
    is_dropped: bool = False
    """Cancelled, or of the priority Won’t."""
    likely: date | None = None
    """Of an open one: the day by which its forecast expects it."""
    reasons: frozenset[str] = frozenset()
    """Keys of REASONS that Luna had named by its first due date."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many `of` all."""

    kept: int
    of: int

    @property
    def fraction(self) -> float:
        """0 to 1."""
        return self.kept / self.of


@dataclass(frozen=True, slots=True)
class Rates:
    """Of the milestones whose first due date has passed."""

    completed: Share
    on_time: Share
    """By the first due date."""
    on_time_as_moved: Share | TooFew
    """By the due date as it stands today, of those for which that has passed, too: moving a date flatters this."""
    moved: int
    """Those that are due later today than they were first."""


def rates(records: Iterable[Record], today: date) -> Rates | TooFew:
    """Judged on the morning of `today`: late ones count whether or not they are done; dropped ones don't count."""
    judged = done = on_time = passed = kept_as_moved = moved = 0
    for _, first, due, completed, is_dropped, *_ in records:
        if is_dropped or first >= today:
            continue
        judged += 1
        done += completed is not None
        on_time += completed is not None and completed <= first
        if due is not None:
            moved += due > first
            passed += due < today
            kept_as_moved += due < today and completed is not None and completed <= due
    if judged < LEAST:
        return TooFew(judged)
    return Rates(
        completed=Share(done, judged),
        on_time=Share(on_time, judged),
        on_time_as_moved=Share(kept_as_moved, passed) if passed >= LEAST else TooFew(passed),
        moved=moved,
    )


class Slip(NamedTuple):
    """How many days after its first due date a milestone was done, or is likely to be; below 0, before it."""

    days: int
    is_open: bool
    is_at_least: bool = False
    """Nothing foretells its end: it is this late already, or by the date that it was moved to."""


def slip(record: Record, today: date) -> Slip | None:
    """None where it is dropped, or open and nothing says when it ends but its first due date, still to come."""
    if record.is_dropped:
        return None
    if record.completed is not None:
        return Slip((record.completed - record.first_due).days, is_open=False)
    if record.likely is not None:
        return Slip((max(record.likely, today) - record.first_due).days, is_open=True)
    end = max(record.due or today, today)
    is_known = record.first_due < today or (record.due is not None and record.due > record.first_due)
    return Slip((end - record.first_due).days, is_open=True, is_at_least=True) if is_known else None


BUCKETS: tuple[tuple[str, int | None], ...] = (
    ("more than a week early", -8),
    ("1 to 7 days early", -1),
    ("on the day", 0),
    ("1 to 7 days late", 7),
    ("8 to 14 days late", 14),
    ("15 to 28 days late", 28),
    ("29 to 56 days late", 56),
    ("more than 56 days late", None),
)
"""Words, and the last day of each."""
_LAST_DAYS = [last for _, last in BUCKETS if last is not None]


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many slips lie in it."""

    words: str
    done: int
    still_open: int

    @property
    def count(self) -> int:
        """Done or not."""
        return self.done + self.still_open


@dataclass(frozen=True, slots=True)
class Slips:
    """How far milestones end from their first due dates."""

    buckets: tuple[Bucket, ...]
    median: int
    """Half slip by no more days than this; below 0 is early."""
    most: int
    """85 of 100 slip by no more days than this."""
    done: int
    still_open: int
    at_least: int
    """Open ones without a forecast, counted as late as they are already."""
    unknown: int
    """Open ones of which nothing says when they end."""

    @property
    def count(self) -> int:
        """Of which something is known."""
        return self.done + self.still_open


def slips(records: Iterable[Record], today: date) -> Slips | TooFew:
    """The distribution over those that were not dropped."""
    days: list[int] = []
    done, still_open = [0] * len(BUCKETS), [0] * len(BUCKETS)
    at_least = unknown = 0
    for one in records:
        how = slip(one, today)
        if how is None:
            unknown += not one.is_dropped
            continue
        days.append(how.days)
        (still_open if how.is_open else done)[_bucket_of(how.days)] += 1
        at_least += how.is_at_least
    if len(days) < LEAST:
        return TooFew(len(days))
    days.sort()
    return Slips(
        buckets=tuple(Bucket(words, done[n], still_open[n]) for n, (words, _) in enumerate(BUCKETS)),
        median=_at_most(days, 50),
        most=_at_most(days, 85),
        done=sum(done),
        still_open=sum(still_open),
        at_least=at_least,
        unknown=unknown,
    )


REASONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "predecessor": ("It waited for a late milestone", ("predecessor_late",)),
    "scope": ("Its scope grew", ("scope_growth",)),
    "stalled": ("No task was completed for days", ("stalled",)),
    "late_start": ("It began late", ("late_start",)),
    "approval": ("An approval was missing near the date", ("approval_unmet", "approval_stale")),
    "risk": ("A risk with high exposure stood open", ("high_exposure",)),
    "owner": ("Nobody owned it", ("no_owner",)),
}
"""Key → words, and the rules of health that name it. Rules that only say that it is late are no reasons."""


_REASON_OF = {rule: key for key, (_, rules) in REASONS.items() for rule in rules}


def reasons_named(before: Mapping[str, str], rules: Iterable[str], today: date) -> dict[str, str]:
    """Key of REASONS → the ISO day on which it was first named: what was kept `before`, and a verdict of `today`.

    The order in which verdicts come in doesn't matter, and no later change of a due date makes it wrong.
    """
    named = {_REASON_OF[rule]: today.isoformat() for rule in rules if rule in _REASON_OF}
    return {key: min(day, before.get(key, day)) for key, day in {**before, **named}.items()}


@dataclass(frozen=True, slots=True)
class Reasons:
    """What Luna had named, by the first due date, of the milestones that slipped.

    One may have several, so the shares don't add up to all.
    """

    slipped: int
    named: tuple[tuple[str, int], ...]
    """Key of REASONS and how many had it, the most frequent first; those that none had are left out."""
    without: int
    """Of which no reason was named."""


def reasons(records: Iterable[Record], today: date) -> Reasons | TooFew:
    """Of those that ended, or are likely to end, after their first due date."""
    late = [one for one in records if (how := slip(one, today)) is not None and how.days > 0]
    if len(late) < LEAST:
        return TooFew(len(late))
    counted = Counter(reason for one in late for reason in one.reasons)
    order = list(REASONS)
    named = sorted(counted.items(), key=lambda pair: (-pair[1], order.index(pair[0])))
    return Reasons(len(late), tuple(named), sum(not one.reasons for one in late))


class Asked(NamedTuple):
    """One approval, or one vote of it, that was asked for."""

    place: Place
    """Its quarter is the one in which it was asked for."""
    working_days: int
    """From the day on which it was asked for to the day on which it was given, or to today."""
    is_given: bool
    of: str = ""
    """The team whose vote it is; empty of a whole approval, and of people who are asked by name."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long approvals took, in working days."""

    given: int
    median: int
    """Half took no longer."""
    most: int
    """85 of 100 took no longer."""
    waiting: int
    """Still asked for."""
    longest: int
    """Of those that wait; 0 where none does."""


def waits(asked: Iterable[Asked]) -> Waits | TooFew:
    """Of those that were given; what still waits is counted beside them."""
    known = list(asked)
    given = sorted(one.working_days for one in known if one.is_given)
    if len(given) < LEAST:
        return TooFew(len(given))
    open_days = [one.working_days for one in known if not one.is_given]
    return Waits(len(given), _at_most(given, 50), _at_most(given, 85), len(open_days), max(open_days, default=0))


class Placed(Protocol):
    """What has a place."""

    @property
    def place(self) -> Place: ...


_T = TypeVar("_T", bound=Placed)


def grouped(items: Iterable[_T], by: By) -> list[tuple[str, list[_T]]]:
    """In the groups' order: teams by name, those without a team last, tiers from 1, quarters in time."""
    at_places: dict[Place, list[_T]] = {}
    for one in items:
        at_places.setdefault(one.place, []).append(one)
    groups: dict[tuple[bool, str | int | Quarter, str], list[_T]] = {}
    for place, some in at_places.items():
        groups.setdefault(_group_of(place, by), []).extend(some)
    return [(words, groups[key]) for key in sorted(groups) for words in [key[2]]]


def by_quarter(items: Iterable[_T], quarters: Sequence[Quarter]) -> list[tuple[Quarter, list[_T]]]:
    """The items of each of these quarters, also of those that hold none."""
    found: dict[Quarter, list[_T]] = {quarter: [] for quarter in quarters}
    for one in items:
        if one.place.quarter in found:
            found[one.place.quarter].append(one)
    return list(found.items())


def _group_of(place: Place, by: By) -> tuple[bool, str | int | Quarter, str]:
    match by:
        case By.TEAM:
            return not place.team, place.team.casefold(), place.team or "No team"
        case By.TIER:
            return False, place.tier, f"Tier {place.tier}"
        case By.QUARTER:
            return False, place.quarter, place.quarter.words


def _at_most(ordered: Sequence[int], percent: int) -> int:
    """The least of the values that at least so many of 100 don't exceed: one that was observed (nearest rank)."""
    return ordered[-(-percent * len(ordered) // 100) - 1]


def _bucket_of(days: int) -> int:
    return bisect_left(_LAST_DAYS, days)
